import { unreachable } from "../../../schema/unreachable.ts";
import type { IrOperator } from "../ir.ts";
import { ALL_TYPES, ANYTHING, FLOAT, INTEGRAL, NUMBER, NUMERIC, SYMBOL, type TypeMask, UNSIGNED } from "./type_mask.ts";

/** What an operator takes and gives. The last of `args` holds for all further arguments; `uniform` means that arguments and result have one type. */
export interface OperatorSignature {
  readonly args: readonly TypeMask[];
  readonly result: TypeMask;
  readonly uniform: boolean;
}

/** The overloads of an operator; `+` of symbols joins them. Source: Soufflé's table of intrinsic functors. */
export function operatorSignature(op: IrOperator): OperatorSignature {
  switch (op) {
    case "+":
    case "min":
    case "max":
      return uniform(ALL_TYPES);
    case "-":
    case "*":
    case "/":
    case "^":
      return uniform(NUMERIC);
    case "%":
    case "band":
    case "bor":
    case "bxor":
    case "bnot":
    case "bshl":
    case "bshr":
    case "bshru":
    case "land":
    case "lor":
    case "lxor":
    case "lnot":
      return uniform(INTEGRAL);
    case "neg":
    case "abs":
      return uniform(NUMBER | FLOAT);
    case "cat":
      return uniform(SYMBOL);
    case "strlen":
      return { args: [SYMBOL], result: NUMBER, uniform: false };
    case "substr":
      return { args: [SYMBOL, NUMBER, NUMBER], result: SYMBOL, uniform: false };
    case "ord":
      return { args: [ANYTHING], result: NUMBER, uniform: false };
    case "to_number":
      return { args: [ALL_TYPES], result: NUMBER, uniform: false };
    case "to_unsigned":
      return { args: [ALL_TYPES], result: UNSIGNED, uniform: false };
    case "to_float":
      return { args: [ALL_TYPES], result: FLOAT, uniform: false };
    case "to_string":
      return { args: [ALL_TYPES], result: SYMBOL, uniform: false };
    case "quote":
    case "record":
    case "field":
    case "unquote":
      throw new Error(`the operator ${op} is made when types are known`);
    default:
      return unreachable(op);
  }
}

function uniform(mask: TypeMask): OperatorSignature {
  return { args: [mask], result: mask, uniform: true };
}
