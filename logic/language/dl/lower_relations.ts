import type { LimitName } from "../../../schema/limits.ts";
import { spanText } from "../../../schema/place.ts";
import type { Attribute, Relation } from "../../../schema/relation.ts";
import type { RelationItem } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { didYouMean } from "../did_you_mean.ts";
import { readLiteral } from "../literal.ts";
import { type DefaultMark, type KeyMark, type Marks, readMarks } from "../marks.ts";
import { lookupType, type TypeTable } from "./lower_types.ts";
import { type NamedType, structureOf } from "./named_type.ts";

/** A relation with its attributes' named types, which the intermediate form no longer has; null where a type had an error. */
export interface DeclaredRelation {
  readonly relation: Relation;
  readonly types: readonly (NamedType | null)[];
  readonly theory: string;
  readonly marks: Marks;
}

export interface RelationsInput {
  readonly items: readonly { readonly item: RelationItem; readonly theory: string }[];
  /** Names that an `.input` directive feeds. */
  readonly fed: ReadonlySet<string>;
  /** Names that are derived although they are fed. */
  readonly derived?: ReadonlySet<string>;
  /** Whether base relations may hold structures. */
  readonly structured?: boolean;
  readonly types: TypeTable;
  readonly limits: { readonly [name in Extract<LimitName, "attributes">]: number };
}

const NO_MARKS: Marks = { laws: [], keys: [], defaults: [], repairs: [] };

/** Reads every `.decl`, in order. A second declaration of a name is reported with both places and left out. */
export function readRelations(input: RelationsInput, sink: DiagnosticSink): Map<string, DeclaredRelation> {
  const declared = new Map<string, DeclaredRelation>();
  for (const { item, theory } of input.items) {
    const marks = marksOf(item, sink);
    const { attributes, types } = attributesOf(item, input, marks.defaults, sink);
    for (const { name, span } of item.names) {
      const first = declared.get(name);
      if (first !== undefined) {
        const message = `the relation \`${name}\` is declared at ${spanText(first.relation.span)} and again here`;
        sink.error("check.duplicate", { span, text: name }, message, "rename one, or remove it");
        continue;
      }
      const role = input.fed.has(name) && input.derived?.has(name) !== true ? "base" : "derived";
      checkRoleOfMarks(name, role, marks, sink);
      const key = keyOf(marks.keys, attributes, sink);
      const repair = marks.repairs[0]?.cost;
      const relation: Relation = { name, role, attributes, key, ...(repair === undefined ? {} : { repair }), doc: item.doc.text, span };
      declared.set(name, { relation, types, theory, marks });
    }
  }
  return declared;
}

/** The marks above a `.decl`; those above several names at once would be ambiguous. */
function marksOf(item: RelationItem, sink: DiagnosticSink): Marks {
  const marks = readMarks(item.doc.marks, sink);
  const [mark] = item.doc.marks;
  if (item.names.length === 1 || mark === undefined) return marks;
  const at = { span: mark.span, text: `@${mark.name}` };
  sink.error("check.mark_malformed", at, `\`@${mark.name}\` stands above several relations`, "declare the marked relation by itself");
  return NO_MARKS;
}

function attributesOf(item: RelationItem, input: RelationsInput, defaults: readonly DefaultMark[], sink: DiagnosticSink) {
  const attributes: Attribute[] = [];
  const types: (NamedType | null)[] = [];
  const name = item.names[0]?.name ?? "";
  if (item.attributes.length > input.limits.attributes) {
    const message = `\`${name}\` has ${item.attributes.length} attributes, more than ${input.limits.attributes}`;
    sink.error("limit.attributes", { span: item.span, text: name }, message, null);
  }
  const seen = new Set<string>();
  for (const attribute of item.attributes) {
    if (seen.has(attribute.name)) {
      const message = `\`${name}\` has two attributes named \`${attribute.name}\``;
      sink.error("check.duplicate", { span: attribute.span, text: attribute.name }, message, "rename one");
    }
    seen.add(attribute.name);
    const type = lookupType(attribute.type, input.types, sink);
    types.push(type);
    if (type !== null && structureOf(type) !== null && !input.structured && item.names.some((ref) => input.fed.has(ref.name))) {
      const message = `\`${attribute.name}\` of the base relation \`${name}\` is a \`${type.name}\`, a structure`;
      sink.error("check.base_structure", { span: attribute.span, text: attribute.name }, message, null);
    }
    const primitive = type?.primitive ?? "number";
    const mark = defaults.find((one) => one.attribute === attribute.name);
    const fallback = mark === undefined || type === null ? null : readLiteral(mark.value, primitive);
    if (mark !== undefined && type !== null && fallback === null) {
      const message = `\`${mark.value.text}\` is no value of \`${attribute.name}\`, a \`${primitive}\``;
      sink.error("check.mark_malformed", { span: mark.span, text: mark.value.text }, message, "give a value of the attribute's type");
    }
    attributes.push({ name: attribute.name, type: primitive, declared: attribute.type.name, fallback });
  }
  for (const mark of defaults) checkAttribute(mark.attribute, mark, attributes, sink);
  return { attributes, types };
}

function keyOf(keys: readonly KeyMark[], attributes: readonly Attribute[], sink: DiagnosticSink): readonly string[] | null {
  const [mark, second] = keys;
  if (mark === undefined) return null;
  if (second !== undefined) {
    sink.error(
      "check.mark_malformed",
      { span: second.span, text: "@key" },
      "a second `@key` for one relation",
      "name all attributes of the key in one",
    );
  }
  const known = mark.attributes.filter((name) => checkAttribute(name, mark, attributes, sink));
  if (known.length < mark.attributes.length) return null;
  if (known.length < attributes.length) return known;
  const message = "the key names every attribute, so it can never be broken";
  sink.error("check.mark_malformed", { span: mark.span, text: "@key" }, message, "remove it: a fact is in the base once in any case");
  return null;
}

function checkAttribute(name: string, mark: KeyMark | DefaultMark, attributes: readonly Attribute[], sink: DiagnosticSink): boolean {
  const names = attributes.map((attribute) => attribute.name);
  if (names.includes(name)) return true;
  const help = () => didYouMean(name, names, names.length > 0 ? `the attributes are ${names.map((one) => `\`${one}\``).join(", ")}` : null);
  sink.error("check.unknown_attribute", { span: mark.span, text: name }, `the relation below has no attribute \`${name}\``, help);
  return false;
}

function checkRoleOfMarks(name: string, role: Relation["role"], marks: Marks, sink: DiagnosticSink): void {
  if (role === "base") {
    for (const law of marks.laws) {
      const message = `the law \`${law.id}\` stands above the base relation \`${name}\``;
      sink.error("check.law_base", { span: law.span, text: law.id }, message, "mark a derived relation, whose tuples are the violations");
    }
    return;
  }
  for (const mark of [...marks.keys, ...marks.defaults, ...marks.repairs]) {
    const which = "attributes" in mark ? "@key" : "cost" in mark ? "@repair" : "@default";
    const message = `\`${which}\` stands above \`${name}\`, which holds no facts`;
    sink.error("check.mark_malformed", { span: mark.span, text: which }, message, `feed \`${name}\` with \`.input\`, or remove the mark`);
  }
}
