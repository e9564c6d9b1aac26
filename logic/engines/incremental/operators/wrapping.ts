import type { ValueType } from "../../../../schema/value.ts";
import type { IrOperator } from "../../../language/ir.ts";
import { LEAST_CELL } from "./failure.ts";
import type { Operator, Runtime } from "./runtime.ts";

/** An integer operator whose result is the low `bits` of the exact one, as a declared compatibility asks for. */
export function wrapping(op: IrOperator, type: ValueType, bits: 32 | 64, exact: Operator): Operator {
  const compute = unboundedOf(op);
  const wrap = type === "unsigned" ? BigInt.asUintN : BigInt.asIntN;
  const integer = ({ pools }: Runtime, cell: number): bigint => pools.decode(cell, type) as bigint;
  return (runtime, ...cells) => {
    for (const cell of cells) if (cell < LEAST_CELL) return cell;
    if (compute === null) {
      const result = exact(runtime, ...cells);
      return result < LEAST_CELL ? result : runtime.pools.encode(wrap(bits, integer(runtime, result)), type);
    }
    const [a = 0, b = 0] = cells;
    return runtime.pools.encode(wrap(bits, compute(integer(runtime, a), integer(runtime, b))), type);
  };
}

/** What may leave its type before it is wrapped; null for operators that fail as they always do. */
function unboundedOf(op: IrOperator): ((a: bigint, b: bigint) => bigint) | null {
  switch (op) {
    case "+":
      return (a, b) => a + b;
    case "-":
      return (a, b) => a - b;
    case "*":
      return (a, b) => a * b;
    case "neg":
      return (a) => -a;
    default:
      return null;
  }
}
