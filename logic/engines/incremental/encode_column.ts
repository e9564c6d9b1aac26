import { INLINE_END, type Pools } from "./pools.ts";

/** One column of rows as cells. */
export interface ColumnChunk {
  readonly cells: Int32Array;
}

/** 64-bit signed integers as cells, without a BigInt a value. Errors: `EngineLimit("engine_mb")`. */
export function encodeNumbers(pools: Pools, values: BigInt64Array): Int32Array {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const cells = new Int32Array(values.length);
  for (let at = 0; at < cells.length; at++) {
    const low = words[2 * at] as number;
    const high = words[2 * at + 1] as number;
    cells[at] = high === low >> 31 && low < INLINE_END && low >= -INLINE_END ? low : pools.numberCellOfHalves(low, high);
  }
  return cells;
}

/** 64-bit unsigned integers as cells. Errors: `EngineLimit("engine_mb")`. */
export function encodeUnsigneds(pools: Pools, values: BigUint64Array): Int32Array {
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const cells = new Int32Array(values.length);
  for (let at = 0; at < cells.length; at++) {
    const low = words[2 * at] as number;
    const high = words[2 * at + 1] as number;
    cells[at] = high === 0 && low >= 0 && low < INLINE_END ? low : pools.unsignedCellOfHalves(low, high);
  }
  return cells;
}

/** Finite doubles as cells. Errors: `EngineLimit("engine_mb")`. */
export function encodeFloats(pools: Pools, values: Float64Array): Int32Array {
  const cells = new Int32Array(values.length);
  for (let at = 0; at < cells.length; at++) cells[at] = pools.floatCell(values[at] as number);
  return cells;
}

/** Texts as cells. Errors: `EngineLimit("engine_mb")`. */
export function encodeTexts(pools: Pools, values: readonly string[]): Int32Array {
  const cells = new Int32Array(values.length);
  for (let at = 0; at < cells.length; at++) cells[at] = pools.symbols.intern(values[at] as string);
  return cells;
}

/** Texts that lie behind each other as UTF-8 as cells; `lengths` in bytes, one a text. Errors: `EngineLimit("engine_mb")`. */
export function encodeUtf8(pools: Pools, bytes: Uint8Array, lengths: ArrayLike<number>): Int32Array {
  const cells = new Int32Array(lengths.length);
  let start = 0;
  for (let at = 0; at < cells.length; at++) {
    const end = start + (lengths[at] as number);
    cells[at] = pools.symbols.internBytes(bytes, start, end);
    start = end;
  }
  return cells;
}
