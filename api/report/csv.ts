import type { Value } from "../../schema/value.ts";
import type { Table } from "./table.ts";

/** RFC 4180: CRLF line ends, a header line, fields quoted where they must be. NULL is an empty field, the empty symbol `""`. */
export function* csvChunks(table: Table): Generator<string> {
  yield csvLine(table.columns.map((column) => column.name));
  for (const row of table.rows) yield csvLine(row);
}

function csvLine(values: readonly (Value | null)[]): string {
  return `${values.map(csvField).join(",")}\r\n`;
}

/** One field of a line. */
export function csvField(value: Value | null): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  return value === "" || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
