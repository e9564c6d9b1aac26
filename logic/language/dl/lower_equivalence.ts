import type { Relation } from "../../../schema/relation.ts";
import type { RelationItem } from "../ast.ts";
import { inputOf } from "../compatibility.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { IrAtom, IrRule, IrTerm } from "../ir.ts";

/** Relations and rules that stand for what was written. */
export interface Rewritten {
  readonly relations: readonly Relation[];
  readonly rules: readonly IrRule[];
}

/**
 * Equivalence relations by rules: what the program derives goes to `<relation>~given`, and the relation is its reflexive, symmetric and
 * transitive closure, by linear rules. Faults (`check.selection`): other than two attributes of one type, a base relation.
 */
export function rewriteEquivalences(items: readonly RelationItem[], program: Rewritten, sink: DiagnosticSink): Rewritten {
  const names = new Set(items.filter((item) => item.qualifiers.includes("eqrel")).flatMap((item) => item.names.map(({ name }) => name)));
  if (names.size === 0) return program;
  const relations = program.relations.filter(({ name }) => names.has(name) && isBinary(name, program.relations, sink));
  const closed = new Set(relations.map(({ name }) => name));
  const rules = program.rules.map((rule) => {
    if (!closed.has(rule.head.relation)) return rule;
    return { ...rule, head: { ...rule.head, relation: givenOf(rule.head.relation) } };
  });
  const given = relations.map((relation): Relation => ({ ...relation, name: givenOf(relation.name), key: null, doc: "" }));
  return { relations: [...program.relations, ...given], rules: [...rules, ...relations.flatMap(closure)] };
}

function givenOf(relation: string): string {
  return `${relation}~given`;
}

function isBinary(name: string, relations: readonly Relation[], sink: DiagnosticSink): boolean {
  const relation = relations.find((one) => one.name === name);
  const [first, second, ...others] = relation?.attributes ?? [];
  if (relation === undefined) return false;
  const at = { span: relation.span, text: name };
  if (first === undefined || second === undefined || others.length > 0 || first.type !== second.type) {
    sink.error("check.selection", at, `the equivalence relation \`${name}\` has other than two attributes of one type`, null);
    return false;
  }
  if (relation.role === "derived") return true;
  sink.error("check.selection", at, `the equivalence relation \`${name}\` holds facts, which no closure can add to`, "derive it from them");
  return false;
}

function closure(relation: Relation): IrRule[] {
  const { name, span } = relation;
  const type = relation.attributes[0]?.type ?? "number";
  const [x, y, z] = ["x", "y", "z"].map((variable): IrTerm => ({ kind: "variable", name: variable, type }));
  if (x === undefined || y === undefined || z === undefined) return [];
  const atom = (of: string, left: IrTerm | null, right: IrTerm | null): IrAtom => {
    return { kind: "atom", relation: of, args: [left, right], negated: false, span };
  };
  const rule = (left: IrTerm, right: IrTerm, body: readonly IrAtom[]): IrRule => {
    return { id: name, head: { relation: name, args: [left, right] }, body, span };
  };
  const given = givenOf(name);
  return [
    rule(x, y, [atom(given, x, y)]),
    rule(x, y, [atom(given, y, x)]),
    rule(x, x, [atom(given, x, null)]),
    rule(x, x, [atom(given, null, x)]),
    rule(x, z, [atom(name, x, y), atom(given, y, z)]),
    rule(x, z, [atom(name, x, y), atom(given, z, y)]),
  ];
}

/** The rule that passes the facts of a relation which is derived too on to it, and the base relation that holds them. */
export function feed(relation: Relation): { readonly base: Relation; readonly rule: IrRule } {
  const { name, span } = relation;
  const args = relation.attributes.map((attribute): IrTerm => ({ kind: "variable", name: attribute.name, type: attribute.type }));
  const base: Relation = { ...relation, name: inputOf(name), role: "base", key: null, doc: "" };
  const body: IrAtom[] = [{ kind: "atom", relation: base.name, args, negated: false, span }];
  return { base, rule: { id: name, head: { relation: name, args }, body, span } };
}
