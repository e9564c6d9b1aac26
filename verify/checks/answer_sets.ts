import { AnswerSetCache } from "../../logic/engines/clingo/answer_set_cache.ts";
import { checkLawsByClingo } from "../../logic/engines/clingo/check_laws.ts";
import type { Clingo } from "../../logic/engines/clingo/clingo.ts";
import { type BrokenLaw, judgeAnswerSets, type TouchedFacts } from "../../logic/engines/clingo/judge_answer_sets.ts";
import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import type { DuckDbInput } from "../../logic/engines/duckdb/input.ts";
import type { LawCheck } from "../../logic/engines/engine.ts";
import type { Souffle } from "../../logic/engines/souffle/find_souffle.ts";
import { judgeLawsBySouffle } from "../../logic/engines/souffle/judge_laws.ts";
import type { IrProgram, Law } from "../../logic/language/ir.ts";
import type { Fact } from "../../schema/fact.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { Row } from "../../schema/value.ts";
import type { Undecided } from "../../schema/verdict.ts";
import type { TypedRows } from "./types.ts";

/** clingo as whoever owns a session holds it, opened when it is first needed, with what slices came to; and who judges in DuckDB's place. */
export class ClingoSeat {
  readonly cache = new AnswerSetCache();
  /** What judges every stratified law, in DuckDB's place: clingo, or a Soufflé; null where DuckDB does. */
  readonly deputy: "clingo" | Souffle | null;
  readonly #open: () => Clingo;
  #clingo: Clingo | null = null;

  constructor(open: () => Clingo, deputy: "clingo" | Souffle | null = null) {
    this.#open = open;
    this.deputy = deputy;
  }

  get clingo(): Clingo {
    this.#clingo ??= this.#open();
    return this.#clingo;
  }

  async close(): Promise<void> {
    await this.#clingo?.close();
    this.#clingo = null;
  }
}

/** The seats of sessions whose owners gave them one. */
const seats = new WeakMap<SqlSession, ClingoSeat>();

/** Gives a session its clingo, for as long as the session lives. The caller closes the seat. */
export function seatClingo(session: SqlSession, seat: ClingoSeat): void {
  seats.set(session, seat);
}

/** A check with the laws of answer set programs in it. */
export interface SearchedCheck extends LawCheck {
  /** The clash behind a violation of such a law; null for every other. */
  clashOf(law: string, row: Row): BrokenLaw | null;
}

/** Judges the stratified laws of a program: in SQL, or by whoever stands in for DuckDB in the session. The caller closes the check. */
export async function checkStratified(input: DuckDbInput): Promise<LawCheck> {
  const seat = seats.get(input.session);
  const deputy = seat?.deputy ?? null;
  if (seat === undefined || deputy === null) return checkLaws(input);
  return deputy === "clingo" ? checkLawsByClingo(input, seat.clingo) : judgeLawsBySouffle(input, deputy);
}

/** The name under which a verdict gives the engine of a session. */
export function judgedBy(session: SqlSession, engine: string): string {
  const deputy = seats.get(session)?.deputy ?? null;
  return deputy === null ? engine : engine.replace("duckdb", deputy === "clingo" ? "clingo" : "souffle");
}

/** The facts that a delta asserts or retracts. */
export function touchedBy(typed: readonly TypedRows[]): TouchedFacts {
  const groups = Map.groupBy(typed, ({ relation }) => relation.name);
  return new Map([...groups].map(([name, sides]) => [name, sides.flatMap(({ rows }) => rows.map(({ row }) => row))]));
}

/** Whether a program has a part for clingo. */
export function hasAnswerSets({ answerSets = [] }: IrProgram): boolean {
  return answerSets.some(({ demands }) => demands.length > 0);
}

/** The engines of a verdict: what is left to clingo is judged by it, whatever engine judges the rest. */
export function engineLabel(engine: string, program: IrProgram): string {
  return hasAnswerSets(program) && !engine.includes("clingo") ? `${engine},clingo` : engine;
}

/** Whether what ended a judgement was clingo's own: it leaves an open transaction as it was. */
export function isOfClingo({ code }: Undecided): boolean {
  return code.startsWith("limit.clingo_") || code.startsWith("evaluation.clingo_") || code === "evidence.cancelled";
}

/**
 * Judges the answer set programs over the state that `check` judged and puts their laws in its outcomes. `touched` says what a delta
 * touched; all slices are judged without it, and wherever violations may stand in slices that no delta touched: where laws
 * only warn, or some are waived.
 */
export async function checkAnswerSets(
  input: DuckDbInput,
  check: LawCheck,
  touched: TouchedFacts | null,
  waived: ReadonlyMap<string, string>,
): Promise<SearchedCheck> {
  const own = new Set((input.program.answerSets ?? []).flatMap(({ demands }) => demands.map(({ law }) => law)));
  const mayStand = (law: Law): boolean => own.has(law.id) && law.severity === "warn";
  const isWhole = [...waived.values()].some((law) => own.has(law)) || input.program.laws.some(mayStand);
  const seat = seats.get(input.session);
  if (seat === undefined) throw new Error("a session that judges answer sets has no clingo");
  const started = input.clock.micros();
  const judged = await judgeAnswerSets({ ...input, clingo: seat.clingo, cache: seat.cache, touched: isWhole ? null : touched });
  const micros = Math.round((input.clock.micros() - started) / Math.max(own.size, 1));
  const byLaw = Map.groupBy(judged.broken, ({ law }) => law);
  const laws = check.laws.map((outcome) => {
    return own.has(outcome.law) ? { ...outcome, violations: byLaw.get(outcome.law)?.length ?? 0, micros } : outcome;
  });
  return {
    undecided: check.undecided ?? judged.undecided,
    laws,
    witnesses: async (law, offset, limit) => {
      const broken = byLaw.get(law);
      return broken === undefined
        ? check.witnesses(law, offset, limit)
        : broken.slice(offset, offset + limit).map(({ witness }) => witness);
    },
    close: () => check.close(),
    clashOf: (law, row) => byLaw.get(law)?.find(({ witness }) => witness === row) ?? null,
  };
}

/** Base facts behind the facts of a clash; `support` finds those behind derived ones. */
export async function baseFactsOf(
  program: IrProgram,
  facts: readonly Fact[],
  support: (relation: string, rows: readonly Row[]) => Promise<readonly (readonly Fact[])[]>,
): Promise<Fact[]> {
  const found: Fact[] = [];
  for (const [relation, own] of Map.groupBy(facts, (fact) => fact.relation)) {
    if (program.relations.get(relation)?.role === "base") found.push(...own);
    else {
      found.push(
        ...(
          await support(
            relation,
            own.map(({ row }) => row),
          )
        ).flat(),
      );
    }
  }
  return [...new Map(found.map((fact) => [JSON.stringify([fact.relation, fact.row.map(String)]), fact])).values()];
}
