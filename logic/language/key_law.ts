import type { Relation } from "../../schema/relation.ts";
import type { IrRule, IrTerm, Law } from "./ir.ts";
import type { KeyMark } from "./marks.ts";

/** What `@key` adds to a program: a derived relation of the keys that stand for more than one fact, its rule, and the law over it. */
export interface KeyLaw {
  readonly relation: Relation;
  readonly rule: IrRule;
  readonly law: Law;
}

/**
 * The uniqueness of a base relation's key as a law named `key.<relation>`, whose witness is the key:
 * `key.r(k) :- r(k, _), n = count : { r(k, rest) }, 1 < n.` Null for a relation without a key.
 */
export function keyLaw(relation: Relation, theory: string, marks: readonly KeyMark[]): KeyLaw | null {
  const span = marks[0]?.span;
  const { key } = relation;
  if (key === null || span === undefined) return null;
  const name = `key.${relation.name}`;
  const variable = (index: number): IrTerm => ({
    kind: "variable",
    name: relation.attributes[index]?.name ?? "",
    type: relation.attributes[index]?.type ?? "number",
  });
  const columns = relation.attributes.map((attribute, index) => ({
    attribute,
    term: variable(index),
    isKey: key.includes(attribute.name),
  }));
  const keys = columns.filter((column) => column.isKey);
  const count: IrTerm = { kind: "variable", name: "~count", type: "number" };
  const rule: IrRule = {
    id: name,
    head: { relation: name, args: keys.map((column) => column.term) },
    body: [
      { kind: "atom", relation: relation.name, args: columns.map((one) => (one.isKey ? one.term : null)), negated: false, span },
      {
        kind: "aggregate",
        op: "count",
        result: count,
        type: "number",
        elements: [
          {
            keys: columns.filter((column) => !column.isKey).map((column) => column.term),
            body: [{ kind: "atom", relation: relation.name, args: columns.map((column) => column.term), negated: false, span }],
          },
        ],
        outer: keys.map((column) => column.attribute.name),
        span,
      },
      { kind: "compare", op: "<", left: { kind: "constant", value: 1n, type: "number" }, right: count, span },
    ],
    span,
  };
  const holes = keys.map(({ attribute }) => `${attribute.name} = {${attribute.name}}`).join(", ");
  const doc = `No two facts of ${relation.name} have the same key.`;
  return {
    relation: { name, role: "derived", attributes: keys.map((column) => column.attribute), key: null, doc, span },
    rule,
    law: { id: name, severity: "error", message: `more than one fact of ${relation.name} has ${holes}`, relation: name, theory, doc, span },
  };
}
