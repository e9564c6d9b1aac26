import { UNSIGNED_MAX } from "../../../../schema/value.ts";
import { exactPower } from "./exact_power.ts";
import { FAILURE, LEAST_CELL } from "./failure.ts";
import type { Runtime } from "./runtime.ts";

/** Arithmetic on `unsigned`, exact to 64 bits: as doubles while values and result fit 53 bits, as BigInts beyond. */

function fit(runtime: Runtime, value: bigint | number): number {
  if (typeof value === "number") return value;
  return value < 0n || value > UNSIGNED_MAX ? FAILURE.overflow : runtime.pools.unsignedCell(value);
}

export function addUnsigneds(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  const { pools } = runtime;
  const sum = pools.unsignedApproximate(a) + pools.unsignedApproximate(b);
  if (sum <= Number.MAX_SAFE_INTEGER) return pools.unsignedCellOf(sum);
  return fit(runtime, pools.unsignedValue(a) + pools.unsignedValue(b));
}

export function subtractUnsigneds(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  const { pools } = runtime;
  const [x, y] = [pools.unsignedApproximate(a), pools.unsignedApproximate(b)];
  if (x <= Number.MAX_SAFE_INTEGER && y <= x) return pools.unsignedCellOf(x - y);
  return fit(runtime, pools.unsignedValue(a) - pools.unsignedValue(b));
}

export function multiplyUnsigneds(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  const { pools } = runtime;
  const [x, y] = [pools.unsignedApproximate(a), pools.unsignedApproximate(b)];
  if (Math.max(x, y, x * y) <= Number.MAX_SAFE_INTEGER) return pools.unsignedCellOf(x * y);
  return fit(runtime, pools.unsignedValue(a) * pools.unsignedValue(b));
}

export function divideUnsigneds(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  if (b === 0) return FAILURE.division_by_zero;
  return fit(runtime, runtime.pools.unsignedValue(a) / runtime.pools.unsignedValue(b));
}

export function remainderUnsigneds(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  if (b === 0) return FAILURE.division_by_zero;
  return fit(runtime, runtime.pools.unsignedValue(a) % runtime.pools.unsignedValue(b));
}

export function powerUnsigneds(runtime: Runtime, a: number, b: number): number {
  if (a < LEAST_CELL) return a;
  if (b < LEAST_CELL) return b;
  return fit(runtime, exactPower(runtime.pools.unsignedValue(a), runtime.pools.unsignedValue(b)));
}

/** Only 0 has a negative. */
export function negateUnsigned(_runtime: Runtime, a: number): number {
  return a <= 0 ? a : FAILURE.overflow;
}
