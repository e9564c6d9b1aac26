import { unreachable } from "../../../schema/unreachable.ts";
import type { OperationTerm } from "../ast.ts";
import type { Functor } from "../ast_dl.ts";
import type { IrOperator } from "../ir.ts";

/** The intermediate form's name of a functor other than `range`. */
export function functorOperator(functor: Exclude<Functor, "range">): IrOperator {
  switch (functor) {
    case "itou":
    case "ftou":
      return "to_unsigned";
    case "itof":
    case "utof":
      return "to_float";
    case "utoi":
    case "ftoi":
      return "to_number";
    case "cat":
    case "strlen":
    case "substr":
    case "ord":
    case "to_number":
    case "to_string":
    case "to_unsigned":
    case "to_float":
    case "min":
    case "max":
      return functor;
    default:
      return unreachable(functor);
  }
}

/** The intermediate form's name of an operator: a minus with one operand is a negation. */
export function operationOperator(operation: OperationTerm): IrOperator {
  return operation.op === "-" && operation.args.length === 1 ? "neg" : operation.op;
}
