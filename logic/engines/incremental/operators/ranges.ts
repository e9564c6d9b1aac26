import { unreachable } from "../../../../schema/unreachable.ts";
import type { ValueType } from "../../../../schema/value.ts";
import { FAILURE, LEAST_CELL } from "./failure.ts";
import type { Runtime } from "./runtime.ts";

/**
 * The values of a range, walked by position: `for (i < count(from, to, step)) at(from, to, step, i)`. `step` is null where the
 * rule gives none. Follows Soufflé's `runRange` (src/include/souffle/utility/EvaluatorUtil.h): without a step it walks towards `to`,
 * a step of 0 gives `from` once; an inclusive range follows clingo's intervals, which are empty where `from` is above `to`.
 */
export interface RangeOperator {
  /** How many values there are, or a failure: an operand's, or `rows_derived` where there are more than the bound. */
  count(runtime: Runtime, from: number, to: number, step: number | null): number;
  /** The value at a position below the count. */
  at(runtime: Runtime, from: number, to: number, step: number | null, position: number): number;
}

export function rangeOperator(type: ValueType, inclusive: boolean): RangeOperator {
  switch (type) {
    case "number":
      return integerRange(inclusive, {
        value: (runtime, cell) => runtime.pools.numberValue(cell),
        approximate: (runtime, cell) => runtime.pools.numberApproximate(cell),
        cell: (runtime, value) => runtime.pools.numberCell(value),
        cellOf: (runtime, value) => runtime.pools.numberCellOf(value),
      });
    case "unsigned":
      return integerRange(inclusive, {
        value: (runtime, cell) => runtime.pools.unsignedValue(cell),
        approximate: (runtime, cell) => runtime.pools.unsignedApproximate(cell),
        cell: (runtime, value) => runtime.pools.unsignedCell(value),
        cellOf: (runtime, value) => runtime.pools.unsignedCellOf(value),
      });
    case "float":
      return floatRange(inclusive);
    case "symbol":
      throw new Error("a range of symbols");
    default:
      return unreachable(type);
  }
}

interface Integers {
  value(runtime: Runtime, cell: number): bigint;
  approximate(runtime: Runtime, cell: number): number;
  cell(runtime: Runtime, value: bigint): number;
  cellOf(runtime: Runtime, value: number): number;
}

/** From here on a double no longer tells neighbours apart; halved, so that the sum of two such values is still exact. */
const EXACT = 2 ** 52;

function integerRange(inclusive: boolean, integers: Integers): RangeOperator {
  const isSmall = (runtime: Runtime, cell: number): boolean => Math.abs(integers.approximate(runtime, cell)) < EXACT;
  const allSmall = (runtime: Runtime, from: number, to: number, step: number | null): boolean =>
    isSmall(runtime, from) && isSmall(runtime, to) && (step === null || isSmall(runtime, step));
  return {
    count(runtime, from, to, step) {
      const failed = failedOperand(from, to, step);
      if (failed !== null) return failed;
      const count = allSmall(runtime, from, to, step)
        ? countSmall(integers, runtime, from, to, step, inclusive)
        : Number(countExact(integers, runtime, from, to, step, inclusive));
      return count > runtime.range_rows ? FAILURE.rows_derived : Math.max(count, 0);
    },
    at(runtime, from, to, step, position) {
      if (allSmall(runtime, from, to, step)) {
        const [first, last] = [integers.approximate(runtime, from), integers.approximate(runtime, to)];
        const stride = step === null ? (inclusive || first <= last ? 1 : -1) : integers.approximate(runtime, step);
        return integers.cellOf(runtime, first + position * stride);
      }
      const [first, last] = [integers.value(runtime, from), integers.value(runtime, to)];
      const stride = step === null ? (inclusive || first <= last ? 1n : -1n) : integers.value(runtime, step);
      return integers.cell(runtime, first + BigInt(position) * stride);
    },
  };
}

function countSmall(integers: Integers, runtime: Runtime, from: number, to: number, step: number | null, inclusive: boolean): number {
  const [first, last] = [integers.approximate(runtime, from), integers.approximate(runtime, to)];
  const stride = step === null ? (inclusive || first <= last ? 1 : -1) : integers.approximate(runtime, step);
  if (stride === 0) return (first === last) === inclusive ? 1 : 0;
  const span = stride > 0 ? last - first : first - last;
  const size = Math.abs(stride);
  const whole = (span - (span % size)) / size;
  if (span < 0) return 0;
  return inclusive || span % size !== 0 ? whole + 1 : whole;
}

function countExact(integers: Integers, runtime: Runtime, from: number, to: number, step: number | null, inclusive: boolean): bigint {
  const [first, last] = [integers.value(runtime, from), integers.value(runtime, to)];
  const stride = step === null ? (inclusive || first <= last ? 1n : -1n) : integers.value(runtime, step);
  if (stride === 0n) return (first === last) === inclusive ? 1n : 0n;
  const [span, size] = stride > 0n ? [last - first, stride] : [first - last, -stride];
  if (span < 0n) return 0n;
  return inclusive || span % size !== 0n ? span / size + 1n : span / size;
}

function floatRange(inclusive: boolean): RangeOperator {
  const strideOf = (runtime: Runtime, from: number, to: number, step: number | null): number => {
    if (step !== null) return runtime.pools.floatValue(step);
    return inclusive || runtime.pools.floatValue(from) <= runtime.pools.floatValue(to) ? 1 : -1;
  };
  return {
    count(runtime, from, to, step) {
      const failed = failedOperand(from, to, step);
      if (failed !== null) return failed;
      const stride = strideOf(runtime, from, to, step);
      if (stride === 0) return (from === to) === inclusive ? 1 : 0;
      const span = (runtime.pools.floatValue(to) - runtime.pools.floatValue(from)) / stride;
      const count = inclusive ? Math.floor(span) + 1 : Math.ceil(span);
      return count <= runtime.range_rows ? Math.max(count, 0) : FAILURE.rows_derived;
    },
    at(runtime, from, to, step, position) {
      return runtime.pools.floatCell(runtime.pools.floatValue(from) + position * strideOf(runtime, from, to, step));
    },
  };
}

function failedOperand(from: number, to: number, step: number | null): number | null {
  if (from < LEAST_CELL) return from;
  if (to < LEAST_CELL) return to;
  return step !== null && step < LEAST_CELL ? step : null;
}
