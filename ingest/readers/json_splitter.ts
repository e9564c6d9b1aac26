import type { RecordSplitter } from "./text_records.ts";

const NEWLINE = 10;
const QUOTE = 34;
const COMMA = 44;
const BACKSLASH = 92;

/** One record a line, as NDJSON has it. */
export class LineSplitter implements RecordSplitter {
  find(chunk: Buffer, from: number): number {
    const at = chunk.indexOf(NEWLINE, from);
    return at === -1 ? -1 : at + 1;
  }
}

type Kind = "open" | "close" | "space" | "other";

/**
 * Cuts a JSON document into the elements of its array, or into its top-level values where it is not an array. It looks at
 * brackets, strings and commas alone; what stands between them is for the exact reader to judge. The first record of an array begins
 * with its opening bracket, the last ends with the closing one, the others end with a comma.
 */
export class JsonSplitter implements RecordSplitter {
  #array: boolean | null = null;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #closed = false;
  #started = false;
  #broken = false;

  /** True where the document is an array that was closed with nothing behind it, or where every top-level value was closed. */
  get complete(): boolean {
    return this.#array === true ? this.#closed && !this.#broken : this.#depth === 0 && !this.#inString && !this.#closed;
  }

  /** Whether the document is an array; null before its first character. */
  get isArray(): boolean | null {
    return this.#array;
  }

  find(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      if (this.#inString) {
        at = this.#endOfString(chunk, at);
        if (at === chunk.length) return -1;
        this.#inString = false;
        continue;
      }
      const byte = chunk[at] as number;
      if (byte === QUOTE) {
        this.#array ??= false;
        this.#inString = true;
        this.#started = true;
        this.#broken ||= this.#closed;
      } else if (this.#endsRecord(byte)) {
        this.#started = false;
        return at + 1;
      }
    }
    return -1;
  }

  /** The offset of the quote that ends the string, or the chunk's length. */
  #endOfString(chunk: Buffer, from: number): number {
    let at = from;
    if (this.#escaped && at < chunk.length) {
      this.#escaped = false;
      at += 1;
    }
    while (at < chunk.length && chunk[at] !== QUOTE) at += chunk[at] === BACKSLASH ? 2 : 1;
    this.#escaped = at > chunk.length;
    return Math.min(at, chunk.length);
  }

  #endsRecord(byte: number): boolean {
    const kind = kindOf(byte);
    if (kind === "space") return this.#array === false && this.#depth === 0 && this.#started;
    if (this.#array === null) {
      this.#array = byte === 91;
      if (this.#array) return false;
    }
    if (this.#closed) this.#broken = true;
    if (this.#closed) return false;
    if (this.#array && this.#depth === 0 && byte === COMMA) return true;
    if (kind === "open") this.#depth += 1;
    if (kind === "close" && this.#depth === 0) {
      this.#closed = true;
      this.#broken = byte !== 93;
    } else if (kind === "close") this.#depth -= 1;
    this.#started = true;
    return kind === "close" && this.#depth === 0 && this.#array === false;
  }
}

function kindOf(byte: number): Kind {
  if (byte === 123 || byte === 91) return "open";
  if (byte === 125 || byte === 93) return "close";
  return byte === 32 || (byte >= 9 && byte <= 13) ? "space" : "other";
}
