import { systemClock } from "../../schema/clock.ts";
import { openMemory } from "../../verify/store/duckdb_session.ts";
import { type SouffleCase, souffleCases } from "./souffle_cases.ts";
import { featuresOf, STAGES } from "./souffle_features.ts";
import { type Outcome, type Result, runCase } from "./souffle_run.ts";

/** Cases that take Soufflé itself a minute and more. */
const SLOW = new Set(["independent_body3", "magic_prime2"]);

/** Cases with what became of them. */
export interface Report {
  readonly one: SouffleCase;
  readonly result: Result;
}

/** Runs the cases of a checkout whose `category/name` holds `only`, in order. */
export async function runSuite(checkout: string, only: string, onResult: (report: Report) => void): Promise<Report[]> {
  const session = await openMemory({ threads: "2" });
  const reports: Report[] = [];
  try {
    for (const one of souffleCases(checkout)) {
      if (!`${one.category}/${one.name}`.includes(only) || SLOW.has(one.name)) continue;
      const report = { one, result: await runCase(session, one) };
      reports.push(report);
      onResult(report);
    }
  } finally {
    session.close();
  }
  return reports;
}

/** The counts of passed, failed and unsupported by stage, and by feature for what did not pass. */
export function tableOf(reports: readonly Report[]): string {
  const positive = reports.filter(({ one }) => !one.negative);
  const lines = ["| stage | evaluation + example | semantic + syntactic | sum of stages, evaluation + example |", "|---|---|---|---|"];
  let passed = 0;
  let all = 0;
  for (const stage of STAGES) {
    const here = positive.filter(({ result }) => featuresOf(result.text).stage === stage);
    const main = here.filter(({ one }) => one.category === "evaluation" || one.category === "example");
    passed += main.filter(({ result }) => result.outcome === "passed").length;
    all += main.length;
    lines.push(`| ${stage} | ${counts(main)} | ${counts(here.filter((one) => !main.includes(one)))} | ${passed} / ${all} |`);
  }
  const features = new Map<string, Report[]>();
  for (const report of positive) {
    for (const name of featuresOf(report.result.text).names) features.set(name, [...(features.get(name) ?? []), report]);
  }
  lines.push("", "| feature | passed | failed | unsupported |", "|---|---|---|---|");
  for (const [name, found] of features) lines.push(`| ${name} | ${OUTCOMES.map((outcome) => countOf(found, outcome)).join(" | ")} |`);
  lines.push("", `must be rejected: ${counts(reports.filter(({ one }) => one.negative))}`);
  return lines.join("\n");
}

const OUTCOMES = ["passed", "failed", "unsupported"] as const;

function countOf(reports: readonly Report[], outcome: Outcome): number {
  return reports.filter(({ result }) => result.outcome === outcome).length;
}

function counts(reports: readonly Report[]): string {
  const [passed, failed, unsupported] = OUTCOMES.map((outcome) => countOf(reports, outcome));
  return `${passed} / ${reports.length} (${failed} failed, ${unsupported} unsupported)`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

if (import.meta.main) {
  const [checkout = process.env["SOUFFLE_TESTS"], only = ""] = process.argv.slice(2);
  if (checkout === undefined) {
    print(
      "no checkout of souffle-lang/souffle given: `SOUFFLE_TESTS=/path node tests/conformance/souffle.ts`, or its path as the argument",
    );
  } else {
    const started = systemClock.micros();
    const reports = await runSuite(checkout, only, ({ one, result }) => {
      if (result.outcome !== "passed" || only !== "") {
        print(`${result.outcome} ${one.negative ? "negative " : ""}${one.category}/${one.name}: ${result.detail}`);
      }
    });
    print(`\n${tableOf(reports)}\n\n${reports.length} cases, ${Math.round((systemClock.micros() - started) / 1e6)} s`);
  }
}
