import type { IrProgram } from "../../logic/language/ir.ts";
import type { Attribute, Relation } from "../../schema/relation.ts";
import type { Row, Value } from "../../schema/value.ts";
import type { ReadField } from "./souffle_facts.ts";

/** Reads fields of fact files as values. */
export function readField(_program: IrProgram): ReadField {
  return (attribute, text) => {
    switch (attribute.type) {
      case "symbol":
        return text;
      case "number":
      case "unsigned":
        return integer(text);
      case "float":
        return real(text);
    }
  };
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

/** A tuple as Soufflé writes it; the tuple of a relation without attributes is `()`. */
export function rowText(_program: IrProgram, relation: Relation, row: Row, delimiter: string, quoted: boolean): string {
  if (relation.attributes.length === 0) return "()";
  return relation.attributes.map((attribute, at) => fieldText(attribute, row[at] ?? "", quoted)).join(delimiter);
}

function fieldText(attribute: Attribute, value: Value, quoted: boolean): string {
  if (attribute.type === "float") return floatText(Number(value));
  if (attribute.type === "symbol" && quoted) return `"${String(value).replaceAll('"', '\\"')}"`;
  return String(value);
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
