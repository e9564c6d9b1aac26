import type { ErrorReport } from "../../schema/assay_error.ts";
import type { Violation } from "../../schema/verdict.ts";
import { countText } from "./count_text.ts";
import { factText, printable } from "./fact_text.ts";
import { locationText } from "./location.ts";
import { repairLines } from "./repairs_text.ts";
import { lawsThatRan, type Report, violationLocation } from "./report.ts";
import { plainStyle } from "./style.ts";
import { verdictLine } from "./verdict_line.ts";

/** GitHub refuses a summary of more than 1 MiB; a listed violation with its facts stays under some 2 kB. */
const LISTED = 200;
const MARKS = { accepted: "✅", refused: "❌", undecided: "❔" } as const;

/** A verdict as a page for a pull request or a step's summary: the verdict, the laws with their counts, the violations. */
export function markdownReport(report: Report): string {
  const { verdict, events } = report;
  const sections = [
    `## ${MARKS[verdict.verdict]} Assay: ${verdict.verdict}`,
    escaped(verdictLine(verdict)),
    ...(verdict.violations.length > 0 ? [violationsText(report)] : []),
    ...repairsSection(report),
    lawsTable(report),
  ];
  if (events.length > 0) sections.push(["### Notices", "", ...events.map(errorLine)].join("\n"));
  return `${sections.join("\n\n")}\n`;
}

/** What kept a command from a verdict. */
export function markdownError(error: ErrorReport): string {
  const lines = [error, ...(error.also ?? [])].map(errorLine);
  return `## ❔ Assay: no verdict\n\n${lines.join("\n")}\n`;
}

function violationsText(report: Report): string {
  const { verdict } = report;
  const shown = verdict.violations.slice(0, LISTED);
  const lines = shown.map((violation) => violationLine(report, violation));
  const hidden = verdict.total - shown.length;
  if (hidden > 0) lines.push(`- … and ${countText(hidden, "more violation")}; \`--format json\` and \`--format sarif\` list them`);
  return ["### Violations", "", ...lines].join("\n");
}

function violationLine(report: Report, violation: Violation): string {
  const location = violationLocation(report, violation);
  const where = location === null ? "" : ` — ${code(locationText(location))}`;
  const level = violation.waived === true ? "waived" : violation.severity;
  const facts = violation.facts.map(({ relation, row, place }) => {
    return `  - ${code(factText(relation, row))}${place === null ? "" : ` ${code(place)}`}`;
  });
  const help = violation.help === undefined ? [] : [`  - ${escaped(violation.help)}`];
  return [`- **${escaped(violation.law)}** (${level}) ${escaped(violation.message)}${where}`, ...facts, ...help].join("\n");
}

function repairsSection({ verdict, repairsComplete }: Report): string[] {
  if (repairsComplete === null || verdict.verdict !== "refused") return [];
  const found = verdict.repairs.flatMap((repair, index) => repairLines(repair, index, plainStyle));
  const lines = found.length > 0 ? found : [repairsComplete ? "there is no repair" : "no repair was found before a bound was reached"];
  return [["### Repairs", "", "```text", ...lines.map((line) => line.replaceAll("```", "'''")), "```"].join("\n")];
}

function lawsTable({ verdict }: Report): string {
  const rows = lawsThatRan(verdict).map(({ law, severity, violations, waived }) => {
    const mark = violations === 0 ? "✅" : severity === "error" ? "❌" : "⚠️";
    return `| ${mark} ${escaped(law)} | ${severity} | ${violations} | ${waived} |`;
  });
  const table = ["| law | severity | violations | waived |", "|---|---|---:|---:|", ...rows].join("\n");
  return `<details><summary>${countText(rows.length, "law")} ran</summary>\n\n${table}\n\n</details>`;
}

function errorLine({ code: name, title, detail, place, help }: ErrorReport): string {
  const where = place === null ? "" : ` — ${code(place)}`;
  return `- **${escaped(name)}** ${escaped(title)}: ${escaped(detail)}${where}${help === null ? "" : `; ${escaped(help)}`}`;
}

/** Characters that mean something, each written so that it does not; `@` would call people. */
const SPECIAL = /[&<>@\\`*_{}[\]()#+!|~]/g;
const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;" };

/** Text that Markdown and HTML take for nothing but text, on one line. */
function escaped(text: string): string {
  return printable(text).replace(SPECIAL, (character) => ENTITIES[character] ?? `\\${character}`);
}

/** Text as a code span, fenced by more backticks than it holds in a row. */
function code(text: string): string {
  const shown = printable(text);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `\`${shown}\`` : `${fence} ${shown} ${fence}`;
}
