import { gzipSync } from "node:zlib";
import type { ErrorReport } from "../../schema/assay_error.ts";
import { type ErrorCode, registry } from "../../schema/errors.ts";
import type { Severity, Violation } from "../../schema/verdict.ts";
import { exactIntegers } from "./envelope_json.ts";
import { factText } from "./fact_text.ts";
import { type Location, locationOf } from "./location.ts";
import { lawsThatRan, placed, type Report, violationLocation } from "./report.ts";

const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";

/** What GitHub code scanning takes of one file ("SARIF support for code scanning", limits): results of a run, and bytes gzipped. */
export const githubLimits = { results: 25_000, bytes: 10 * 1024 * 1024 } as const;

/** Most facts stay under this many; GitHub takes 1,000 locations of a result. */
const RELATED = 100;

type Json = { readonly [member: string]: unknown };

/**
 * A verdict as SARIF 2.1.0 logs, one run each, none past GitHub's limits: many violations are several logs, each a category of its own
 * (`automationDetails`), so that all of them can be uploaded. A result is one violation; its rule is the law; its fingerprint is that
 * of the violation, the same in every run. Laws that hold are rules without results, with their count among the rule's properties.
 */
export function sarifReport(report: Report): string[] {
  return runsOf(report).map((run) => textOf({ $schema: SCHEMA, version: "2.1.0", runs: [run] }));
}

/** The same as one log, for a reader of one stream: where there are too many violations for GitHub it has several runs. */
export function sarifStream(report: Report): string {
  return textOf({ $schema: SCHEMA, version: "2.1.0", runs: runsOf(report) });
}

function runsOf(report: Report): Json[] {
  const rules = rulesOf(report);
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const results = report.verdict.violations.map((violation) => resultOf(report, violation, index));
  const chunks = withinLimits(results, (some) => textOf(runOf(report, rules, some, "00")));
  const digits = Math.max(2, String(chunks.length).length);
  return chunks.map((chunk, at) => runOf(report, rules, chunk, String(at + 1).padStart(digits, "0")));
}

/** What kept a command from a verdict: a run that was not successful. */
export function sarifError(error: ErrorReport, version: string, exit: number): string {
  const notifications = [error, ...(error.also ?? [])].map((one) => notificationOf(one, ""));
  const invocations = [{ executionSuccessful: false, exitCode: exit, toolExecutionNotifications: notifications }];
  const run = { tool: { driver: { name: "Assay", version, rules: [] } }, invocations, results: [], columnKind: "utf16CodeUnits" };
  return textOf({ $schema: SCHEMA, version: "2.1.0", runs: [run] });
}

/** Parts of `results` whose logs are within the limits, as few as halving finds. */
function withinLimits(results: readonly Json[], textFor: (results: readonly Json[]) => string): (readonly Json[])[] {
  const fits = results.length <= githubLimits.results && isSmall(textFor(results));
  if (fits || results.length < 2) return [results];
  const half = Math.ceil(results.length / 2);
  return [...withinLimits(results.slice(0, half), textFor), ...withinLimits(results.slice(half), textFor)];
}

function isSmall(text: string): boolean {
  return text.length * 3 < githubLimits.bytes || gzipSync(text).length < githubLimits.bytes;
}

function runOf(report: Report, rules: readonly Rule[], results: readonly Json[], part: string): Json {
  const { verdict, version } = report;
  const theories = Object.keys(verdict.theories).toSorted().join("+") || "none";
  return {
    tool: { driver: { name: "Assay", version, semanticVersion: version, rules } },
    automationDetails: { id: `assay/${theories}/${part}` },
    invocations: [invocationOf(report)],
    columnKind: "utf16CodeUnits",
    results,
    properties: {
      verdict: verdict.verdict,
      delta: verdict.delta,
      commit: verdict.commit,
      base: verdict.base,
      theories: verdict.theories,
      checked: verdict.checked,
      engine: verdict.engine,
      violations: verdict.total,
      ...(report.repairsComplete === null ? {} : { repairs: verdict.repairs, repairsComplete: report.repairsComplete }),
    },
  };
}

