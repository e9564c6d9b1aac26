import { NOTHING_OMITTED, type Omitted } from "./jcs.ts";
import type { PlacedJson, PlacedNumber, PlacedObject } from "./placed_json.ts";

/**
 * What Python writes for a value with `json.dumps(value, indent=2)` after it read it with `json.loads`: members in the order of the
 * document, ASCII only, floats by `repr`. No line feed follows. Infinite floats come out as Python writes them, `Infinity`.
 */
export function pythonForm(text: string, value: PlacedJson, omitted: Omitted = NOTHING_OMITTED): string {
  const writer = new PythonWriter(text, omitted);
  writer.value(value, "\n");
  return writer.out;
}

const NOT_ASCII = /[^ -~]/;

class PythonWriter {
  out = "";
  readonly #text: string;
  readonly #isAscii: boolean;
  readonly #omitted: Omitted;

  constructor(text: string, omitted: Omitted) {
    this.#text = text;
    this.#isAscii = !/[^\t\n\r -~]/.test(text);
    this.#omitted = omitted;
  }

  /** `newline` is a line feed with the indentation of the line that the value began on. */
  value(value: PlacedJson, newline: string): void {
    switch (value.kind) {
      case "string":
        this.out += value.canonical && this.#isAscii ? this.#text.slice(value.at, value.end) : pythonText(value.value);
        return;
      case "number":
        this.out += pythonNumber(value);
        return;
      case "word":
        this.out += String(value.value);
        return;
      case "array":
        this.#array(value.items, newline);
        return;
      default:
        this.#object(value, newline);
    }
  }

  #array(items: readonly PlacedJson[], newline: string): void {
    const inner = `${newline}  `;
    let before = `[${inner}`;
    for (const item of items) {
      if (this.#omitted.has(item)) continue;
      this.out += before;
      before = `,${inner}`;
      this.value(item, inner);
    }
    this.out += before[0] === "[" ? "[]" : `${newline}]`;
  }

  #object({ names, values }: PlacedObject, newline: string): void {
    const inner = `${newline}  `;
    let before = `{${inner}`;
    for (let position = 0; position < names.length; position += 1) {
      const value = values[position] as PlacedJson;
      if (this.#omitted.has(value)) continue;
      this.out += before;
      this.out += pythonText(names[position] as string);
      this.out += ": ";
      before = `,${inner}`;
      this.value(value, inner);
    }
    this.out += before[0] === "{" ? "{}" : `${newline}}`;
  }
}

/** A text as Python's `json` writes it with `ensure_ascii`. */
export function pythonText(text: string): string {
  return asciiOf(JSON.stringify(text));
}

function asciiOf(json: string): string {
  if (!NOT_ASCII.test(json)) return json;
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function pythonNumber(value: PlacedNumber): string {
  if (!value.isInteger) return pythonFloat(Number(value.text));
  return value.text === "-0" ? "0" : value.text;
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
