import duckdb from "@duckdb/node-bindings";
import type { TextColumn, TextVisitor } from "../../schema/sql_session.ts";

/** DuckDB's `string_t`: a length, then up to 12 bytes of text, or 4 of them and a pointer to all. */
const ENTRY_BYTES = 16;
const INLINE_BYTES = 12;
const TWO_32 = 2 ** 32;
/** No page is smaller on any platform that DuckDB runs on. */
const PAGE_BYTES = 4096;

/** A stretch of DuckDB's memory, from address `start` to `end`. */
interface Window {
  readonly start: number;
  end: number;
  bytes: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/**
 * The texts of a VARCHAR vector, read from the vector's own memory: valid until the chunk is let go of. Short texts lie in the vector.
 * Long ones are reached through few windows over the memory they share instead of one native call each, 25 times as fast; what
 * lies between two of them in a window is never looked at, and is mapped, since windows only join texts that begin within a page
 * of each other.
 */
export class Utf8Column implements TextColumn {
  readonly kind = "symbol";
  readonly #entries: Uint8Array;
  readonly #words: Uint32Array;
  readonly #count: number;

  /** `data` holds `count` entries of the vector. */
  constructor(data: DataView, count: number) {
    this.#entries = new Uint8Array(data.buffer, data.byteOffset, ENTRY_BYTES * count);
    this.#words = new Uint32Array(data.buffer, data.byteOffset, (ENTRY_BYTES / 4) * count);
    this.#count = count;
  }

  forEach(visit: TextVisitor): void {
    const words = this.#words;
    const windows = this.#windows();
    let window = windows[0];
    for (let at = 0; at < this.#count; at++) {
      const length = words[4 * at] as number;
      if (length <= INLINE_BYTES) {
        const start = ENTRY_BYTES * at + 4;
        visit(this.#entries, start, start + length, at);
        continue;
      }
      const address = this.#address(at);
      if (window === undefined || address < window.start || address >= window.end) window = windowOf(windows, address);
      const start = address - window.start;
      visit(window.bytes, start, start + length, at);
    }
  }

  #address(at: number): number {
    return (this.#words[4 * at + 3] as number) * TWO_32 + (this.#words[4 * at + 2] as number);
  }

  /** Windows over all long texts, in ascending order. */
  #windows(): Window[] {
    const addresses = new Float64Array(this.#count);
    let long = 0;
    for (let at = 0; at < this.#count; at++) if ((this.#words[4 * at] as number) > INLINE_BYTES) addresses[long++] = this.#address(at);
    if (long === 0) return [];
    const sorted = addresses.subarray(0, long).sort();
    const windows: Window[] = [];
    let last = Number.NEGATIVE_INFINITY;
    for (const address of sorted) {
      if (address - last > PAGE_BYTES) windows.push({ start: address, end: address + 1, bytes: NOTHING });
      (windows.at(-1) as Window).end = address + 1;
      last = address;
    }
    this.#stretch(windows);
    for (const window of windows) window.bytes = bytesAt(window.start, window.end - window.start);
    return windows;
  }

  /** Lets each window end where the last byte of its texts does. */
  #stretch(windows: readonly Window[]): void {
    let window = windows[0] as Window;
    for (let at = 0; at < this.#count; at++) {
      const length = this.#words[4 * at] as number;
      if (length <= INLINE_BYTES) continue;
      const address = this.#address(at);
      if (address < window.start || address >= window.end) window = windowOf(windows, address);
      window.end = Math.max(window.end, address + length);
    }
  }
}

/** The last window that begins at or before `address`. */
function windowOf(windows: readonly Window[], address: number): Window {
  let [low, high] = [0, windows.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((windows[middle] as Window).start <= address) low = middle;
    else high = middle - 1;
  }
  return windows[low] as Window;
}

function bytesAt(address: number, length: number): Uint8Array {
  const pointer = new DataView(new ArrayBuffer(8));
  pointer.setUint32(0, address % TWO_32, true);
  pointer.setUint32(4, Math.floor(address / TWO_32), true);
  return duckdb.get_data_from_pointer(pointer.buffer, 0, length);
}
