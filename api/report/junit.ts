import type { ErrorReport } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";
import type { Undecided, Violation } from "../../schema/verdict.ts";
import { countText } from "./count_text.ts";
import { factText } from "./fact_text.ts";
import { type Location, locationText } from "./location.ts";
import { lawsThatRan, placed, type Report, violationLocation } from "./report.ts";
import { verdictLine } from "./verdict_line.ts";
import { xmlAttributes, xmlText } from "./xml.ts";

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
/** The suite of the verdict itself. */
const WHOLE = "verdict";
/** The suite of violations that stand in no document. */
const NOWHERE = "no document";

/**
 * A verdict as JUnit XML: a suite a document, in it one test case a law, passed or failed; all violations of a law in one document are one
 * failure. File and line stand in attributes and in the text, since readers differ in which they look at. Where documents times laws
 * pass the bound `report_testcases`, laws that hold everywhere have one case in the suite of the verdict, whose properties say so.
 */
export function* junitReport(report: Report): Generator<string> {
  const { verdict } = report;
  const suites = suitesOf(report);
  const tests = suites.reduce((sum, { cases }) => sum + cases.length, 0) + 1;
  const broken = suites.reduce((sum, { cases }) => sum + cases.filter(({ violations }) => isFailure(violations)).length, 0);
  const isUnsaid = verdict.verdict === "refused" && broken === 0;
  const failures = broken + (isUnsaid ? 1 : 0);
  const errors = verdict.undecided === null ? 0 : 1;
  yield `${HEAD}<testsuites${xmlAttributes({ name: "assay", tests, failures, errors })}>\n`;
  for (const suite of suites) yield* suiteXml(report, suite);
  yield* wholeXml(report, isUnsaid);
  yield "</testsuites>\n";
}

/** What kept a command from a verdict, as one test case with an error. */
export function junitError(error: ErrorReport): string {
  const { code, title, detail, place, help } = error;
  const lines = [detail, ...(place === null ? [] : [`at ${place}`]), ...(help === null ? [] : [`help: ${help}`])];
  const also = (error.also ?? []).map((other) => `${other.code}: ${other.detail}${other.place === null ? "" : ` at ${other.place}`}`);
  const text = xmlText([...lines, ...also].join("\n"));
  const counts = { tests: 1, failures: 0, errors: 1 };
  return (
    `${HEAD}<testsuites${xmlAttributes({ name: "assay", ...counts })}>\n<testsuite${xmlAttributes({ name: WHOLE, ...counts })}>\n` +
    `<testcase${xmlAttributes({ name: WHOLE, classname: "assay" })}>\n` +
    `<error${xmlAttributes({ type: code, message: `${title}: ${detail}` })}>${text}</error>\n</testcase>\n</testsuite>\n</testsuites>\n`
  );
}

interface Case {
  readonly law: string;
  readonly violations: readonly Violation[];
}

interface Suite {
  readonly subject: string;
  readonly cases: readonly Case[];
}

function suitesOf(report: Report): Suite[] {
  const { verdict, subjects, folder } = report;
  const names = subjects.map((name) => placed(folder, { path: name, line: null, column: null }).path);
  const laws = lawsThatRan(verdict).map(({ law }) => law);
  const found = Map.groupBy(verdict.violations, (violation) => violationLocation(report, violation)?.path ?? NOWHERE);
  const everyLaw = names.length * laws.length <= limits.report_testcases.value;
  const all = [...new Set([...names, ...found.keys()])];
  const suites = all.map((subject): Suite => {
    const own = Map.groupBy(found.get(subject) ?? [], ({ law }) => law);
    const listed = everyLaw && names.includes(subject) ? laws : [...own.keys()];
    return { subject, cases: listed.map((law) => ({ law, violations: own.get(law) ?? [] })) };
  });
  const broken = new Set(verdict.violations.map(({ law }) => law));
  const held = laws.filter((law) => !broken.has(law)).map((law): Case => ({ law, violations: [] }));
  const everywhere = everyLaw && names.length > 0 ? [] : [{ subject: "every document", cases: held }];
  return [...suites, ...everywhere].filter(({ cases }) => cases.length > 0);
}

