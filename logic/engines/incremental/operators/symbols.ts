import { hash } from "node:crypto";
import { FAILURE, LEAST_CELL } from "./failure.ts";
import type { Operator, Runtime } from "./runtime.ts";

/** Operators on symbols, whose characters are code points. */

export function concatenate(runtime: Runtime, ...cells: readonly number[]): number {
  const { symbols } = runtime.pools;
  let bytes = 0;
  for (const cell of cells) {
    if (cell < LEAST_CELL) return cell;
    bytes += symbols.byteLength(cell);
  }
  return bytes > runtime.symbol_bytes ? FAILURE.symbol_bytes : symbols.internJoined(cells);
}

/** A symbol is at most 2^20 bytes long, so that its length is the same cell in both integer types. */
export function symbolLength(runtime: Runtime, a: number): number {
  return a < LEAST_CELL ? a : runtime.pools.symbols.codePoints(a);
}

/** As C++'s `substr`: from beyond the end gives the empty symbol, a negative length takes the rest. */
export function substring(runtime: Runtime, text: number, start: number, length: number): number {
  if (text < LEAST_CELL) return text;
  if (start < LEAST_CELL) return start;
  if (length < LEAST_CELL) return length;
  const { pools } = runtime;
  const first = pools.numberApproximate(start);
  if (first < 0) return pools.symbolCell("");
  const count = pools.numberApproximate(length);
  return pools.symbols.internSlice(text, first, count < 0 ? Number.POSITIVE_INFINITY : count);
}

/** A number fixed by the symbol alone: 63 bits of its MD5, as the DuckDB engine takes them. */
function ordinal(cellOf: (runtime: Runtime, low: number, high: number) => number): Operator {
  return (runtime, a) => {
    if (a < LEAST_CELL) return a;
    const digest = hash("md5", runtime.pools.symbols.utf8(a), "buffer");
    const [low, high] = [digest.readInt32LE(8), digest.readInt32LE(12)];
    return cellOf(runtime, (low >>> 1) | (high << 31), high >>> 1);
  };
}

export const ordinalNumber = ordinal((runtime, low, high) => runtime.pools.numberCellOfHalves(low, high));
export const ordinalUnsigned = ordinal((runtime, low, high) => runtime.pools.unsignedCellOfHalves(low, high));
