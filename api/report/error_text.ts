import type { ErrorReport } from "../../schema/assay_error.ts";
import { printable } from "./fact_text.ts";
import type { Style } from "./style.ts";

/** The line that a place names and a mark below its column, where the place is one of a text that can be read. */
export type Excerpt = (place: string) => { readonly line: string; readonly column: number } | null;

export type ErrorLevel = "error" | "warning" | "notice";

const colour = { error: "red", warning: "yellow", notice: "blue" } as const;

/** An error with its title, detail, place and next step; further errors of the same run below it. */
export function errorText(report: ErrorReport, style: Style, level: ErrorLevel = "error", excerpt: Excerpt = () => null): string {
  const lines = [`${style([colour[level], "bold"], `${level} ${report.code}`)}: ${report.title}`];
  if (report.place !== null) lines.push(`  ${style("dim", "at")} ${printable(report.place)}`);
  const hasOwn = (report.also ?? []).length === 0;
  lines.push(...indented(report.detail), ...(hasOwn ? excerptLines(report.place, excerpt, style) : []));
  if (report.help !== null) lines.push(`  ${style("cyan", "help")} ${printable(report.help)}`);
  const also = (report.also ?? []).map((other) => errorText(other, style, level, excerpt));
  return [lines.join("\n"), ...also].join("\n\n");
}

function excerptLines(place: string | null, excerpt: Excerpt, style: Style): string[] {
  const found = place === null ? null : excerpt(place);
  if (found === null) return [];
  const before = printable(found.line.slice(0, found.column - 1));
  const rest = printable(found.line.slice(found.column - 1));
  return [`  ${style("dim", "│")} ${before}${rest}`, `  ${style("dim", "│")} ${" ".repeat(before.length)}${style("red", "^")}`];
}

function indented(detail: string): string[] {
  return detail.split("\n").map((line) => `  ${printable(line)}`);
}
