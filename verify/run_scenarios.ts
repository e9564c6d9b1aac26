import type { ExpectedViolation, Scenario } from "../logic/scenario.ts";
import type { Theory } from "../logic/theory.ts";
import { canonicalJson } from "../schema/canonical.ts";
import type { ProposedDelta, ProposedRow, ProposedValue } from "../schema/delta.ts";
import { isDecimal } from "../schema/exact_json.ts";
import type { Verdict } from "../schema/verdict.ts";
import { FactBase } from "./fact_base.ts";
import type { FactBaseOptions } from "./fact_base_options.ts";

export interface ScenarioOutcome {
  readonly scenario: Scenario;
  readonly ok: boolean;
  /** What came instead of what was expected, one line each; empty where it is ok. */
  readonly differences: readonly string[];
  /** The verdict over the delta, or over the given facts where those were not accepted. */
  readonly verdict: Verdict;
}

export interface ScenarioReport {
  readonly outcomes: readonly ScenarioOutcome[];
  /** Laws of the theory under test that no scenario made fire. */
  readonly neverFired: readonly string[];
  /** True where every scenario came out as told and every law fired in one. */
  readonly ok: boolean;
}

/**
 * Runs a theory's scenarios, each over an empty fact base in memory: the given facts are judged and must be lawful, then the delta is
 * judged over them and its verdict compared, exactly: whether it is accepted, and which laws it breaks how often, and with these
 * witnesses where they are named. Errors: `theory.rejected`.
 */
export async function runScenarios(theory: Theory, scenarios: readonly Scenario[], options: FactBaseOptions): Promise<ScenarioReport> {
  const base = await FactBase.create(null, options);
  try {
    await base.loadTheory([theory], { author: "scenario", reason: "to be tested" });
    const outcomes: ScenarioOutcome[] = [];
    for (const scenario of scenarios) outcomes.push(await runScenario(base, scenario));
    const fired = new Set(outcomes.flatMap(({ verdict }) => verdict.violations.map(({ law }) => law)));
    const neverFired = base.program.laws.filter((law) => law.theory === theory.name && !fired.has(law.id)).map(({ id }) => id);
    return { outcomes, neverFired, ok: neverFired.length === 0 && outcomes.every(({ ok }) => ok) };
  } finally {
    await base.close();
  }
}

async function runScenario(base: FactBase, scenario: Scenario): Promise<ScenarioOutcome> {
  const hasGiven = [...scenario.given.values()].some((rows) => rows.length > 0);
  const given = hasGiven ? [scenarioDelta(scenario.given, new Map(), "given")] : [];
  const verdicts = await base.rehearse([...given, scenarioDelta(scenario.when.assert, scenario.when.retract, "when")]);
  const verdict = verdicts.at(-1);
  if (verdict === undefined) throw new Error("a rehearsal gave no verdict");
  const isGivenRefused = verdicts.length <= given.length;
  const differences = isGivenRefused ? [`the given facts are ${verdict.verdict}: ${lawList(verdict)}`] : compare(scenario, verdict);
  return { scenario, ok: differences.length === 0, differences, verdict };
}

function scenarioDelta(
  assert: ReadonlyMap<string, readonly ProposedRow[]>,
  retract: ReadonlyMap<string, readonly ProposedRow[]>,
  reason: string,
): ProposedDelta {
  return { proposer: "scenario", reason, base: null, key: null, assert, retract, places: new Map() };
}

function compare(scenario: Scenario, verdict: Verdict): string[] {
  const differences: string[] = [];
  if (verdict.verdict !== scenario.then) {
    const why = verdict.undecided === null ? lawList(verdict) : `\`${verdict.undecided.code}\``;
    differences.push(`it is ${verdict.verdict}, not ${scenario.then}: ${why}`);
  }
  const left = [...verdict.violations];
  const named = scenario.laws.toSorted((a, b) => Number(a.witness === undefined) - Number(b.witness === undefined));
  for (const expected of named) {
    const at = left.findIndex((violation) => violation.law === expected.law && hasWitness(expected, violation.witness));
    if (at === -1) differences.push(`\`${expected.law}\` does not fire${witnessText(expected)}`);
    else left.splice(at, 1);
  }
  for (const violation of left) differences.push(`\`${violation.law}\` fires unexpectedly: ${violation.message}`);
  return differences;
}

/** A witness may name some of the attributes; those it names must have these values. */
function hasWitness(expected: ExpectedViolation, witness: Verdict["violations"][number]["witness"]): boolean {
  return Object.entries(expected.witness ?? {}).every(
    ([name, value]) => Object.hasOwn(witness, name) && plainText(witness[name] as ProposedValue) === plainText(value),
  );
}

function plainText(value: ProposedValue): string {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value.toString();
  return isDecimal(value) ? value.decimal : String(value);
}

function witnessText(expected: ExpectedViolation): string {
  const { witness } = expected;
  if (witness === undefined) return "";
  const members = Object.entries(witness).map(([name, value]) => [name, plainText(value)] as const);
  return ` with the witness ${canonicalJson(Object.fromEntries(members))}`;
}

function lawList(verdict: Verdict): string {
  const laws = [...new Set(verdict.violations.map(({ law }) => `\`${law}\``))];
  return laws.length === 0 ? "no law fires" : laws.join(", ");
}
