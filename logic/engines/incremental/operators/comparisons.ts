import { unreachable } from "../../../../schema/unreachable.ts";
import type { ValueType } from "../../../../schema/value.ts";
import type { IrComparison } from "../../../language/ir.ts";
import { LEAST_CELL } from "./failure.ts";
import type { Operator, Runtime } from "./runtime.ts";

/** A comparison of two values of one type: 1 where it holds, 0 where not, or the first operand's failure. Symbols compare by code point. */
export function comparison(op: IrComparison["op"], type: ValueType): Operator {
  const order = orderOf(type);
  switch (op) {
    case "=":
      return (_runtime, a, b) => (a < LEAST_CELL ? a : b < LEAST_CELL ? b : a === b ? 1 : 0);
    case "!=":
      return (_runtime, a, b) => (a < LEAST_CELL ? a : b < LEAST_CELL ? b : a !== b ? 1 : 0);
    case "<":
      return (runtime, a, b) => (a < LEAST_CELL ? a : b < LEAST_CELL ? b : order(runtime, a, b) < 0 ? 1 : 0);
    case "<=":
      return (runtime, a, b) => (a < LEAST_CELL ? a : b < LEAST_CELL ? b : order(runtime, a, b) <= 0 ? 1 : 0);
    case ">":
      return (runtime, a, b) => (a < LEAST_CELL ? a : b < LEAST_CELL ? b : order(runtime, a, b) > 0 ? 1 : 0);
    case ">=":
      return (runtime, a, b) => (a < LEAST_CELL ? a : b < LEAST_CELL ? b : order(runtime, a, b) >= 0 ? 1 : 0);
    default:
      return unreachable(op);
  }
}

function orderOf(type: ValueType): (runtime: Runtime, a: number, b: number) => number {
  switch (type) {
    case "symbol":
      return (runtime, a, b) => runtime.pools.symbols.compare(a, b);
    case "number":
      return (runtime, a, b) => runtime.pools.compareNumbers(a, b);
    case "unsigned":
      return (runtime, a, b) => runtime.pools.compareUnsigneds(a, b);
    case "float":
      return (runtime, a, b) => runtime.pools.compare(a, b, "float");
    default:
      return unreachable(type);
  }
}
