import type { LawOutcome, Severity, Verdict, Violation } from "../../schema/verdict.ts";
import { countText, durationText } from "./count_text.ts";
import { factText, printable } from "./fact_text.ts";
import type { Style } from "./style.ts";

export interface VerdictTextOptions {
  readonly style: Style;
  /** Violations shown of one law; the rest is counted. */
  readonly perLaw: number;
  /** What the whole run took, for the last line; null leaves it out. */
  readonly micros: number | null;
  /** Which laws get a line of their own; `broken` where absent. */
  readonly laws?: LawLines;
}

/** `all`: every law that ran, with its count; `broken`: those with violations, the others counted. */
export type LawLines = "all" | "broken";

/** So many laws that hold are named one by one. */
const NAMED_LAWS = 8;

/** So many facts of a violation are listed; the rest is counted. */
const LISTED_FACTS = 6;

const severityColour = { error: "red", warn: "yellow" } as const;

/** A verdict for a terminal: the violations law by law, then how the laws fared, then the verdict in one line. */
export function verdictText(verdict: Verdict, options: VerdictTextOptions): string {
  const sections = groups(verdict).map((group) => groupText(group, options));
  sections.push([...lawLines(verdict, options), summary(verdict, options)].join("\n"));
  return sections.join("\n\n");
}

interface Group {
  readonly law: string;
  readonly severity: Severity;
  readonly total: number;
  readonly waived: number;
  readonly violations: readonly Violation[];
}

function groups(verdict: Verdict): Group[] {
  const byLaw = Map.groupBy(verdict.violations, (violation) => violation.law);
  return [...byLaw].map(([law, violations]) => {
    const outcome = verdict.laws.find((other) => other.law === law);
    const severity = violations[0]?.severity ?? "error";
    return { law, severity, total: outcome?.violations ?? violations.length, waived: outcome?.waived ?? 0, violations };
  });
}

function groupText(group: Group, { style, perLaw }: VerdictTextOptions): string {
  const shown = group.violations.slice(0, perLaw);
  const counts = countText(group.total, "violation") + (group.waived > 0 ? `, ${group.waived} waived` : "");
  const lines = [`${style([severityColour[group.severity], "bold"], group.law)}  ${style("dim", `${group.severity} · ${counts}`)}`];
  for (const violation of shown) lines.push(...violationLines(violation, style));
  const hidden = group.total - shown.length;
  if (hidden > 0) lines.push(style("dim", `  and ${countText(hidden, "more violation")}: --show N prints more, --json all of a page`));
  const rule = group.violations[0]?.rule ?? null;
  if (rule !== null) lines.push(style("dim", `  rule ${rule.file}:${rule.line}`));
  return lines.join("\n");
}

function violationLines(violation: Violation, style: Style): string[] {
  const mark =
    violation.waived === true ? style("dim", "∼") : style(severityColour[violation.severity], violation.severity === "error" ? "✗" : "!");
  const place = violation.place === null ? "" : style("dim", `  ${printable(violation.place)}`);
  const lines = [`  ${mark} ${printable(violation.message)}${place}`];
  for (const fact of violation.facts.slice(0, LISTED_FACTS)) {
    const origin = fact.from === "delta" ? style("cyan", "delta") : style("dim", "base ");
    const where = fact.place === null ? "" : style("dim", `  ${printable(fact.place)}`);
    lines.push(`      ${origin} ${factText(fact.relation, fact.row)}${where}`);
  }
  const hidden = violation.facts.length - LISTED_FACTS;
  if (hidden > 0) lines.push(style("dim", `      and ${countText(hidden, "more fact")}: --json has all`));
  const others = violation.clash?.filter((law) => law !== violation.law) ?? [];
  if (others.length > 0) lines.push(`      ${style("cyan", "clashes with")} ${others.map(printable).join(", ")}`);
  if (violation.help !== undefined) lines.push(`      ${style("cyan", "help")} ${printable(violation.help)}`);
  if (violation.fingerprint !== "") lines.push(style("dim", `      fingerprint ${violation.fingerprint}`));
  return lines;
}

function lawLines(verdict: Verdict, { style, laws = "broken" }: VerdictTextOptions): string[] {
  if (laws === "all") return verdict.laws.map((law) => lawLine(law, style));
  const held = verdict.laws.filter((law) => law.violations === 0);
  const listed = new Set(verdict.violations.map((violation) => violation.law));
  const unlisted = verdict.laws.filter((law) => law.violations > 0 && !listed.has(law.law));
  const lines = unlisted.map((law) => {
    return `${style(severityColour[law.severity], "✗")} ${law.law}: ${countText(law.violations, "violation")}, on later pages`;
  });
  if (held.length === 0) return lines;
  return [...lines, `${style("green", "✓")} ${countText(held.length, "law")} without a violation: ${style("dim", lawNames(held))}`];
}

function lawLine({ law, severity, violations, waived }: LawOutcome, style: Style): string {
  const mark = violations === 0 ? style("green", "✓") : style(severityColour[severity], severity === "error" ? "✗" : "!");
  return `${mark} ${law}  ${violations}${waived > 0 ? style("dim", ` (${waived} waived)`) : ""}`;
}

/** The laws' names where they are few, else how many there are of each group (`npm 33, key 18`). */
function lawNames(laws: readonly LawOutcome[]): string {
  if (laws.length <= NAMED_LAWS) return laws.map(({ law }) => law).join(", ");
  const groups = Map.groupBy(laws, ({ law }) => law.split(".")[0] ?? law);
  return [...groups].map(([group, own]) => `${group} ${own.length}`).join(", ");
}

function summary(verdict: Verdict, { style, micros }: VerdictTextOptions): string {
  const { laws, facts, delta_facts } = verdict.checked;
  const parts = [countText(laws, "law"), countText(facts, "fact")];
  if (delta_facts > 0 && verdict.delta !== null) parts.push(`${countText(delta_facts, "fact")} in the delta`);
  if (verdict.commit !== null) parts.push(`commit ${verdict.commit}`);
  if (verdict.replayed) parts.push("delivered before: nothing changed");
  if (micros !== null) parts.push(durationText(micros));
  return `${headline(verdict, style)}  ${parts.join(" · ")}`;
}

function headline(verdict: Verdict, style: Style): string {
  switch (verdict.verdict) {
    case "accepted": {
      const warnings = verdict.laws.filter((law) => law.severity === "warn").reduce((sum, law) => sum + law.violations, 0);
      return style(["green", "bold"], "accepted") + (warnings > 0 ? style("yellow", `  ${countText(warnings, "warning")}`) : "");
    }
    case "refused":
      return `${style(["red", "bold"], "refused")}  ${countText(verdict.total, "violation")}`;
    case "undecided": {
      const { undecided } = verdict;
      const detail = undecided === null ? "" : `  ${undecided.code}: ${printable(undecided.detail)}`;
      return `${style(["yellow", "bold"], "undecided")}${detail}`;
    }
  }
}
