import type { Value } from "../../schema/value.ts";

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const SHOWN_CHARACTERS = 200;

/**
 * A fact as a program would write it: `package("node_modules/zod", "zod", "4.6.7")`; null prints as `_`, any value. Long symbols
 * are cut with their length told.
 */
export function factText(relation: string, row: readonly (Value | null)[]): string {
  return `${relation}(${row.map((value) => (value === null ? "_" : valueText(value))).join(", ")})`;
}

/** A value as a program would write it; a float always shows that it is one. */
export function valueText(value: Value): string {
  if (typeof value === "string") return symbolText(value);
  if (typeof value === "bigint") return value.toString();
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
}

function symbolText(text: string): string {
  const isLong = text.length > SHOWN_CHARACTERS;
  const shown = isLong ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
  const quoted = `"${printable(shown).replace(/["\\]/g, (character) => ESCAPES[character] ?? character)}"`;
  return isLong ? `${quoted} (${text.length} characters)` : quoted;
}

/** Text safe for a terminal: control characters, which could move its cursor or change its colours, are written out. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
