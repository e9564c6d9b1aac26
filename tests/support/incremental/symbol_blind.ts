import type { IrLiteral, IrProgram, IrTerm } from "../../../logic/language/ir.ts";

/** Whether a program only tells symbols apart: it neither orders them nor looks into them, so that renaming them renames its results. */
export function isBlindToOrder(program: IrProgram): boolean {
  return program.rules.every((rule) => rule.head.args.every(isBlindTerm) && rule.body.every(isBlind));
}

function isBlindTerm(term: IrTerm | null): boolean {
  if (term === null || term.kind !== "operation") return true;
  return term.type !== "symbol" && term.args.every((argument) => argument.type !== "symbol" && isBlindTerm(argument));
}

function isBlind(literal: IrLiteral): boolean {
  switch (literal.kind) {
    case "atom":
      return literal.args.every(isBlindTerm);
    case "compare": {
      const isOrder = literal.op !== "=" && literal.op !== "!=";
      return !(isOrder && literal.left.type === "symbol") && isBlindTerm(literal.left) && isBlindTerm(literal.right);
    }
    case "test":
      return false;
    case "range":
      return [literal.result, literal.from, literal.to, literal.step].every(isBlindTerm);
    case "aggregate": {
      const isExtreme = literal.op === "min" || literal.op === "max";
      if (isExtreme && literal.type === "symbol") return false;
      return literal.elements.every(({ keys, body }) => keys.every(isBlindTerm) && body.every(isBlind));
    }
  }
}
