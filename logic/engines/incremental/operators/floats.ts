import { FAILURE, LEAST_CELL } from "./failure.ts";
import type { Runtime } from "./runtime.ts";

/** Arithmetic on `float`: IEEE 754 doubles, of which only the finite are values. */

function finite(runtime: Runtime, value: number): number {
  return Number.isFinite(value) ? runtime.pools.floatCell(value) : FAILURE.overflow;
}

export function addFloats(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  return finite(runtime, runtime.pools.floatValue(a) + runtime.pools.floatValue(b));
}

export function subtractFloats(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  return finite(runtime, runtime.pools.floatValue(a) - runtime.pools.floatValue(b));
}

export function multiplyFloats(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  return finite(runtime, runtime.pools.floatValue(a) * runtime.pools.floatValue(b));
}

export function divideFloats(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  const divisor = runtime.pools.floatValue(b);
  return divisor === 0 ? FAILURE.division_by_zero : finite(runtime, runtime.pools.floatValue(a) / divisor);
}

export function remainderFloats(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  const divisor = runtime.pools.floatValue(b);
  return divisor === 0 ? FAILURE.division_by_zero : finite(runtime, runtime.pools.floatValue(a) % divisor);
}

export function powerFloats(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  return finite(runtime, runtime.pools.floatValue(a) ** runtime.pools.floatValue(b));
}

export function negateFloat(runtime: Runtime, a: number): number {
  return a < LEAST_CELL ? a : runtime.pools.floatCell(0 - runtime.pools.floatValue(a));
}

export function absoluteFloat(runtime: Runtime, a: number): number {
  return a < LEAST_CELL ? a : runtime.pools.floatCell(Math.abs(runtime.pools.floatValue(a)));
}
