import { NUMBER_MAX, NUMBER_MIN } from "../../../../schema/value.ts";
import { INLINE_END } from "../pools.ts";
import { exactPower } from "./exact_power.ts";
import { FAILURE, LEAST_CELL } from "./failure.ts";
import type { Runtime } from "./runtime.ts";

/**
 * Arithmetic on `number`, exact to 64 bits. Most values stand for themselves in their cells; the sums of others are doubles while
 * they fit 53 bits, and BigInts only beyond.
 */

/** Whether both cells stand for themselves: the sign bit of `cell + 2^30` is set for ids and for failures. */
function bothInline(a: number, b: number): boolean {
  return ((a + INLINE_END) | (b + INLINE_END) | 0) >= 0;
}

function isExact(value: number): boolean {
  return value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER;
}

function fit(runtime: Runtime, value: bigint | number): number {
  if (typeof value === "number") return value;
  return value < NUMBER_MIN || value > NUMBER_MAX ? FAILURE.overflow : runtime.pools.numberCell(value);
}

export function addNumbers(runtime: Runtime, a: number, b: number): number {
  if (bothInline(a, b)) return runtime.pools.numberCellOf(a + b);
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  const { pools } = runtime;
  const [x, y] = [pools.numberApproximate(a), pools.numberApproximate(b)];
  if (isExact(x) && isExact(y) && isExact(x + y)) return pools.numberCellOf(x + y);
  return fit(runtime, pools.numberValue(a) + pools.numberValue(b));
}

export function subtractNumbers(runtime: Runtime, a: number, b: number): number {
  if (bothInline(a, b)) return runtime.pools.numberCellOf(a - b);
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  const { pools } = runtime;
  const [x, y] = [pools.numberApproximate(a), pools.numberApproximate(b)];
  if (isExact(x) && isExact(y) && isExact(x - y)) return pools.numberCellOf(x - y);
  return fit(runtime, pools.numberValue(a) - pools.numberValue(b));
}

export function multiplyNumbers(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  const { pools } = runtime;
  const [x, y] = [pools.numberApproximate(a), pools.numberApproximate(b)];
  if (isExact(x) && isExact(y) && isExact(x * y)) return pools.numberCellOf(x * y);
  return fit(runtime, pools.numberValue(a) * pools.numberValue(b));
}

/** Truncates towards zero. */
export function divideNumbers(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  if (b === 0) return FAILURE.division_by_zero;
  if (bothInline(a, b)) return runtime.pools.numberCellOf(Math.trunc(a / b));
  return fit(runtime, runtime.pools.numberValue(a) / runtime.pools.numberValue(b));
}

/** Has the sign of the dividend. */
export function remainderNumbers(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  if (b === 0) return FAILURE.division_by_zero;
  if (bothInline(a, b)) return (a % b) | 0;
  return fit(runtime, runtime.pools.numberValue(a) % runtime.pools.numberValue(b));
}

export function powerNumbers(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  return fit(runtime, exactPower(runtime.pools.numberValue(a), runtime.pools.numberValue(b)));
}

export function negateNumber(runtime: Runtime, a: number): number {
  return subtractNumbers(runtime, 0, a);
}

export function absoluteNumber(runtime: Runtime, a: number): number {
  if (a < LEAST_CELL) return a;
  return runtime.pools.numberHigh(a) < 0 ? subtractNumbers(runtime, 0, a) : a;
}
