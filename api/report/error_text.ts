import type { ErrorReport } from "../../schema/assay_error.ts";
import { printable } from "./fact_text.ts";
import type { Style } from "./style.ts";

export type ErrorLevel = "error" | "warning" | "notice";

const colour = { error: "red", warning: "yellow", notice: "blue" } as const;

/** An error with its title, detail, place and next step; further errors of the same run below it. */
export function errorText(report: ErrorReport, style: Style, level: ErrorLevel = "error"): string {
  const lines = [`${style([colour[level], "bold"], `${level} ${report.code}`)}: ${report.title}`];
  if (report.place !== null) lines.push(`  ${style("dim", "at")} ${printable(report.place)}`);
  lines.push(...indented(report.detail));
  if (report.help !== null) lines.push(`  ${style("cyan", "help")} ${printable(report.help)}`);
  const also = (report.also ?? []).map((other) => errorText(other, style, level));
  return [lines.join("\n"), ...also].join("\n\n");
}

function indented(detail: string): string[] {
  return detail.split("\n").map((line) => `  ${printable(line)}`);
}
