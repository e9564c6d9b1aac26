import { NUMBER_MAX, NUMBER_MIN, UNSIGNED_MAX } from "../../../schema/value.ts";
import type { GroupNode } from "./network.ts";
import { FAILURE } from "./operators/failure.ts";
import type { Pools } from "./pools.ts";

/** What is computed, over values of which type. */
export type Aggregation = Pick<GroupNode, "op" | "type">;

/** Stands for the value of an aggregate that has none. */
export const NO_VALUE = -(2 ** 31) + 1000;

/** The value of a group without members: `count` and `sum` of nothing are 0, the others have none. */
export function emptyValue({ op, type }: Aggregation, pools: Pools): number {
  if (op === "count") return 0;
  if (op === "sum") return type === "float" ? pools.floatCell(0) : 0;
  return NO_VALUE;
}

/** The value of a whole group from the values of its members, one a member, in any order. */
export function foldValues(node: Aggregation, pools: Pools, values: readonly number[]): number {
  if (values.length === 0) return emptyValue(node, pools);
  switch (node.op) {
    case "count":
      return values.length;
    case "min":
      return values.reduce((best, value) => (pools.compare(value, best, node.type) < 0 ? value : best));
    case "max":
      return values.reduce((best, value) => (pools.compare(value, best, node.type) > 0 ? value : best));
    case "sum":
    case "mean":
      if (node.type === "float") return floatTotal(node, pools, values);
      return integerTotal(
        node,
        pools,
        values.reduce((sum, value) => sum + (pools.decode(value, node.type) as bigint), 0n),
        values.length,
      );
  }
}

/** Floats are added in ascending order, so that the sum depends on the members alone. */
function floatTotal({ op }: Aggregation, pools: Pools, values: readonly number[]): number {
  const ascending = Float64Array.from(values, (value) => pools.floatValue(value)).sort();
  const sum = ascending.reduce((total, value) => total + value, 0);
  const result = op === "sum" ? sum : sum / values.length;
  return Number.isFinite(result) ? pools.floatCell(result) : FAILURE.overflow;
}

/** A sum or mean of integers, their sum being given exactly. */
export function integerTotal({ op, type }: Aggregation, pools: Pools, sum: bigint, members: number): number {
  if (op === "mean") return members === 0 ? NO_VALUE : pools.floatCell(Number(sum) / members);
  const [least, most] = type === "unsigned" ? [0n, UNSIGNED_MAX] : [NUMBER_MIN, NUMBER_MAX];
  return sum < least || sum > most ? FAILURE.overflow : pools.encode(sum, type);
}
