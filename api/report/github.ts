import type { ErrorReport } from "../../schema/assay_error.ts";
import type { Violation } from "../../schema/verdict.ts";
import { countText } from "./count_text.ts";
import { printable } from "./fact_text.ts";
import { type Location, locationOf } from "./location.ts";
import { lawsThatRan, placed, type Report, violationLocation } from "./report.ts";
import { verdictLine } from "./verdict_line.ts";

/**
 * A verdict as workflow commands of GitHub Actions: one annotation a violation, then every law that ran with its count, then the verdict.
 * GitHub shows ten annotations of a level a step and keeps all of them in the log.
 */
export function* githubReport(report: Report): Generator<string> {
  const { verdict } = report;
  for (const event of report.events) yield eventCommand(report, event);
  for (const violation of verdict.violations) yield violationCommand(report, violation);
  const hidden = verdict.total - verdict.violations.length;
  if (hidden > 0) yield command("error", null, "assay", `${countText(hidden, "more violation")} not listed here`);
  yield "::group::laws that ran\n";
  for (const { law, severity, violations, waived } of lawsThatRan(verdict)) {
    yield `${violations} ${severity} ${printable(law)}${waived > 0 ? ` (${waived} waived)` : ""}\n`;
  }
  yield "::endgroup::\n";
  yield command(verdict.verdict === "accepted" ? "notice" : "error", null, `assay ${verdict.verdict}`, verdictLine(verdict));
}

/** What kept a command from a verdict, as one annotation. */
export function githubError(error: ErrorReport): string {
  const errors = [error, ...(error.also ?? [])];
  return errors
    .map(({ code, detail, place, help }) =>
      command("error", place === null ? null : locationOf(place), code, help === null ? detail : `${detail}\n${help}`),
    )
    .join("");
}

function violationCommand(report: Report, violation: Violation): string {
  const level = violation.waived === true ? "notice" : violation.severity === "error" ? "error" : "warning";
  const text = violation.help === undefined ? violation.message : `${violation.message}\n${violation.help}`;
  return command(level, violationLocation(report, violation), violation.law, text);
}

function eventCommand(report: Report, { code, detail, place }: ErrorReport): string {
  return command("notice", place === null ? null : placed(report.folder, locationOf(place)), code, detail);
}

function command(level: "error" | "warning" | "notice", location: Location | null, title: string, text: string): string {
  const where = location === null ? [] : [`file=${property(location.path)}`];
  if (location?.line != null) where.push(`line=${location.line}`);
  if (location?.line != null && location.column !== null) where.push(`col=${location.column}`);
  return `::${level} ${[...where, `title=${property(title)}`].join(",")}::${data(text)}\n`;
}

/** Text after `::`, in lines; only a percent sign or a line end would change the command. */
function data(text: string): string {
  return text.split(/\r?\n/).map(printable).join("\n").replaceAll("%", "%25").replaceAll("\n", "%0A");
}

/** A property's value, which also ends at a colon or comma. */
function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
