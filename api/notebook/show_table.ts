import type { Table } from "apache-arrow";
import { escaped, type Shown, shown } from "./display.ts";

export interface TableOptions {
  /** Rows shown from the beginning; 5 where absent. */
  readonly head?: number;
  /** Rows shown from the end; 5 where absent. */
  readonly tail?: number;
}

const LONGEST_CELL = 80;

/** An Arrow table by its shape, its first and its last rows. */
export function showTable(table: Table, { head = 5, tail = 5 }: TableOptions = {}): Shown {
  const { numRows, schema } = table;
  const first = Math.min(head, numRows);
  const last = Math.min(tail, numRows - first);
  const left = numRows - first - last;
  const shape = `${numRows.toLocaleString("en")} rows × ${schema.fields.length} columns`;
  const cells = (row: number): string[] => schema.fields.map((_, column) => cellText(table.getChildAt(column)?.get(row)));
  const above = Array.from({ length: first }, (_, row) => cells(row));
  const below = Array.from({ length: last }, (_, row) => cells(numRows - last + row));
  const names = schema.fields.map(({ name, type }) => `<th>${escaped(name)}<br><small>${escaped(String(type))}</small></th>`).join("");
  const gap = left === 0 ? "" : `<tr><td colspan="${schema.fields.length}"><i>… ${left.toLocaleString("en")} more …</i></td></tr>`;
  const html = `<table><caption>${shape}</caption><thead><tr>${names}</tr></thead><tbody>${rowsHtml(above)}${gap}${rowsHtml(below)}</tbody></table>`;
  return shown(
    "text/html",
    html,
    plain(
      shape,
      schema.fields.map(({ name }) => name),
      above,
      below,
      left,
    ),
  );
}

function rowsHtml(rows: readonly string[][]): string {
  return rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`).join("");
}

function plain(shape: string, names: readonly string[], above: string[][], below: string[][], left: number): string {
  const widths = names.map((name, at) => Math.max(name.length, ...[...above, ...below].map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  const gap = left === 0 ? [] : [`… ${left.toLocaleString("en")} more …`];
  return [shape, line(names), ...above.map(line), ...gap, ...below.map(line)].join("\n");
}

/** A value as one line; what is too long for a cell says how long it is. */
function cellText(value: unknown): string {
  const text = value === null || value === undefined ? "null" : String(value);
  return text.length <= LONGEST_CELL ? text : `${text.slice(0, LONGEST_CELL)}… (${text.length} characters)`;
}
