import { FormWriter } from "./form_writer.ts";
import type { PlacedJson, PlacedNumber, PlacedObject } from "./placed_json.ts";

/** Values to leave out of a form, with the names of the members that hold them. */
export type Omitted = ReadonlySet<PlacedJson>;

export const NOTHING_OMITTED: Omitted = new Set();

/**
 * The RFC 8785 form of a value read from `text`, or null where it has none that says the same: a number past the doubles, an integer that no
 * double holds exactly (the form would be that of another number), half a character.
 */
export function jcsForm(text: string, value: PlacedJson, omitted: Omitted = NOTHING_OMITTED): string | null {
  return written(text, value, omitted)?.toString() ?? null;
}

/** `sha256:` and the SHA-256 of the RFC 8785 form, or null where there is none. */
export function jcsDigest(text: string, value: PlacedJson, omitted: Omitted = NOTHING_OMITTED): string | null {
  return written(text, value, omitted)?.digest() ?? null;
}

function written(text: string, value: PlacedJson, omitted: Omitted): FormWriter | null {
  const writer = new JcsWriter(text, omitted);
  writer.value(value);
  return writer.hasForm ? writer.out : null;
}

class JcsWriter {
  readonly out = new FormWriter();
  hasForm = true;
  readonly #text: string;
  readonly #omitted: Omitted;

  constructor(text: string, omitted: Omitted) {
    this.#text = text;
    this.#omitted = omitted;
  }

  value(value: PlacedJson): void {
    switch (value.kind) {
      case "string":
        if (value.canonical) this.out.copy(this.#text, value.at, value.end);
        else this.#string(value.value);
        return;
      case "number":
        this.#number(value);
        return;
      case "word":
        this.out.text(String(value.value));
        return;
      case "array":
        this.#array(value.items);
        return;
      default:
        this.#object(value);
    }
  }

  #array(items: readonly PlacedJson[]): void {
    this.out.code(BRACKET);
    let isFirst = true;
    for (const item of items) {
      if (this.#omitted.size > 0 && this.#omitted.has(item)) continue;
      if (!isFirst) this.out.code(COMMA);
      isFirst = false;
      this.value(item);
    }
    this.out.code(BRACKET_END);
  }

  #object(object: PlacedObject): void {
    const { names, nameAts, values } = object;
    this.out.code(BRACE);
    let isFirst = true;
    for (const position of sortedPositions(names)) {
      const value = values[position] as PlacedJson;
      if (this.#omitted.size > 0 && this.#omitted.has(value)) continue;
      if (!isFirst) this.out.code(COMMA);
      isFirst = false;
      const name = names[position] as string;
      const at = nameAts[position] as number;
      if (isPlainName(this.#text, name, at)) this.out.copy(this.#text, at, at + name.length + 2);
      else this.out.text(JSON.stringify(name));
      this.out.code(COLON);
      this.value(value);
    }
    this.out.code(BRACE_END);
  }

  #string(value: string): void {
    if (!value.isWellFormed()) this.hasForm = false;
    this.out.text(JSON.stringify(value));
  }

  #number({ text, isInteger, at, end }: PlacedNumber): void {
    if (isInteger ? text.length <= SAFE_CHARACTERS && text !== "-0" : isShortest(text)) {
      this.out.copy(this.#text, at, end);
      return;
    }
    const number = Number(text);
    if (!Number.isFinite(number) || (isInteger && !Number.isSafeInteger(number))) this.hasForm = false;
    this.out.text(String(number === 0 ? 0 : number));
  }
}

const [BRACE, BRACE_END, BRACKET, BRACKET_END, COMMA, COLON] = [123, 125, 91, 93, 44, 58];
/** A whole number of so many characters is a safe integer, and a decimal of so many is the shortest that names its double. */
const SAFE_CHARACTERS = 15;
const SHORTEST = /^-?(?!0\.000000)\d+\.\d*[1-9]$/;

/** Whether a decimal is written as ECMAScript writes its double: no exponent, no zero at the end, 10^-6 or more in size. */
function isShortest(text: string): boolean {
  return text.length <= SAFE_CHARACTERS && SHORTEST.test(text);
}

/** Whether the member name that stands at `at` is written without an escape. */
export function isPlainName(text: string, name: string, at: number): boolean {
  return text.charCodeAt(at + name.length + 1) === 34 && text.charCodeAt(at + name.length) !== 92;
}

const SORTED_BY_HAND = 20;

/** The positions of names in the order of their UTF-16 units (RFC 8785, 3.2.3). */
function sortedPositions(names: readonly string[]): readonly number[] {
  const positions: number[] = [];
  for (let position = 0; position < names.length; position += 1) {
    const name = names[position] as string;
    if (names.length > SORTED_BY_HAND) positions.push(position);
    else {
      let to = position;
      for (; to > 0 && (names[positions[to - 1] as number] as string) > name; to -= 1) positions[to] = positions[to - 1] as number;
      positions[to] = position;
    }
  }
  if (names.length > SORTED_BY_HAND) positions.sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1));
  return positions;
}
