import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import { ownCopy } from "./own_copy.ts";
import { PlacedArray, type PlacedJson, PlacedNumber, PlacedObject, PlacedText, PlacedWord } from "./placed_json.ts";
import { lineAndColumn } from "./text_position.ts";

export type JsonBounds = Pick<Limits, "json_depth" | "alloy_values">;

type Fault = "json.syntax" | "json.surrogate" | "json.nul" | "limit.json_depth" | "limit.alloy_values";

/**
 * Reads one JSON document (RFC 8259) in one pass, numbers as written, every value with its place. A byte order mark is skipped.
 * Of members of one name the last counts, and the object says so. Strings may hold NUL and half characters, names may not.
 * Errors (`AssayError`, at `source:LINE:COLUMN`): `json.syntax` (also for NaN, Infinity, comments and commas too many), `json.surrogate`
 * and `json.nul` for a name that no symbol holds, `limit.json_depth`, `limit.alloy_values`.
 */
export function readPlacedJson(text: string, source: string, bounds: JsonBounds): PlacedJson {
  return new Reader(text, source, bounds).document();
}

const SHORT_ESCAPES: ReadonlySet<number> = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)));
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const HEX = /u[0-9a-fA-F]{4}/y;
const WORD = /[a-zA-Z]+/y;

/** Names that documents share are kept once, up to so many: a name of its own for each of a million members costs more than looking it up. */
const NAMES_KEPT = 10_000;
const names = new Map<string, string>();

function known(name: string): string {
  const kept = names.get(name);
  if (kept !== undefined) return kept;
  if (names.size >= NAMES_KEPT || name.length > NAME_UNITS) return name;
  const own = ownCopy(name);
  names.set(own, own);
  return own;
}

/** A longer name is not kept. */
const NAME_UNITS = 100;

/**
 * Hot: ten thousand documents pass through it, so it walks the text by offsets and looks at each character once.
 */
class Reader {
  readonly #text: string;
  readonly #source: string;
  readonly #bounds: JsonBounds;
  #at = 0;
  #members = 0;

  constructor(text: string, source: string, bounds: JsonBounds) {
    this.#text = text;
    this.#source = source;
    this.#bounds = bounds;
  }

  document(): PlacedJson {
    if (this.#text.charCodeAt(0) === 0xfeff) this.#at = 1;
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) this.#fail("json.syntax", "something follows the end of the document", this.#at);
    return value;
  }

  #value(depth: number): PlacedJson {
    const at = this.#at;
    switch (this.#text.charCodeAt(at)) {
      case 34:
        return this.#string();
      case 123:
        return this.#object(depth);
      case 91:
        return this.#array(depth);
      case 116:
        return this.#word("true", true);
      case 102:
        return this.#word("false", false);
      case 110:
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): PlacedObject {
    const object = new PlacedObject(this.#at);
    this.#enter(depth);
    if (this.#ends(125)) {
      object.end = this.#at;
      return object;
    }
    do {
      const nameAt = this.#at;
      const name = this.#name();
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== 58) this.#unexpected("`:`");
      this.#at += 1;
      this.#space();
      object.put(name, nameAt, this.#value(depth + 1));
    } while (this.#continues(125));
    object.end = this.#at;
    return object;
  }

  #name(): string {
    const at = this.#at;
    if (this.#text.charCodeAt(at) !== 34) this.#unexpected("a member name in double quotes");
    const { value, end } = this.#string();
    if (end - at === value.length + 2) return known(value);
    if (value.includes("\0")) this.#fail("json.nul", "a member name holds the character NUL", at);
    if (!value.isWellFormed()) this.#fail("json.surrogate", "a member name holds half a surrogate pair", at);
    return value;
  }

  #array(depth: number): PlacedArray {
    const array = new PlacedArray(this.#at);
    this.#enter(depth);
    if (!this.#ends(93)) {
      do array.items.push(this.#value(depth + 1));
      while (this.#continues(93));
    }
    array.end = this.#at;
    return array;
  }

  #enter(depth: number): void {
    if (depth >= this.#bounds.json_depth) {
      this.#fail("limit.json_depth", `the document nests deeper than the bound json_depth, ${this.#bounds.json_depth}`, this.#at);
    }
    this.#at += 1;
    this.#space();
  }

  /** Steps over `,` (true) or the closing bracket (false) after a value, and counts the value. */
  #continues(close: number): boolean {
    this.#members += 1;
    if (this.#members > this.#bounds.alloy_values) {
      this.#fail(
        "limit.alloy_values",
        `the document holds more values than the bound alloy_values, ${this.#bounds.alloy_values}`,
        this.#at,
      );
    }
    this.#space();
    const code = this.#text.charCodeAt(this.#at);
    if (code !== 44 && code !== close) this.#unexpected(`\`,\` or \`${String.fromCharCode(close)}\``);
    this.#at += 1;
    if (code === close) return false;
    this.#space();
    return true;
  }

  #ends(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  #string(): PlacedText {
    const text = this.#text;
    const at = this.#at;
    for (let here = at + 1; here < text.length; here += 1) {
      const code = text.charCodeAt(here);
      if (code === 34) {
        this.#at = here + 1;
        return new PlacedText(at, here + 1, text.slice(at + 1, here), true);
      }
      if (code === 92) return this.#escapedString(at, here);
      if (code < 32) this.#fail("json.syntax", "a control character stands unescaped in a string", here);
    }
    return this.#fail("json.syntax", "the string has no closing quote", at);
  }

