import type { Row, Value, ValueType } from "../../../schema/value.ts";

/** What `.input` and `.output` directives say, so that tabs, line breaks and quotes in symbols cross whole. */
export const FORMAT = 'rfc4180=true, delimiter=","';

/** A tuple as a line of a fact file that Soufflé reads under `FORMAT`: symbols in quotes, quotes doubled. A tuple without values is `()`. */
export function factLine(row: Row, types: readonly ValueType[]): string {
  if (types.length === 0) return "()\n";
  return `${row.map((value, at) => fieldText(value, types[at] ?? "symbol")).join(",")}\n`;
}

function fieldText(value: Value, type: ValueType): string {
  return type === "symbol" ? `"${String(value).replaceAll('"', '""')}"` : String(value);
}

/**
 * Reads what Soufflé wrote under `FORMAT`. Its writer puts a backslash and two quotes for each quote of a symbol, and nothing else
 * is escaped, so that every text comes back. A file without lines is an empty relation.
 */
export function readTuples(text: string, types: readonly ValueType[]): Row[] {
  if (types.length === 0) return text === "" ? [] : [[]];
  const rows: Row[] = [];
  let at = 0;
  while (at < text.length) {
    const row: Value[] = [];
    for (const type of types) {
      const end = type === "symbol" ? quotedEnd(text, at) : plainEnd(text, at);
      const field = text.slice(at, end);
      row.push(type === "symbol" ? field.slice(1, -1).replaceAll('\\""', '"') : type === "float" ? Number(field) : BigInt(field));
      at = end + 1;
    }
    rows.push(row);
  }
  return rows;
}

function quotedEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && (text[at] !== '"' || text[at + 1] === '"')) at += text[at] === '"' ? 2 : 1;
  return at + 1;
}

function plainEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== "," && text[at] !== "\n") at++;
  return at;
}
