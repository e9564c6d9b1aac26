import { FAILURE } from "./failure.ts";

const BEYOND_64_BITS = 2n ** 70n;

/** `base` to the power of `exponent`, any value past 64 bits standing for all of them; for a negative exponent the truncated quotient. */
export function exactPower(base: bigint, exponent: bigint): bigint | number {
  if (exponent === 0n) return 1n;
  if (exponent > 0n) {
    if (base >= -1n && base <= 1n) return exponent % 2n === 0n ? base * base : base;
    return exponent > 64n ? BEYOND_64_BITS : base ** exponent;
  }
  if (base === 0n) return FAILURE.division_by_zero;
  if (base === 1n) return 1n;
  if (base === -1n) return exponent % 2n === 0n ? 1n : -1n;
  return 0n;
}
