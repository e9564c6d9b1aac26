import { type Data, DataType, type Dictionary, type LargeUtf8, type Utf8, type Vector } from "apache-arrow";
import { AssayError } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";
import type { NameColumn } from "./uuid5.ts";

/** One part of a key, as a column: text or whole numbers, by name. */
export interface KeyColumn {
  readonly name: string;
  readonly values: Vector;
}

export interface EntityKeys {
  /** The encoded key of every row; the empty name where a part is missing. */
  readonly names: NameColumn;
  /** Rows without an id because a part of their key is null, ascending. */
  readonly missing: readonly number[];
}

const COLON = 0x3a;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/**
 * Encodes keys so that no two differ only in where one part ends and the next begins: each part trimmed, in Unicode NFC, as
 * `<length in bytes>:<bytes>`, one after the other. Whole numbers go in as decimal text. Columns have equal lengths.
 * Errors: `identity.key_type` for a column of another type, `identity.not_utf8`.
 */
export function encodeKeys(columns: readonly KeyColumn[]): EntityKeys {
  const rows = columns[0]?.values.length ?? 0;
  const readers = columns.map(partReader);
  const writer = new KeyWriter(rows);
  const missing: number[] = [];
  for (let row = 0; row < rows; row++) {
    if (readers.every((read) => read(row, writer))) writer.endName(row);
    else {
      missing.push(row);
      writer.dropName(row);
    }
  }
  return { names: writer.column(), missing };
}

/** Writes one part of a row's key; false where it is null. */
type PartReader = (row: number, writer: KeyWriter) => boolean;

function partReader({ name, values }: KeyColumn): PartReader {
  const type = values.type;
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return utf8Reader(name, values as Vector<Utf8 | LargeUtf8>);
  const inner: DataType = DataType.isDictionary(type) ? (type as Dictionary).dictionary : type;
  if (!DataType.isUtf8(inner) && !DataType.isInt(inner)) {
    throw new AssayError("identity.key_type", `the key \`${name}\` is a column of ${type}`, { place: name });
  }
  return (row, writer) => {
    const value: unknown = values.get(row);
    if (value === null || value === undefined) return false;
    writer.text(normal(String(value)));
    return true;
  };
}

/** Reads text where it lies: what is ASCII and needs no trimming, which is most of it, is copied as it is. */
function utf8Reader(name: string, values: Vector<Utf8 | LargeUtf8>): PartReader {
  let at = 0;
  let begin = 0;
  let chunk = values.data[0] as Data<Utf8 | LargeUtf8> | undefined;
  return (row, writer) => {
    while (chunk !== undefined && row >= begin + chunk.length) {
      begin += chunk.length;
      at += 1;
      chunk = values.data[at];
    }
    if (chunk === undefined || !chunk.getValid(row - begin)) return false;
    const from = Number(chunk.valueOffsets[row - begin]);
    const to = Number(chunk.valueOffsets[row - begin + 1]);
    if (isPlain(chunk.values, from, to)) writer.part(chunk.values, from, to);
    else writer.text(normal(decode(name, row, chunk.values.subarray(from, to))));
    return true;
  };
}

/** ASCII, and neither blank nor control character at the ends. */
function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  if (to > from && ((bytes[from] ?? 0) <= 0x20 || (bytes[to - 1] ?? 0) <= 0x20)) return false;
  for (let at = from; at < to; at++) if ((bytes[at] ?? 0) >= 0x80) return false;
  return true;
}

function decode(name: string, row: number, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new AssayError("identity.not_utf8", `row ${row} of the key \`${name}\` is not UTF-8`, { place: name, cause });
  }
}

/** NFC, without the white space of ECMAScript's `trim` (Unicode's space separators, tabs, line ends, the byte order mark) around it. */
function normal(text: string): string {
  return text.normalize("NFC").trim();
}

class KeyWriter {
  #bytes: Uint8Array;
  #length = 0;
  #start = 0;
  readonly #offsets: Int32Array;

  constructor(rows: number) {
    this.#bytes = new Uint8Array(Math.max(1024, rows * 32));
    this.#offsets = new Int32Array(rows + 1);
  }

  text(text: string): void {
    const bytes = encoder.encode(text);
    this.part(bytes, 0, bytes.length);
  }

  part(bytes: Uint8Array, from: number, to: number): void {
    const length = to - from;
    this.#reserve(length + 12);
    const digits = String(length);
    for (let at = 0; at < digits.length; at++) this.#bytes[this.#length++] = digits.charCodeAt(at);
    this.#bytes[this.#length++] = COLON;
    if (length > 64) this.#bytes.set(bytes.subarray(from, to), this.#length);
    else for (let at = 0; at < length; at++) this.#bytes[this.#length + at] = bytes[from + at] ?? 0;
    this.#length += length;
  }

  endName(row: number): void {
    this.#start = this.#length;
    this.#offsets[row + 1] = this.#length;
  }

  dropName(row: number): void {
    this.#length = this.#start;
    this.#offsets[row + 1] = this.#length;
  }

  column(): NameColumn {
    return { bytes: this.#bytes.subarray(0, this.#length), offsets: this.#offsets };
  }

  #reserve(more: number): void {
    const wanted = this.#length + more;
    if (wanted <= this.#bytes.length) return;
    const { value, unit } = limits.key_bytes;
    if (wanted > value) throw new AssayError("limit.key_bytes", `the keys of one column take more than ${value} ${unit}`);
    const grown = new Uint8Array(Math.min(value, Math.max(wanted, this.#bytes.length * 2)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
