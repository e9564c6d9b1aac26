import type { StructuredType } from "../../logic/language/dl/named_type.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import { elementsOf, quoteElement, structureText, unquoteElement } from "../../logic/language/structure_text.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Row, Value, ValueType } from "../../schema/value.ts";
import type { ReadField } from "./souffle_facts.ts";

type Structures = ReadonlyMap<string, StructuredType>;

/** A field's type: its primitive and the name it was declared with. */
interface FieldType {
  readonly type: ValueType;
  readonly declared: string;
}

/** Reads fields of fact files as values. */
export function readField(program: IrProgram): ReadField {
  return (attribute, text) => {
    const structure = program.structures?.get(attribute.declared);
    if (structure === undefined) return scalar(attribute.type, text);
    const reader = new StructureReader(text, program.structures ?? new Map());
    const value = reader.structure(structure);
    reader.end();
    return value;
  };
}

function scalar(type: ValueType, text: string): Value {
  switch (type) {
    case "symbol":
      return text;
    case "number":
    case "unsigned":
      return integer(text);
    case "float":
      return real(text);
  }
}

function integer(text: string): bigint {
  if (!/^-?(?:\d+|0x[0-9a-fA-F]+|0b[01]+)$/u.test(text)) throw new Error(`error converting <${text}>`);
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text);
}

function real(text: string): number {
  const value = Number(text);
  if (text === "" || !Number.isFinite(value)) throw new Error(`error converting <${text}>`);
  return value;
}

/** Reads `[1, nil]` and `$Node(1, $Leaf)` as Soufflé does: a symbol without quotes goes to the next comma or bracket. */
class StructureReader {
  readonly #text: string;
  readonly #structures: Structures;
  #at = 0;

  constructor(text: string, structures: Structures) {
    this.#text = text;
    this.#structures = structures;
  }

  structure(type: StructuredType): string {
    if (type.form === "record") {
      if (this.#match(/\s*nil/uy) !== null) return "null";
      const [branch] = type.branches;
      this.#expect("[");
      return structureText(this.#fields(branch?.fields ?? [], "]"));
    }
    this.#expect("$");
    const name = this.#match(/\s*[\w?.]+/uy)?.trim() ?? "";
    const branch = type.branches.find((one) => one.name === name);
    if (branch === undefined) throw new Error(`error converting <${this.#text}>`);
    const tag = quoteElement(name, "symbol");
    if (branch.fields.length === 0) return structureText([tag]);
    this.#expect("(");
    return structureText([tag, ...this.#fields(branch.fields, ")")]);
  }

  end(): void {
    if (this.#at < this.#text.length) throw new Error(`error converting <${this.#text}>`);
  }

  #fields(fields: StructuredType["branches"][number]["fields"], close: string): string[] {
    const elements = fields.map((field, index) => {
      if (index > 0) this.#expect(",");
      return this.#element({ type: field.type?.primitive ?? "symbol", declared: field.declared }, close);
    });
    this.#expect(close);
    return elements;
  }

  #element({ type, declared }: FieldType, close: string): string {
    const structure = this.#structures.get(declared);
    if (structure !== undefined) return this.structure(structure);
    this.#match(/\s*/uy);
    const quoted = type === "symbol" ? this.#match(/"(?:[^"\\]|\\.)*"/uy) : null;
    if (quoted !== null) return quoteElement(quoted.slice(1, -1).replace(/\\(.)/gu, "$1"), "symbol");
    return quoteElement(scalar(type, this.#match(close === "]" ? /[^,\]]*/uy : /[^,)]*/uy) ?? ""), type);
  }

  #expect(text: string): void {
    this.#match(/\s*/uy);
    if (!this.#text.startsWith(text, this.#at)) throw new Error(`error converting <${this.#text}>`);
    this.#at += text.length;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }
}

/** A tuple as Soufflé writes it; the tuple of a relation without attributes is `()`. */
export function rowText(program: IrProgram, relation: Relation, row: Row, delimiter: string, quoted: boolean): string {
  if (relation.attributes.length === 0) return "()";
  const structures = program.structures ?? new Map<string, StructuredType>();
  const quote = (text: string): string => (quoted ? `"${text}"` : text);
  return relation.attributes
    .map((attribute, at) => {
      const value = row[at] ?? "";
      const structure = structures.get(attribute.declared);
      if (structure !== undefined) return quote(structureForm(String(value), structure, structures, quoted));
      return scalarForm(value, attribute.type, quoted);
    })
    .join(delimiter);
}

function scalarForm(value: Value, type: ValueType, quoted: boolean): string {
  if (type === "float") return floatText(Number(value));
  return type === "symbol" && quoted ? `"${String(value).replaceAll('"', '\\""')}"` : String(value);
}

/** Inside a quoted field a symbol's quotes are doubled. */
function structureForm(text: string, structure: StructuredType, structures: Structures, quoted: boolean): string {
  if (text === "null") return "nil";
  const elements = elementsOf(text);
  const name = structure.form === "record" ? "" : String(unquoteElement(elements.shift() ?? '""', "symbol"));
  const fields = structure.branches.find((branch) => branch.name === name)?.fields ?? [];
  const forms = fields.map((field, at) => {
    const element = elements[at] ?? "null";
    const inner = structures.get(field.declared);
    if (inner !== undefined) return structureForm(element, inner, structures, quoted);
    const type = field.type?.primitive ?? "symbol";
    const form = scalarForm(unquoteElement(element, type), type, quoted);
    return quoted && type === "symbol" ? `"${form}"` : form;
  });
  if (structure.form === "record") return `[${forms.join(", ")}]`;
  return `$${name}${forms.length > 0 ? `(${forms.join(", ")})` : ""}`;
}

/** C++'s default form with the digits that tell doubles apart: `%.17g`. */
export function floatText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e17) return String(value);
  const [mantissa = "", exponent = "0"] = value.toExponential(16).split("e");
  const power = Number(exponent);
  if (power >= -5 && power < 17) return trimmed(value.toFixed(Math.max(0, 16 - power)));
  return `${trimmed(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/u, "") : text;
}
