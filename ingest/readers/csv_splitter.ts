import type { RecordSplitter } from "./text_records.ts";

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;

type State = "field_start" | "plain" | "quoted" | "quote_in_quoted" | "returned";

/**
 * Finds the ends of CSV records (RFC 4180): `\n`, `\r\n` or `\r` outside quotes. A quote opens a quoted field only where the field
 * begins, spaces before it left aside; elsewhere it is text. The same reading as DuckDB's, which a property test holds together.
 */
export class CsvSplitter implements RecordSplitter {
  readonly #delimiter: number;
  #state: State = "field_start";
  #chunk: Buffer | null = null;
  #nextQuote = 0;
  #nextReturn = 0;

  /** `delimiter` is one ASCII character. */
  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** Whether the record that the last chunk left open is inside a quoted field. */
  get insideQuotes(): boolean {
    return this.#state === "quoted";
  }

  find(chunk: Buffer, from: number): number {
    if (this.#state === "returned") {
      this.#state = "field_start";
      return chunk[from] === NEWLINE ? from + 1 : from;
    }
    return this.#plainLine(chunk, from) ?? this.#walk(chunk, from);
  }

  /** The end of a record that holds neither quote nor lone return, found without looking at each byte. */
  #plainLine(chunk: Buffer, from: number): number | null {
    if (this.#state !== "field_start") return null;
    if (chunk !== this.#chunk || this.#nextQuote < from) this.#nextQuote = next(chunk, QUOTE, from);
    if (chunk !== this.#chunk || this.#nextReturn < from) this.#nextReturn = next(chunk, CARRIAGE_RETURN, from);
    this.#chunk = chunk;
    const end = next(chunk, NEWLINE, from);
    if (end === chunk.length || this.#nextQuote < end || this.#nextReturn < end - 1) return null;
    return end + 1;
  }

  #walk(chunk: Buffer, from: number): number {
    let state: State = this.#state;
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at] as number;
      if (state === "quoted") {
        if (byte === QUOTE) state = "quote_in_quoted";
      } else if (byte === NEWLINE) {
        this.#state = "field_start";
        return at + 1;
      } else if (byte === CARRIAGE_RETURN) {
        return this.#afterReturn(chunk, at + 1);
      } else {
        state = this.#within(state, byte);
      }
    }
    this.#state = state;
    return -1;
  }

  #within(state: State, byte: number): State {
    if (byte === this.#delimiter) return "field_start";
    if (byte === QUOTE && state !== "plain") return "quoted";
    return byte === SPACE && state === "field_start" ? "field_start" : "plain";
  }

  #afterReturn(chunk: Buffer, at: number): number {
    this.#state = at === chunk.length ? "returned" : "field_start";
    if (at === chunk.length) return -1;
    return chunk[at] === NEWLINE ? at + 1 : at;
  }
}

function next(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from);
  return at === -1 ? chunk.length : at;
}
