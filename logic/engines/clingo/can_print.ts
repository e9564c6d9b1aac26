import type { IrLiteral, IrOperator, IrRule, IrTerm } from "../../language/ir.ts";

const OPERATORS: ReadonlySet<IrOperator> = new Set(["+", "-", "*", "/", "%", "^", "neg", "abs", "band", "bor", "bxor", "bnot"]);

/** Whether clingo has everything that a rule uses: 32-bit arithmetic, but no text functions, floats, regular expressions or means. */
export function canPrint(rule: IrRule): boolean {
  return rule.head.args.every(hasTerm) && rule.body.every(hasLiteral);
}

function hasLiteral(literal: IrLiteral): boolean {
  switch (literal.kind) {
    case "atom":
      return literal.args.every((term) => term === null || hasTerm(term));
    case "compare":
      return hasTerm(literal.left) && hasTerm(literal.right);
    case "test":
      return false;
    case "range":
      return literal.step === null && literal.inclusive && [literal.result, literal.from, literal.to].every(hasTerm);
    case "aggregate":
      return (
        literal.op !== "mean" &&
        (literal.op !== "sum" || literal.type === "number") &&
        literal.elements.every((element) => element.keys.every(hasTerm) && element.body.every(hasLiteral))
      );
  }
}

function hasTerm(term: IrTerm): boolean {
  if (term.kind !== "operation") return true;
  return OPERATORS.has(term.op) && term.type === "number" && term.args.every((arg) => arg.type === "number" && hasTerm(arg));
}
