import type { IrTerm } from "../../../language/ir.ts";
import { LEAST_CELL } from "../operators/failure.ts";
import type { Pools } from "../pools.ts";

/** The order of two lists of cells by the values of `terms` in turn; what failed comes after every value. */
export function compareCells(pools: Pools, terms: readonly IrTerm[], a: readonly number[], b: readonly number[]): number {
  for (const [at, { type }] of terms.entries()) {
    const [first, second] = [a[at] as number, b[at] as number];
    if (first === second) continue;
    if (first < LEAST_CELL || second < LEAST_CELL) return first < LEAST_CELL ? 1 : -1;
    const difference = pools.compare(first, second, type);
    if (difference !== 0) return difference;
  }
  return 0;
}
