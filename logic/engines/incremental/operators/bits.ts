import { LEAST_CELL } from "./failure.ts";
import type { Operator, Runtime } from "./runtime.ts";

/**
 * Operators on the 64-bit pattern of an integer, in two halves. Shifts count the amount modulo 64 and drop the bits pushed out,
 * as in Soufflé; `bshr` keeps the sign of a number.
 */
interface Halves {
  low(runtime: Runtime, cell: number): number;
  high(runtime: Runtime, cell: number): number;
  cell(runtime: Runtime, low: number, high: number): number;
  /** What `bshr` fills with: the sign of the high half, or 0. */
  fill(high: number): number;
}

export type BitOperator = "band" | "bor" | "bxor" | "bnot" | "bshl" | "bshr" | "bshru";

function operatorsOn(halves: Halves): Readonly<Record<BitOperator, Operator>> {
  const combine = (pair: (a: number, b: number) => number): Operator => {
    return (runtime, a, b) => {
      if (a < LEAST_CELL) return a;
      if (b < LEAST_CELL) return b;
      const low = pair(halves.low(runtime, a), halves.low(runtime, b));
      return halves.cell(runtime, low, pair(halves.high(runtime, a), halves.high(runtime, b)));
    };
  };
  const shift = (move: (low: number, high: number, amount: number) => readonly [low: number, high: number]): Operator => {
    return (runtime, a, b) => {
      if (a < LEAST_CELL) return a;
      if (b < LEAST_CELL) return b;
      const amount = halves.low(runtime, b) & 63;
      if (amount === 0) return a;
      const [low, high] = move(halves.low(runtime, a), halves.high(runtime, a), amount);
      return halves.cell(runtime, low, high);
    };
  };
  return {
    band: combine((a, b) => a & b),
    bor: combine((a, b) => a | b),
    bxor: combine((a, b) => a ^ b),
    bnot: (runtime, a) => (a < LEAST_CELL ? a : halves.cell(runtime, ~halves.low(runtime, a), ~halves.high(runtime, a))),
    bshl: shift((low, high, amount) => {
      return amount >= 32 ? [0, low << (amount - 32)] : [low << amount, (high << amount) | (low >>> (32 - amount))];
    }),
    bshr: shift((low, high, amount) => right(low, high, amount, halves.fill(high))),
    bshru: shift((low, high, amount) => right(low, high, amount, 0)),
  };
}

/** `fill` is the half that comes in from above: 0 or -1. The amount is from 1 to 63. */
function right(low: number, high: number, amount: number, fill: number): readonly [low: number, high: number] {
  if (amount === 32) return [high, fill];
  if (amount > 32) return [(high >>> (amount - 32)) | (fill << (64 - amount)), fill];
  return [(low >>> amount) | (high << (32 - amount)), (high >>> amount) | (fill << (32 - amount))];
}

export const numberBits = operatorsOn({
  low: (runtime, cell) => runtime.pools.numberLow(cell),
  high: (runtime, cell) => runtime.pools.numberHigh(cell),
  cell: (runtime, low, high) => runtime.pools.numberCellOfHalves(low, high),
  fill: (high) => high >> 31,
});

export const unsignedBits = operatorsOn({
  low: (runtime, cell) => runtime.pools.unsignedLow(cell),
  high: (runtime, cell) => runtime.pools.unsignedHigh(cell),
  cell: (runtime, low, high) => runtime.pools.unsignedCellOfHalves(low, high),
  fill: () => 0,
});
