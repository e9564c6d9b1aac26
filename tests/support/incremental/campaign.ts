import { SqlError } from "../../../schema/sql_session.ts";
import { type DuckDbSession, openMemory } from "../../../verify/store/duckdb_session.ts";
import { ruleText } from "../ir_text.ts";
import { irFaults } from "../ir_wellformed.ts";
import { keepRegression } from "../regressions.ts";
import { seededChoices } from "../seeded.ts";
import { readTagged, taggedText } from "../tagged_json.ts";
import { checkCase, emptyTally, type Tally } from "./check_case.ts";
import { type DeltaCase, randomDeltaCase } from "./delta_case.ts";
import { type Expectation, expectation, naiveExpectation } from "./expectation.ts";
import { shrinkCase } from "./shrink_case.ts";
import type { MakeSubject } from "./subject.ts";

const CHOICES = 3_000;

/** Over tables of some hundred rows DuckDB spends a quarter of its time on the order of joins. */
const TINY_TABLES = { threads: "1", disabled_optimizers: "join_order" };

/** What a campaign compared. */
export interface Outcome {
  programs: number;
  /** Programs that no facts can make decided. */
  barren: number;
  /** Programs for which DuckDB answered for every decided state. */
  byDuckDb: number;
  /** Programs that broke DuckDB itself (an assertion of its own failed), so that the definitions alone judged. */
  broken: number;
  readonly tally: Tally;
}

export interface Campaign {
  readonly make: MakeSubject;
  /** Seeds from `first` on, as long as `more` says so. */
  readonly first: number;
  readonly more: (programs: number) => boolean;
  readonly deltas: number;
}

export function caseOfSeed(seed: number, deltas: number): DeltaCase {
  return randomDeltaCase(seededChoices(seed, CHOICES), deltas);
}

/**
 * Takes one random program a seed through its deltas. Errors: at the first disagreement, with its seed, the shrunk case as text and the
 * file under tests/regressions that it is kept in.
 */
export async function runCampaign({ make, first, more, deltas }: Campaign): Promise<Outcome> {
  const outcome: Outcome = { programs: 0, barren: 0, byDuckDb: 0, broken: 0, tally: emptyTally() };
  let session = await openMemory(TINY_TABLES);
  try {
    for (let seed = first; more(outcome.programs); seed++) {
      const target = caseOfSeed(seed, deltas);
      outcome.programs++;
      const expected = await expectation(session, target).catch(async (error: unknown) => {
        if (!(error instanceof SqlError) || error.kind !== "INTERNAL Error") throw error;
        outcome.broken++;
        session.close();
        session = await openMemory(TINY_TABLES);
        return naiveExpectation(target);
      });
      if (expected === null) outcome.barren++;
      else {
        if (expected.byDuckDb) outcome.byDuckDb++;
        await checkOne(session, target, expected, make, outcome.tally, `seed ${seed}`);
      }
    }
  } finally {
    session.close();
  }
  return outcome;
}

/** Takes a kept case through its deltas again. */
export async function replay(session: DuckDbSession, input: string, make: MakeSubject): Promise<void> {
  const target = readTagged(input) as DeltaCase;
  for (const expected of [naiveExpectation(target), await expectation(session, target)])
    if (expected !== null) checkCase(target, expected, make, emptyTally());
}

async function checkOne(
  session: DuckDbSession,
  target: DeltaCase,
  expected: Expectation,
  make: MakeSubject,
  tally: Tally,
  origin: string,
): Promise<void> {
  try {
    checkCase(target, expected, make, tally);
  } catch (error) {
    const byDefinition = failureOf(target, naiveExpectation(target), make);
    const expectedOf = async (smaller: DeltaCase): Promise<Expectation | null> =>
      byDefinition === null ? expectation(session, smaller) : naiveExpectation(smaller);
    const fails = async (smaller: DeltaCase): Promise<boolean> =>
      isSound(smaller) && failureOf(smaller, await expectedOf(smaller), make) !== null;
    const shrunk = await shrinkCase(target, fails);
    const message = failureOf(shrunk, await expectedOf(shrunk), make)?.message;
    const file = keepRegression("incremental", taggedText(shrunk));
    const by = byDefinition === null ? "DuckDB" : "the definitions";
    throw new Error(`${origin}, kept as ${file}, against ${by}: ${message}\n${caseReport(shrunk)}`, { cause: error });
  }
}

function failureOf(target: DeltaCase, expected: Expectation | null, make: MakeSubject): Error | null {
  if (expected === null) return null;
  try {
    checkCase(target, expected, make, emptyTally());
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Shadowing aside, which the languages never lower to but the intermediate form allows. */
export function isSound({ program }: DeltaCase): boolean {
  return irFaults(program).every((fault) => fault.endsWith("is inside and outside of an aggregate"));
}

/** A case as a person reads it. */
export function caseReport({ program, watch, facts, steps }: DeltaCase): string {
  const rows = Object.entries(facts).flatMap(([name, list]) => list.map((row) => `  ${name}(${row.join(", ")})`));
  const deltas = steps.map(({ assert, retract, keep }, at) => {
    const changes = [...assert.map((fact) => ["+", fact] as const), ...retract.map((fact) => ["-", fact] as const)];
    return `  ${at} ${keep ? "keep" : "roll back"}: ${changes.map(([sign, { relation, row }]) => `${sign}${relation}(${row.join(", ")})`).join(" ")}`;
  });
  const roots = `laws ${program.laws.map((law) => law.relation).join(" ")}; watched ${watch.join(" ")}`;
  return [roots, ...program.rules.map((rule) => `  ${ruleText(rule)}`), "facts", ...rows, "deltas", ...deltas].join("\n");
}