function textOf(log: Json): string {
  return `${JSON.stringify(log, exactIntegers)}\n`;
}

interface Rule extends Json {
  readonly id: string;
}

/** What the gate checks before any law. */
const gateChecks: Readonly<Record<string, string>> = {
  "gate.shape": "What is proposed has the shape of its relations.",
  "gate.types": "Every value has the type of its attribute.",
  "gate.base": "A delta that names a base commit is judged against that commit.",
};

function rulesOf({ verdict, laws }: Report): Rule[] {
  return lawsThatRan(verdict).map(({ law, severity, violations, waived }) => {
    const about = laws.get(law);
    const message = about?.message ?? gateChecks[law] ?? law;
    const doc = about === undefined || about.doc === "" ? message : about.doc;
    return {
      id: law,
      name: law,
      shortDescription: { text: firstSentence(doc) },
      fullDescription: { text: doc },
      help: { text: doc === message ? doc : `${doc}\n\n${message}` },
      defaultConfiguration: { level: levelOf(severity) },
      properties: { tags: [about?.theory ?? law.split(".")[0] ?? law], "problem.severity": levelOf(severity), violations, waived },
    };
  });
}

function firstSentence(doc: string): string {
  return (/^.*?[.!?](?=\s|$)/s.exec(doc)?.[0] ?? doc).replaceAll("\n", " ");
}

function resultOf(report: Report, violation: Violation, index: ReadonlyMap<string, number>): Json {
  const location = violationLocation(report, violation);
  const related = violation.facts.flatMap((fact, id) => {
    if (fact.place === null) return [];
    const physicalLocation = physical(placed(report.folder, locationOf(fact.place)));
    return [{ id, physicalLocation, message: { text: factText(fact.relation, fact.row) } }];
  });
  const ruleIndex = index.get(violation.law);
  return {
    ruleId: violation.law,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: violation.code === undefined ? levelOf(violation.severity) : sarifOf(violation.code),
    message: { text: violation.help === undefined ? violation.message : `${violation.message}\n${violation.help}` },
    locations: location === null ? [] : [{ physicalLocation: physical(location) }],
    ...(related.length === 0 ? {} : { relatedLocations: related.slice(0, RELATED) }),
    partialFingerprints: { "assay/v1": violation.fingerprint, primaryLocationLineHash: `${violation.fingerprint}:1` },
    ...(violation.waived === true ? { suppressions: [{ kind: "external", justification: "waived when its law came into force" }] } : {}),
    properties: { witness: violation.witness, facts: violation.facts.length, ...(violation.rule === null ? {} : { rule: violation.rule }) },
  };
}

function physical({ path, line, column }: Location): Json {
  const region = line === null ? { startLine: 1 } : { startLine: line, ...(column === null ? {} : { startColumn: column }) };
  return { artifactLocation: { uri: uriOf(path) }, region };
}

/** A path as a relative reference, or a `file:` URI where it is absolute (RFC 3986): a colon in the first segment would be a scheme. */
function uriOf(path: string): string {
  const text = path
    .split("/")
    .map((segment) => encodeURIComponent(segment.toWellFormed()))
    .join("/");
  return path.startsWith("/") ? `file://${text}` : text;
}

function invocationOf(report: Report): Json {
  const { undecided } = report.verdict;
  const notifications = report.events.map((event) => notificationOf(event, report.folder));
  const stopped = undecided === null ? [] : [{ descriptor: { id: undecided.code }, level: "error", message: { text: undecided.detail } }];
  return { executionSuccessful: undecided === null, exitCode: report.exit, toolExecutionNotifications: [...stopped, ...notifications] };
}

function notificationOf({ code, detail, place, help }: ErrorReport, folder: string): Json {
  const locations = place === null ? [] : [{ physicalLocation: physical(placed(folder, locationOf(place))) }];
  return { descriptor: { id: code }, level: sarifOf(code), message: { text: help === null ? detail : `${detail}\n${help}` }, locations };
}

function sarifOf(code: string): string {
  return code in registry ? registry[code as ErrorCode].sarif : "error";
}

function levelOf(severity: Severity): "error" | "warning" {
  return severity === "error" ? "error" : "warning";
}
