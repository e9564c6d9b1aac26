import type { Value } from "../../schema/value.ts";
import type { Table } from "./table.ts";

/** One JSON object a row. Integers stand as bare digits, exact at any size; read them with a parser that keeps them. */
export function* ndjsonChunks(table: Table): Generator<string> {
  for (const row of table.rows) yield `${rowJson(table, row)}\n`;
}

/** One JSON array of objects, a row a line. */
export function* jsonChunks(table: Table): Generator<string> {
  yield "[";
  let separator = "\n";
  for (const row of table.rows) {
    yield `${separator}${rowJson(table, row)}`;
    separator = ",\n";
  }
  yield "\n]\n";
}

function rowJson(table: Table, row: readonly (Value | null)[]): string {
  const members = table.columns.map((column, index) => `${JSON.stringify(column.name)}:${valueJson(row[index] ?? null)}`);
  return `{${members.join(",")}}`;
}

function valueJson(value: Value | null): string {
  return typeof value === "bigint" ? value.toString() : JSON.stringify(value);
}
