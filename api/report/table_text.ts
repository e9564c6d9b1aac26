import type { Value } from "../../schema/value.ts";
import { countText } from "./count_text.ts";
import { printable, valueText } from "./fact_text.ts";
import type { Style } from "./style.ts";
import type { Table } from "./table.ts";

const MAX_WIDTH = 80;

/** Aligned columns for a terminal, numbers to the right; the count of rows below. A table without columns is a yes or a no. */
export function tableText(table: Table, style: Style): string {
  if (table.columns.length === 0) return table.rows.length > 0 ? style("green", "yes") : style("yellow", "no");
  return `${columnsText(table, style)}\n${style("dim", countText(table.rows.length, "row"))}`;
}

/** Aligned columns alone. */
export function columnsText(table: Table, style: Style): string {
  const cells = table.rows.map((row) => row.map(cellText));
  const widths = table.columns.map((column, index) =>
    cells.reduce((width, row) => Math.max(width, row[index]?.length ?? 0), column.name.length),
  );
  const pad = (text: string, index: number): string =>
    table.columns[index]?.type === "symbol" ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0);
  const line = (row: readonly string[]): string => row.map(pad).join("  ").trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  const head = line(table.columns.map((column) => column.name));
  return [style("bold", head), style("dim", rule), ...cells.map(line)].join("\n");
}

function cellText(value: Value | null): string {
  if (value === null) return "∅";
  if (value === "") return '""';
  if (typeof value !== "string") return valueText(value);
  const text = printable(value);
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH)}… (${text.length} characters)` : text;
}