  #escapedString(at: number, firstEscape: number): PlacedText {
    const text = this.#text;
    let canonical = true;
    for (let here = firstEscape; here < text.length; here += 1) {
      const code = text.charCodeAt(here);
      if (code === 34) {
        this.#at = here + 1;
        return new PlacedText(at, here + 1, JSON.parse(text.slice(at, here + 1)) as string, canonical);
      }
      if (code === 92) {
        const length = this.#escapeLength(here);
        if (length === 6 || text.charCodeAt(here + 1) === 47) canonical = false;
        here += length - 1;
      } else if (code < 32) this.#fail("json.syntax", "a control character stands unescaped in a string", here);
    }
    return this.#fail("json.syntax", "the string has no closing quote", at);
  }

  #escapeLength(at: number): number {
    const letter = this.#text.charCodeAt(at + 1);
    if (letter !== 117 && SHORT_ESCAPES.has(letter)) return 2;
    HEX.lastIndex = at + 1;
    if (!HEX.test(this.#text)) this.#fail("json.syntax", `\`\\${this.#text[at + 1] ?? ""}\` is no escape`, at);
    return 6;
  }

  #number(): PlacedNumber {
    NUMBER.lastIndex = this.#at;
    const written = NUMBER.exec(this.#text)?.[0];
    if (written === undefined) return this.#unexpected("a value");
    const at = this.#at;
    this.#at += written.length;
    const after = this.#text.charCodeAt(this.#at);
    if ((after >= 48 && after <= 57) || after === 46) this.#fail("json.syntax", "the number is not written as JSON has it", at);
    return new PlacedNumber(at, this.#at, written);
  }

  #word(word: string, value: boolean | null): PlacedWord {
    if (!this.#text.startsWith(word, this.#at)) return this.#unexpected("a value");
    const at = this.#at;
    this.#at += word.length;
    return new PlacedWord(at, value);
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.#at += 1;
    }
  }

  #unexpected(wanted: string): never {
    WORD.lastIndex = this.#text.charCodeAt(this.#at) === 45 ? this.#at + 1 : this.#at;
    const word = WORD.exec(this.#text)?.[0].slice(0, 30);
    if (word === "NaN" || word === "Infinity") return this.#fail("json.syntax", `\`${word}\` is no number of JSON`, this.#at);
    const point = this.#text.codePointAt(this.#at);
    const found = point === undefined ? "the document ends" : `\`${word ?? String.fromCodePoint(point)}\` stands`;
    return this.#fail("json.syntax", `${found} where ${wanted} must follow`, this.#at);
  }

  #fail(code: Fault, detail: string, at: number): never {
    throw new AssayError(code, detail, { place: `${this.#source}:${lineAndColumn(this.#text, at)}` });
  }
}
