import type { DuckDbInput } from "../logic/engines/duckdb/input.ts";
import { loadEngine } from "../logic/engines/incremental/load_engine.ts";
import type { IrProgram } from "../logic/language/ir.ts";
import type { Theory } from "../logic/theory.ts";
import { canonicalJson, sha256 } from "../schema/canonical.ts";
import type { Clock } from "../schema/clock.ts";
import type { Fact, SupportingFact } from "../schema/fact.ts";
import type { Limits } from "../schema/limits.ts";
import type { Place } from "../schema/place.ts";
import { quoteName, type SqlSession, sqlType } from "../schema/sql_session.ts";
import type { Row } from "../schema/value.ts";
import type { Verdict } from "../schema/verdict.ts";
import { agree, binding, disagreement, type Opinion, opinionOf } from "./agreement.ts";
import { engineLabel, judgedBy } from "./checks/answer_sets.ts";
import { checkLogic, type LogicJudgement } from "./checks/logic.ts";
import { type EngineName, isForDuckDb } from "./engine_name.ts";
import { judgeLaws } from "./memory/engine_check.ts";
import type { Origins } from "./origins.ts";
import { baseRelations, storedColumns } from "./store/relation_table.ts";
import { makeVerdict, nothingChecked } from "./verdict.ts";
import { ViolationPage } from "./violation_page.ts";

/** The facts of one base relation, readable in the session. */
export interface FactSource {
  /** SQL table expression with at least the relation's attributes as columns, typed, none of them NULL. */
  readonly expression: string;
  readonly rows: number;
  /** Whether its rows are known to be free of duplicates. */
  readonly distinct: boolean;
  /** The place of each fact, or null; asked for witnesses only. */
  places(rows: readonly Row[]): Promise<readonly (Place | null)[]>;
}

export interface FactsToJudge {
  readonly session: SqlSession;
  readonly clock: Clock;
  readonly limits: Limits;
  /** Hash by name of the theories that `program` was compiled from. */
  readonly theories: { readonly [name: string]: string };
  readonly program: IrProgram;
  /** By base relation; one that is missing holds no facts. */
  readonly sources: ReadonlyMap<string, FactSource>;
  /** The engines that judge; two of them must agree. `duckdb` where absent. */
  readonly engines?: readonly EngineName[];
  /** The theories themselves, kept in a file where engines disagree. */
  readonly texts?: readonly Theory[];
  /** Violations to skip before the page that the verdict lists; 0 where absent. */
  readonly offset?: number;
}

/**
 * A verdict over facts at hand, with no fact base: every law judged over all of them. No facts or no laws at all is undecided
 * (`nothing_checked.facts`, `nothing_checked.laws`), never accepted. Errors: `SqlError` where a source cannot be read,
 * `internal.engines_disagree`.
 */
export async function judgeFacts(input: FactsToJudge): Promise<Verdict> {
  const engines: readonly EngineName[] = [
    ...new Set<EngineName>(isForDuckDb(input.program) ? ["duckdb"] : (input.engines ?? ["duckdb"])),
  ].toSorted();
  const label = engineLabel(judgedBy(input.session, engines.join(",")), input.program);
  const verdicts: Verdict[] = [];
  for (const engine of engines) verdicts.push(await judgeBy(engine, label, input));
  const [first, second] = verdicts;
  if (first === undefined) throw new Error("no engine is named");
  if (second === undefined) return first;
  if (!agree(first, second)) throw await disagreementOver(input, [opinionOf("duckdb", first), opinionOf("incremental", second)]);
  return binding(first, second);
}

async function judgeBy(engine: EngineName, label: string, input: FactsToJudge): Promise<Verdict> {
  const { limits, program, sources, theories } = input;
  const page = new ViolationPage(input.offset ?? 0, limits.violations_page);
  const facts = [...sources.values()].reduce((sum, source) => sum + source.rows, 0);
  const nothing = facts === 0 ? nothingChecked("facts", "there are no facts to judge") : noLaws(program);
  const logic = nothing !== null ? null : await (engine === "incremental" ? judgeInMemory(input, page) : judgeInDuckDb(input, page));
  return makeVerdict({
    delta: null,
    base: 0,
    theories,
    facts,
    deltaFacts: 0,
    laws: logic?.laws ?? [],
    page,
    refused: logic?.refused ?? false,
    undecided: nothing ?? logic?.undecided ?? null,
    engine: label,
  });
}

function judgeInDuckDb(input: FactsToJudge, page: ViolationPage): Promise<LogicJudgement> {
  const { session, clock, limits, program, sources } = input;
  const isDistinct = (relation: string): boolean => sources.get(relation)?.distinct ?? true;
  const engine: DuckDbInput = { session, clock, limits, program, table: (relation) => tableOf(input, relation), isDistinct };
  return checkLogic(engine, new Map(), sourceOrigins(sources), page);
}

async function judgeInMemory(input: FactsToJudge, page: ViolationPage): Promise<LogicJudgement> {
  const { session, clock, limits, program, sources } = input;
  const { engine, undecided } = await loadEngine({ program, limits, clock, session, table: (relation) => tableOf(input, relation) });
  if (undecided !== null) return { laws: [], refused: false, standing: new Set(), undecided };
  return judgeLaws(engine, { program, laws: program.laws, waived: new Map(), origins: sourceOrigins(sources), page });
}

function tableOf({ program, sources }: FactsToJudge, relation: string): string {
  return sources.get(relation)?.expression ?? emptyTable(program, relation);
}

function disagreementOver(input: FactsToJudge, opinions: readonly Opinion[]): Promise<Error> {
  const { session, program, theories, texts = [] } = input;
  const relations = baseRelations(program.relations);
  const id = sha256(canonicalJson(theories));
  return disagreement({ session, path: null, theories: texts, relations, table: (name) => tableOf(input, name), id, body: null, opinions });
}

function noLaws(program: IrProgram): ReturnType<typeof nothingChecked> | null {
  return program.laws.length === 0 ? nothingChecked("laws", "the theories have no laws") : null;
}

/** A table expression with a relation's columns and no rows. */
export function emptyTable(program: IrProgram, relation: string): string {
  const columns = storedColumns(program.relations.get(relation)?.attributes ?? []);
  const nulls = columns.map(({ name, type }) => `NULL::${sqlType[type]} AS ${quoteName(name)}`);
  return `(SELECT ${nulls.join(", ")} WHERE false)`;
}

function sourceOrigins(sources: ReadonlyMap<string, FactSource>): Origins {
  return async (facts) => {
    const placed: SupportingFact[] = facts.map((fact) => ({ ...fact, from: "delta", place: null }));
    for (const relation of new Set(facts.map((fact) => fact.relation))) {
      const indexes = facts.flatMap((fact, index) => (fact.relation === relation ? [index] : []));
      const places = (await sources.get(relation)?.places(indexes.map((index) => (facts[index] as Fact).row))) ?? [];
      for (const [at, index] of indexes.entries()) placed[index] = { ...(placed[index] as SupportingFact), place: places[at] ?? null };
    }
    return placed;
  };
}
