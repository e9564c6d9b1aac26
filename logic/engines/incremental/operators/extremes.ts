import type { ValueType } from "../../../../schema/value.ts";
import { LEAST_CELL } from "./failure.ts";
import type { Operator } from "./runtime.ts";

/** The least or greatest of two or more values of one type. */
export function extreme(op: "min" | "max", type: ValueType): Operator {
  const wanted = op === "min" ? -1 : 1;
  return (runtime, ...cells) => {
    for (const cell of cells) if (cell < LEAST_CELL) return cell;
    return cells.reduce((best, cell) => (runtime.pools.compare(cell, best, type) * wanted > 0 ? cell : best));
  };
}
