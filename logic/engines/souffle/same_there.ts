import type { IrLiteral, IrOperator, IrRule, IrTerm } from "../../language/ir.ts";
import { canSay } from "./program_text.ts";

/** Operators that give the same there whatever their operands: no integer can leave its word by them, no text is counted in bytes. */
const SAME: ReadonlySet<IrOperator> = new Set([
  "min",
  "max",
  "cat",
  "band",
  "bor",
  "bxor",
  "bnot",
  "land",
  "lor",
  "lnot",
  "lxor",
  "to_string",
]);

/**
 * Whether Soufflé has words for all of a rule, and means by them what Assay does, whatever the facts. It does not where a calculation may leave the
 * integers, which it wraps in silence, divides, reads a number from text, calculates with floats, or measures text.
 */
export function isSameThere(rule: IrRule): boolean {
  return rule.head.args.every(hasTerm) && rule.body.every(hasLiteral) && canSay(rule);
}

function hasLiteral(literal: IrLiteral): boolean {
  switch (literal.kind) {
    case "atom":
      return literal.args.every((term) => term === null || hasTerm(term));
    case "compare":
    case "test":
      return hasTerm(literal.left) && hasTerm(literal.right);
    case "range":
      return false;
    case "aggregate":
      return (
        (literal.op === "count" || literal.op === "min" || literal.op === "max") &&
        literal.elements.every((element) => element.keys.every(hasTerm) && element.body.every(hasLiteral))
      );
  }
}

function hasTerm(term: IrTerm): boolean {
  if (term.kind !== "operation") return true;
  return SAME.has(term.op) && term.args.every((arg) => arg.type !== "float" && hasTerm(arg));
}
