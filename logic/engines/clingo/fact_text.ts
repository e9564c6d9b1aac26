import type { Row, Value } from "../../../schema/value.ts";

/** Integers that cross into clingo as they are: its 32 bits without the least, whose negation would wrap. */
export const CLINGO_INTEGER_MAX = 2n ** 31n - 1n;
export const CLINGO_INTEGER_MIN = -CLINGO_INTEGER_MAX;

export function fitsClingo(value: bigint): boolean {
  return value >= CLINGO_INTEGER_MIN && value <= CLINGO_INTEGER_MAX;
}

/** A symbol as a string literal of clingo's. Takes text without NUL. */
export function symbolText(symbol: string): string {
  return /["\\\n]/.test(symbol) ? `"${symbol.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"` : `"${symbol}"`;
}

/** A fact as a statement; `text` gives each value its form. */
export function factText(name: string, row: Row, text: (value: Value, column: number) => string): string {
  return row.length === 0 ? `${name}.` : `${name}(${row.map(text).join(",")}).`;
}
