import type { Value, ValueType } from "../../schema/value.ts";

/**
 * The text of structures: JSON arrays without white space, in exactly the form that DuckDB's JSON functions write, since values are equal
 * where their texts are. A float is an element as a string, so that no reader changes its digits.
 */
export function quoteElement(value: Value, type: ValueType): string {
  if (type === "symbol") return quoted(String(value));
  return type === "float" ? `"${floatDigits(Number(value))}"` : String(value);
}

/** The structure of elements that are quoted or structures themselves. */
export function structureText(elements: readonly string[]): string {
  return `[${elements.join(",")}]`;
}

/** The elements of a structure, in order; `null` has none. */
export function elementsOf(structure: string): string[] {
  const elements: string[] = [];
  let depth = 0;
  let from = 1;
  let inString = false;
  for (let at = 0; at < structure.length; at++) {
    const unit = structure.charCodeAt(at);
    if (inString) {
      if (unit === 92) at++;
      else if (unit === 34) inString = false;
    } else if (unit === 34) inString = true;
    else if (unit === 91) depth++;
    else if (unit === 93) depth--;
    if (inString || (unit !== 44 && unit !== 93) || depth > (unit === 44 ? 1 : 0)) continue;
    if (at > from || elements.length > 0) elements.push(structure.slice(from, at));
    from = at + 1;
  }
  return elements;
}

/** The element at a position; `null` where there is none. */
export function elementAt(structure: string, position: number): string {
  return elementsOf(structure)[position] ?? "null";
}

/** Reads an element back; `null` is the type's zero. */
export function unquoteElement(element: string, type: ValueType): Value {
  if (element === "null") return type === "symbol" ? "" : type === "float" ? 0 : 0n;
  if (type === "number" || type === "unsigned") return BigInt(element);
  const text = String(JSON.parse(element));
  return type === "float" ? Number(text) : text;
}

/** As `JSON.stringify`, but with upper-case digits in escapes. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\(?:u00[01][0-9a-f]|.)/gu, (found) =>
    found.startsWith("\\u") ? `\\u${found.slice(2).toUpperCase()}` : found,
  );
}

/** The shortest digits that give the double back, as DuckDB prints it: with an exponent below 1e-4 and from 1e16 on. */
function floatDigits(value: number): string {
  const [mantissa = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const sign = value < 0 ? "-" : "";
  const digits = mantissa.replace(/[-.]/gu, "").padEnd(exponent + 1, "0");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1) || "0"}`;
}
