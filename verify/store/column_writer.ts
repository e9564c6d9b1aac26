import duckdb, { type Vector } from "@duckdb/node-bindings";
import type { Value, ValueType } from "../../schema/value.ts";

/** DuckDB's `string_t` in 32-bit words: a length, then up to 12 bytes of text, or 4 of them and a pointer to all. */
const ENTRY_WORDS = 4;
const ENTRY_BYTES = 16;
const INLINE_BYTES = 12;
/** After so many texts that were looked up, a column whose texts hardly ever come again is written without looking. */
const TRIAL_TEXTS = 512;
const VALIDITY_BITS = 64;

/**
 * Writes one column's values from `from` on into the memory of a vector for `count` rows. The vector must be of the type's SQL type, its
 * validity untouched, and go into an appender before it is written again. Integers may be numbers within 2^53; null is SQL's NULL.
 */
export function writeColumn(vector: Vector, type: ValueType, values: readonly (Value | null)[], from: number, count: number): void {
  if (hasNull(values, from, count)) writeValues(vector, type, withoutNulls(vector, type, values.slice(from, from + count)), 0, count);
  else writeValues(vector, type, values as readonly Value[], from, count);
}

function writeValues(vector: Vector, type: ValueType, values: readonly Value[], from: number, count: number): void {
  switch (type) {
    case "symbol":
      writeTexts(vector, values as readonly string[], from, count);
      return;
    case "float": {
      const cells = new Float64Array(count);
      for (let at = 0; at < count; at += 1) cells[at] = values[from + at] as number;
      put(vector, cells);
      return;
    }
    case "number": {
      const cells = new BigInt64Array(count);
      for (let at = 0; at < count; at += 1) cells[at] = BigInt(values[from + at] as bigint | number);
      put(vector, cells);
      return;
    }
    default: {
      const cells = new BigUint64Array(count);
      for (let at = 0; at < count; at += 1) cells[at] = BigInt(values[from + at] as bigint | number);
      put(vector, cells);
    }
  }
}

/** Marks the NULLs among the values of a whole vector in its validity; gives the values with some other in their place. */
function withoutNulls(vector: Vector, type: ValueType, values: readonly (Value | null)[]): readonly Value[] {
  const valid = new BigUint64Array(Math.ceil(values.length / VALIDITY_BITS)).fill(2n ** 64n - 1n);
  const bytes = new Uint8Array(valid.buffer);
  const stand = type === "symbol" ? "" : 0;
  const written = values.map((value, at) => {
    if (value !== null) return value;
    bytes[at >> 3] = (bytes[at >> 3] as number) & ~(1 << (at & 7));
    return stand;
  });
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, valid.byteLength);
  return written;
}

function hasNull(given: readonly (Value | null)[], from: number, count: number): boolean {
  for (let at = from; at < from + count; at += 1) if (given[at] === null) return true;
  return false;
}

function put(vector: Vector, cells: Float64Array<ArrayBuffer> | BigInt64Array<ArrayBuffer> | BigUint64Array<ArrayBuffer>): void {
  duckdb.copy_data_to_vector(vector, 0, cells.buffer, 0, cells.byteLength);
}

/** Where a text is written: by DuckDB itself, into its entry, or (from 0 on) as the earlier text at that place. */
const BY_DUCKDB = -1;
const INLINE = -2;

/**
 * A text of at most 12 ASCII characters is written into its entry; one that stands in the vector already shares that entry's pointer, which
 * lives as long as the vector; only other texts cost a native call each.
 */
function writeTexts(vector: Vector, values: readonly string[], from: number, count: number): void {
  const ways = new Int32Array(count);
  const written = new Map<string, number>();
  let [looked, found] = [0, 0];
  for (let at = 0; at < count; at += 1) {
    const text = values[from + at] as string;
    if (at > 0 && text === values[from + at - 1]) {
      ways[at] = at - 1;
      continue;
    }
    if (text.length <= INLINE_BYTES && isAscii(text)) {
      ways[at] = INLINE;
      continue;
    }
    const isWorthIt = looked < TRIAL_TEXTS || found * 4 > looked;
    const earlier = isWorthIt ? written.get(text) : undefined;
    if (isWorthIt) looked += 1;
    if (earlier !== undefined) {
      found += 1;
      ways[at] = earlier;
      continue;
    }
    duckdb.vector_assign_string_element(vector, at, text);
    ways[at] = BY_DUCKDB;
    if (isWorthIt) written.set(text, at);
  }
  const read = duckdb.vector_get_data(vector, ENTRY_BYTES * count);
  const bytes = new Uint8Array(read);
  const words = new Uint32Array(bytes.buffer);
  for (let at = 0; at < count; at += 1) {
    const way = ways[at] as number;
    if (way >= 0) copyEntry(words, way, at);
    else if (way === INLINE) writeInline(bytes, words, at, values[from + at] as string);
  }
  duckdb.copy_data_to_vector(vector, 0, bytes.buffer, 0, bytes.length);
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) return false;
  return true;
}

function copyEntry(words: Uint32Array, earlier: number, at: number): void {
  const source = ENTRY_WORDS * earlier;
  const target = ENTRY_WORDS * at;
  words[target] = words[source] as number;
  words[target + 1] = words[source + 1] as number;
  words[target + 2] = words[source + 2] as number;
  words[target + 3] = words[source + 3] as number;
}

/** Writes a short text of ASCII characters into its entry, the rest of it zeros. */
function writeInline(bytes: Uint8Array, words: Uint32Array, at: number, text: string): void {
  const word = ENTRY_WORDS * at;
  words[word] = text.length;
  words[word + 1] = 0;
  words[word + 2] = 0;
  words[word + 3] = 0;
  const start = ENTRY_BYTES * at + 4;
  for (let index = 0; index < text.length; index += 1) bytes[start + index] = text.charCodeAt(index);
}
