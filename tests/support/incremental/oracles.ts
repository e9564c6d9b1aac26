import { materialise } from "../../../logic/engines/duckdb/materialise.ts";
import { needsOf, rulesByRelation } from "../../../logic/engines/duckdb/needs.ts";
import type { IrProgram } from "../../../logic/language/ir.ts";
import type { Row } from "../../../schema/value.ts";
import type { DuckDbSession } from "../../../verify/store/duckdb_session.ts";
import { type Facts, inputOver } from "../duckdb_facts.ts";
import { compareRows, evaluate, NaiveUndecided } from "../naive_eval.ts";
import { NAIVE_SYMBOL_BYTES } from "../naive_terms.ts";
import type { DeltaCase } from "./delta_case.ts";
import { statedFacts, statedProgram } from "./stated_program.ts";

/** Tuples of maintained derived relations, each in ascending order. */
export type Tuples = ReadonlyMap<string, readonly Row[]>;

/** What holds in one state; `unknown` where the oracle's own bounds end before an answer. */
export type Answer =
  | { readonly kind: "tuples"; readonly tuples: Tuples }
  | { readonly kind: "undecided"; readonly code: string }
  | { readonly kind: "unknown" };

/** Within these an answer is certain; an engine under test gets wider ones, so that it is never the one to stop first. */
export const ORACLE_BOUNDS = { rounds: 60, rows: 500, work: 60_000 };

/** The derived relations that an engine maintains for a case: what laws and watched relations depend on, and those themselves. */
export function maintained({ program, watch }: Pick<DeltaCase, "program" | "watch">): string[] {
  return [...reachedPart({ program, watch }).relations.values()].filter(({ role }) => role === "derived").map(({ name }) => name);
}

/** The program with those relations alone that its roots depend on: DuckDB need not be given the facts of the others. */
function reachedPart({ program, watch }: Pick<DeltaCase, "program" | "watch">): IrProgram {
  const { reached } = needsOf(program, rulesByRelation(program), rootsOf({ program, watch }));
  const relations = new Map([...program.relations].filter(([name]) => reached.has(name)));
  return { ...program, relations, rules: program.rules.filter((rule) => reached.has(rule.head.relation)) };
}

function rootsOf({ program, watch }: Pick<DeltaCase, "program" | "watch">): string[] {
  return [...program.laws.map((law) => law.relation), ...watch];
}

/** What the definitions say about one state. */
export function naiveAnswer(target: Pick<DeltaCase, "program" | "watch">, facts: Facts): Answer {
  const names = maintained(target);
  try {
    const all = evaluate(target.program, facts, rootsOf(target), ORACLE_BOUNDS);
    return { kind: "tuples", tuples: new Map(names.map((name) => [name, all.get(name) ?? []])) };
  } catch (error) {
    if (!(error instanceof NaiveUndecided)) throw error;
    const isBound = error.code === "rounds" || error.code === "rows_derived" || error.code === "work";
    return isBound ? { kind: "unknown" } : { kind: "undecided", code: error.code };
  }
}

/** What DuckDB, evaluating from nothing, finds in every one of `states`, by one evaluation; null where that is undecided. */
export async function duckdbAnswers(
  session: DuckDbSession,
  target: Pick<DeltaCase, "program" | "watch">,
  states: ReadonlyMap<number, Facts>,
): Promise<Map<number, Tuples> | null> {
  const names = maintained(target);
  const limits = { rounds: 200, rows_derived: 4 * ORACLE_BOUNDS.rows * states.size, symbol_bytes: NAIVE_SYMBOL_BYTES, verdict_ms: 4_000 };
  const input = await inputOver(session, statedProgram(reachedPart(target)), statedFacts(states), limits);
  const result = await materialise(input, names);
  try {
    if (result.undecided !== null) return null;
    const answers = new Map([...states.keys()].map((state) => [state, new Map<string, Row[]>(names.map((name) => [name, []]))]));
    for (const name of names) {
      for (const [state, ...row] of await session.rows(`SELECT * FROM ${result.table(name)}`))
        answers
          .get(Number(state))
          ?.get(name)
          ?.push(row as Row);
    }
    for (const tuples of answers.values()) for (const rows of tuples.values()) rows.sort(compareRows);
    return answers;
  } finally {
    await result.close();
  }
}

/** What DuckDB, evaluating from nothing, finds in one state; null where that is undecided. */
export async function duckdbAnswer(
  session: DuckDbSession,
  target: Pick<DeltaCase, "program" | "watch">,
  facts: Facts,
  bounds: { rounds: number; rows_derived: number } = { rounds: 200, rows_derived: 4 * ORACLE_BOUNDS.rows },
): Promise<Tuples | null> {
  const limits = { ...bounds, symbol_bytes: NAIVE_SYMBOL_BYTES };
  const input = await inputOver(session, reachedPart(target), facts, limits);
  const names = maintained(target);
  const result = await materialise(input, names);
  try {
    if (result.undecided !== null) return null;
    const tuples = new Map<string, Row[]>();
    for (const name of names) {
      const nullary = input.program.relations.get(name)?.attributes.length === 0;
      const rows = await session.rows(`SELECT * FROM ${result.table(name)}`);
      tuples.set(name, rows.map((row) => (nullary ? [] : (row as Row))).sort(compareRows));
    }
    return tuples;
  } finally {
    await result.close();
  }
}
