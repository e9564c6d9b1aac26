import { FormWriter } from "./form_writer.ts";
import { isPlainName, NOTHING_OMITTED, type Omitted } from "./jcs.ts";
import type { PlacedJson, PlacedNumber, PlacedObject } from "./placed_json.ts";

/**
 * What Python writes for a value with `json.dumps(value, indent=2)` after it read it with `json.loads`: members in the order of the
 * document, ASCII only, floats by `repr`. No line feed follows. Infinite floats come out as Python writes them, `Infinity`.
 */
export function pythonForm(text: string, value: PlacedJson, omitted: Omitted = NOTHING_OMITTED): string {
  return written(text, value, omitted).toString();
}

/** `sha256:` and the SHA-256 of that form; `own`, the digest of `text`, where the form is the text itself. */
export function pythonDigest(text: string, value: PlacedJson, own: string | null, omitted: Omitted = NOTHING_OMITTED): string {
  const form = written(text, value, omitted);
  return own !== null && form.isSame(text) ? own : form.digest();
}

function written(text: string, value: PlacedJson, omitted: Omitted): FormWriter {
  const writer = new PythonWriter(text, omitted);
  writer.value(value, 0);
  return writer.out;
}

class PythonWriter {
  readonly out = new FormWriter();
  readonly #text: string;
  readonly #omitted: Omitted;

  constructor(text: string, omitted: Omitted) {
    this.#text = text;
    this.#omitted = omitted;
  }

  value(value: PlacedJson, depth: number): void {
    switch (value.kind) {
      case "string":
        if (value.canonical) this.out.copyAscii(this.#text, value.at, value.end);
        else this.#string(value.value);
        return;
      case "number":
        this.#number(value);
        return;
      case "word":
        this.out.text(String(value.value));
        return;
      case "array":
        this.#array(value.items, depth + 1);
        return;
      default:
        this.#object(value, depth + 1);
    }
  }

  #array(items: readonly PlacedJson[], depth: number): void {
    this.out.code(BRACKET);
    let isFirst = true;
    for (const item of items) {
      if (this.#omitted.size > 0 && this.#omitted.has(item)) continue;
      if (!isFirst) this.out.code(COMMA);
      isFirst = false;
      this.#line(depth);
      this.value(item, depth);
    }
    if (!isFirst) this.#line(depth - 1);
    this.out.code(BRACKET_END);
  }

  #object({ names, nameAts, values }: PlacedObject, depth: number): void {
    this.out.code(BRACE);
    let isFirst = true;
    for (let position = 0; position < names.length; position += 1) {
      const value = values[position] as PlacedJson;
      if (this.#omitted.size > 0 && this.#omitted.has(value)) continue;
      if (!isFirst) this.out.code(COMMA);
      isFirst = false;
      this.#line(depth);
      const name = names[position] as string;
      const at = nameAts[position] as number;
      if (isPlainName(this.#text, name, at)) this.out.copyAscii(this.#text, at, at + name.length + 2);
      else this.#string(name);
      this.out.code(COLON);
      this.out.code(SPACE);
      this.value(value, depth);
    }
    if (!isFirst) this.#line(depth - 1);
    this.out.code(BRACE_END);
  }

  #line(depth: number): void {
    this.out.code(LINE_FEED);
    for (let level = 0; level < depth; level += 1) {
      this.out.code(SPACE);
      this.out.code(SPACE);
    }
  }

  #string(value: string): void {
    const json = JSON.stringify(value);
    this.out.copyAscii(json, 0, json.length);
  }

  #number({ text, isInteger, at, end }: PlacedNumber): void {
    if (isInteger ? text !== "-0" : isRepr(text)) this.out.copy(this.#text, at, end);
    else this.out.text(isInteger ? "0" : pythonFloat(Number(text)));
  }
}

const [BRACE, BRACE_END, BRACKET, BRACKET_END, COMMA, COLON, SPACE, LINE_FEED] = [123, 125, 91, 93, 44, 58, 32, 10];
const REPR_CHARACTERS = 15;
const REPR = /^-?(?!0\.0000)\d+\.(?:0|\d*[1-9])$/;

/** Whether a decimal is written as Python's `repr` writes its float: no exponent, no zero too many, 10^-4 or more in size. */
function isRepr(text: string): boolean {
  return text.length <= REPR_CHARACTERS && REPR.test(text);
}

/** A text as Python's `json` writes it with `ensure_ascii`. */
export function pythonText(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** `repr` of a Python float: the shortest digits, an exponent below 1e-4 and from 1e16 on (CPython, `float_repr_style` short). */
export function pythonFloat(number: number): string {
  if (!Number.isFinite(number)) return number > 0 ? "Infinity" : "-Infinity";
  if (number === 0) return Object.is(number, -0) ? "-0.0" : "0.0";
  const [digits = "", power = "0"] = Math.abs(number).toExponential().split("e");
  const exponent = Number(power);
  const sign = number < 0 ? "-" : "";
  if (exponent < -4 || exponent >= 16) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digits}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  const significant = digits.replace(".", "");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${significant}`;
  const whole = significant.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${significant.slice(exponent + 1) || "0"}`;
}
