import { AssayError } from "./assay_error.ts";
import type { DecimalText } from "./delta.ts";
import type { ErrorCode } from "./errors.ts";
import { type Limits, limits as registeredLimits } from "./limits.ts";

/**
 * JSON read without losing anything: integers are bigint, numbers with a fraction or an exponent (and integers of more than
 * 40 digits, which no type of ours holds) are `DecimalText` as written, objects are maps in the order of their members.
 */
export type ExactValue = string | bigint | DecimalText | boolean | null | readonly ExactValue[] | ReadonlyMap<string, ExactValue>;

export interface ExactJsonOptions {
  /** Named in places: `delta.json:12:3`. Null where the text has no name; then places are null. */
  readonly source: string | null;
  readonly limits?: Pick<Limits, "json_bytes" | "json_depth">;
  /** The line number of the text's first line, for one line of a larger file; 1 where absent. */
  readonly firstLine?: number;
  /** Receives the UTF-16 offset of every array and object that stands at `depth` (the document itself is at 0). */
  readonly positions?: { readonly depth: number; readonly offsets: Map<object, number> };
}

const DEFAULT_LIMITS = { json_bytes: registeredLimits.json_bytes.value, json_depth: registeredLimits.json_depth.value };
const INTEGER_DIGITS_MAX = 40;
const UTF8 = new TextDecoder("utf-8", { fatal: true });
const WORDS = new Map<string, ExactValue>([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/**
 * Reads one JSON document (RFC 8259) exactly.
 * Errors (`AssayError`): `json.syntax`, `json.duplicate_key`, `json.surrogate` (half a character, which is not Unicode text),
 * `limit.json_bytes`, `limit.json_depth`; each with its line and column where `source` is named.
 */
export function readExactJson(text: string, options: ExactJsonOptions): ExactValue {
  return new Reader(text, options).document();
}

/** `readExactJson` over bytes; bytes that are not UTF-8 are `json.not_utf8`. A byte order mark is skipped. */
export function readExactJsonBytes(bytes: Uint8Array, options: ExactJsonOptions): ExactValue {
  checkBytes(bytes.length, options);
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch (cause) {
    const place = options.source === null ? null : `${options.source}:${(options.firstLine ?? 1) + badByteLine(bytes)}`;
    throw new AssayError("json.not_utf8", "the bytes are not UTF-8", { place, cause });
  }
  return readExactJson(text, options);
}

/** True for a `DecimalText`, false for every other value that `readExactJson` gives. */
export function isDecimal(value: unknown): value is DecimalText {
  return typeof value === "object" && value !== null && "decimal" in value;
}

/** The 1-based line number of a UTF-16 offset. */
export type LineOf = (offset: number) => number;

/** Turns offsets into line numbers, in one pass over the text for offsets in ascending order. */
export function lineFinder(text: string, firstLine = 1): LineOf {
  let line = firstLine;
  let lineEnd = text.indexOf("\n");
  let last = 0;
  return (offset) => {
    if (offset < last) {
      line = firstLine;
      lineEnd = text.indexOf("\n");
    }
    last = offset;
    while (lineEnd !== -1 && lineEnd < offset) {
      line += 1;
      lineEnd = text.indexOf("\n", lineEnd + 1);
    }
    return line;
  };
}

function checkBytes(bytes: number, options: ExactJsonOptions): void {
  const bound = (options.limits ?? DEFAULT_LIMITS).json_bytes;
  if (bytes <= bound) return;
  throw new AssayError("limit.json_bytes", `the document has ${bytes} bytes, the bound json_bytes is ${bound}`, { place: options.source });
}

/** Count of lines before the first byte that is not UTF-8: all lines that decode on their own. */
function badByteLine(bytes: Uint8Array): number {
  let line = 0;
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(10, from);
    const to = end === -1 ? bytes.length : end;
    try {
      UTF8.decode(bytes.subarray(from, to));
    } catch {
      return line;
    }
    from = to + 1;
  }
  return line;
}

class Reader {
  readonly #text: string;
  readonly #options: ExactJsonOptions;
  readonly #depthMax: number;
  #at = 0;

  constructor(text: string, options: ExactJsonOptions) {
    this.#text = text;
    this.#options = options;
    this.#depthMax = (options.limits ?? DEFAULT_LIMITS).json_depth;
    checkBytes(text.length, options);
    if (!text.isWellFormed()) throw new AssayError("json.surrogate", "the text holds half a surrogate pair", { place: options.source });
  }

  document(): ExactValue {
    if (this.#text.charCodeAt(0) === 0xfeff) this.#at = 1;
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail("json.syntax", "something follows the end of the document", this.#at);
    return value;
  }

  #value(depth: number): ExactValue {
    const code = this.#text.charCodeAt(this.#at);
    if (code === 34) return this.#string();
    if (code === 91) return this.#array(depth);
    if (code === 123) return this.#object(depth);
    if (code === 45 || (code >= 48 && code <= 57)) return this.#number();
    const word = /[a-zA-Z]*/y;
    word.lastIndex = this.#at;
    const found = word.exec(this.#text)?.[0] ?? "";
    const value = WORDS.get(found);
    if (value === undefined) return this.#unexpected("a value");
    this.#at += found.length;
    return value;
  }

  #array(depth: number): ExactValue {
    const items: ExactValue[] = [];
    this.#enter(depth, items);
    if (this.#ends(93)) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      this.#space();
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 44 && code !== 93) return this.#unexpected("`,` or `]`");
      this.#at += 1;
      if (code === 93) return items;
      this.#space();
    }
  }

  #object(depth: number): ExactValue {
    const members = new Map<string, ExactValue>();
    this.#enter(depth, members);
    if (this.#ends(125)) return members;
    for (;;) {
      const keyAt = this.#at;
      if (this.#text.charCodeAt(keyAt) !== 34) return this.#unexpected("a member name in double quotes");
      const key = this.#string();
      if (members.has(key)) this.#fail("json.duplicate_key", `the member \`${key}\` stands twice in one object`, keyAt);
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== 58) return this.#unexpected("`:`");
      this.#at += 1;
      this.#space();
      members.set(key, this.#value(depth + 1));
      this.#space();
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 44 && code !== 125) return this.#unexpected("`,` or `}`");
      this.#at += 1;
      if (code === 125) return members;
      this.#space();
    }
  }

  /** Steps over an opening bracket and counts the level. */
  #enter(depth: number, value: object): void {
    if (depth >= this.#depthMax) {
      this.#fail("limit.json_depth", `the document nests deeper than the bound json_depth, ${this.#depthMax}`, this.#at);
    }
    if (this.#options.positions?.depth === depth) this.#options.positions.offsets.set(value, this.#at);
    this.#at += 1;
    this.#space();
  }

  #ends(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  #string(): string {
    const from = this.#at + 1;
    for (let at = from; at < this.#text.length; at += 1) {
      const code = this.#text.charCodeAt(at);
      if (code === 34) {
        this.#at = at + 1;
        return this.#text.slice(from, at);
      }
      if (code === 92) return this.#escapedString(from, at);
      if (code < 32) this.#fail("json.syntax", "a control character stands unescaped in a string", at);
    }
    return this.#fail("json.syntax", "the string has no closing quote", from - 1);
  }

  #escapedString(from: number, firstEscape: number): string {
    let value = this.#text.slice(from, firstEscape);
    let at = firstEscape;
    while (at < this.#text.length) {
      const code = this.#text.charCodeAt(at);
      if (code === 34) {
        this.#at = at + 1;
        if (!value.isWellFormed()) this.#fail("json.surrogate", "the string holds half a surrogate pair", from - 1);
        return value;
      }
      if (code < 32) this.#fail("json.syntax", "a control character stands unescaped in a string", at);
      if (code === 92) {
        const [text, length] = this.#escape(at);
        value += text;
        at += length;
      } else {
        let to = at + 1;
        while (to < this.#text.length && this.#isPlain(to)) to += 1;
        value += this.#text.slice(at, to);
        at = to;
      }
    }
    return this.#fail("json.syntax", "the string has no closing quote", from - 1);
  }

  #isPlain(at: number): boolean {
    const code = this.#text.charCodeAt(at);
    return code !== 34 && code !== 92 && code >= 32;
  }

  #escape(at: number): [string, number] {
    const letter = this.#text[at + 1] ?? "";
    const simple = ESCAPES[letter];
    if (simple !== undefined) return [simple, 2];
    const hex = /^[0-9a-fA-F]{4}$/.exec(this.#text.slice(at + 2, at + 6))?.[0];
    if (letter !== "u" || hex === undefined) return this.#fail("json.syntax", `\`\\${letter}\` is no escape`, at);
    return [String.fromCharCode(Number.parseInt(hex, 16)), 6];
  }

  #number(): ExactValue {
    const pattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return this.#unexpected("a number");
    const after = this.#text.charCodeAt(this.#at + match[0].length);
    if ((after >= 48 && after <= 57) || after === 46)
      return this.#fail("json.syntax", "the number is not written as JSON has it", this.#at);
    this.#at += match[0].length;
    const isInteger = match[1] === undefined && match[2] === undefined;
    return isInteger && match[0].length <= INTEGER_DIGITS_MAX ? BigInt(match[0]) : { decimal: match[0] };
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#at += 1;
    }
  }

  #unexpected(wanted: string): never {
    const point = this.#text.codePointAt(this.#at);
    const found = point === undefined ? "the document ends" : `\`${String.fromCodePoint(point)}\` stands`;
    return this.#fail("json.syntax", `${found} where ${wanted} must follow`, this.#at);
  }

  #fail(code: ErrorCode, detail: string, at: number): never {
    const before = this.#text.slice(0, at);
    const line = (this.#options.firstLine ?? 1) + (before.match(/\n/g)?.length ?? 0);
    const place = this.#options.source === null ? null : `${this.#options.source}:${line}:${at - before.lastIndexOf("\n")}`;
    throw new AssayError(code, detail, { place });
  }
}