function* suiteXml(report: Report, { subject, cases }: Suite): Generator<string> {
  const failures = cases.filter(({ violations }) => isFailure(violations)).length;
  yield `<testsuite${xmlAttributes({ name: subject, tests: cases.length, failures, errors: 0 })}>\n`;
  for (const one of cases) yield caseXml(report, subject, one);
  yield "</testsuite>\n";
}

function caseXml(report: Report, subject: string, { law, violations }: Case): string {
  const location = violations[0] === undefined ? null : violationLocation(report, violations[0]);
  const file = location?.path ?? (report.subjects.length > 0 && subject !== NOWHERE ? subject : null);
  const head = `<testcase${xmlAttributes({ name: law, classname: subject, file, line: location?.line ?? null })}`;
  const [first] = violations;
  if (first === undefined) return `${head}/>\n`;
  const text = xmlText(violations.map((violation) => violationText(report, violation)).join("\n\n"));
  if (!isFailure(violations)) return `${head}>\n<system-out>${text}</system-out>\n</testcase>\n`;
  const more = violations.length > 1 ? ` (and ${countText(violations.length - 1, "more", "more")})` : "";
  return `${head}>\n<failure${xmlAttributes({ type: law, message: `${first.message}${more}` })}>${text}</failure>\n</testcase>\n`;
}

/** The last suite: the verdict itself, which errs where it is undecided, and fails where it is refused and no law listed says so. */
function* wholeXml({ verdict, events }: Report, isUnsaid: boolean): Generator<string> {
  const { undecided } = verdict;
  const counts = { tests: 1, failures: isUnsaid ? 1 : 0, errors: undecided === null ? 0 : 1 };
  yield `<testsuite${xmlAttributes({ name: WHOLE, ...counts })}>\n<properties>\n`;
  const checked = Object.entries(verdict.checked).map(([name, value]) => [`checked.${name}`, value] as const);
  for (const [name, value] of [...checked, ["violations", verdict.total], ["listed", verdict.violations.length]] as const) {
    yield `<property${xmlAttributes({ name, value })}/>\n`;
  }
  yield `</properties>\n<testcase${xmlAttributes({ name: WHOLE, classname: "assay" })}>\n`;
  if (undecided !== null) yield undecidedXml(undecided);
  if (isUnsaid) yield `<failure${xmlAttributes({ type: "refused", message: verdictLine(verdict) })}/>\n`;
  const notices = events.map(({ code, detail, place }) => `${code}: ${detail}${place === null ? "" : ` at ${place}`}`);
  yield `<system-out>${xmlText([verdictLine(verdict), ...notices].join("\n"))}</system-out>\n</testcase>\n</testsuite>\n`;
}

function undecidedXml({ code, detail }: Undecided): string {
  return `<error${xmlAttributes({ type: code, message: detail })}/>\n`;
}

function violationText(report: Report, violation: Violation): string {
  const location = violationLocation(report, violation);
  const level = violation.waived === true ? "waived" : violation.severity;
  const lines = [
    violation.message,
    ...(location === null ? [] : [`at ${locationText(location)}`]),
    ...violation.facts.map((fact) => `${fact.from} ${factText(fact.relation, fact.row)}${placeText(report, fact.place)}`),
    ...(violation.help === undefined ? [] : [`help: ${violation.help}`]),
    `${level} ${violation.law} ${violation.fingerprint}`,
  ];
  return lines.join("\n");
}

function placeText({ folder }: Report, place: string | null): string {
  if (place === null) return "";
  const location: Location = { path: place, line: null, column: null };
  return ` at ${placed(folder, location).path}`;
}

function isFailure(violations: readonly Violation[]): boolean {
  return violations.some(({ severity, waived }) => severity === "error" && waived !== true);
}
