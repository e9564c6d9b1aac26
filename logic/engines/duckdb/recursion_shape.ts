import type { IrLiteral, IrRule, IrTerm } from "../../language/ir.ts";
import { atomsOf } from "./needs.ts";

/** Whether the rules only filter and project one relation, so that computing them twice costs less than keeping them. */
export function isTransparent(rules: readonly IrRule[]): boolean {
  const [rule] = rules;
  if (rule === undefined || rules.length !== 1) return false;
  const atoms = rule.body.filter((literal) => literal.kind === "atom");
  const plain = (literal: IrLiteral): boolean => literal.kind === "atom" || literal.kind === "compare" || literal.kind === "test";
  return atoms.length === 1 && atoms[0]?.negated === false && rule.body.every(plain);
}

/** How many atoms of the body belong to the recursion itself. */
export function recursiveAtoms(rule: IrRule, members: ReadonlySet<string>): number {
  return atomsOf(rule.body).filter((atom) => members.has(atom.relation)).length;
}

/**
 * Whether one recursive SQL query can compute the relation: linear rules whose heads only pass values on. Values built in the
 * recursion may never end; those need the loop, which counts rounds.
 */
export function fitsRecursiveQuery(relation: string, rules: readonly IrRule[]): boolean {
  const members = new Set([relation]);
  return rules.every((rule) => recursiveAtoms(rule, members) <= 1 && (recursiveAtoms(rule, members) === 0 || passesValuesOn(rule)));
}

function passesValuesOn(rule: IrRule): boolean {
  const isPlain = (term: IrTerm | null): boolean => term === null || term.kind !== "operation";
  const plain = (literal: IrLiteral): boolean => {
    switch (literal.kind) {
      case "atom":
        return literal.args.every(isPlain);
      case "compare":
        return isPlain(literal.left) && isPlain(literal.right);
      case "test":
        return isPlain(literal.left) && isPlain(literal.right) && literal.test === "contains";
      case "range":
      case "aggregate":
        return false;
    }
  };
  return rule.head.args.every(isPlain) && rule.body.every(plain);
}
