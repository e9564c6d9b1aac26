import type { BrokenLaw, TouchedFacts } from "../../logic/engines/clingo/judge_answer_sets.ts";
import type { DuckDbInput } from "../../logic/engines/duckdb/input.ts";
import { supportOf } from "../../logic/explain/support.ts";
import type { Law } from "../../logic/language/ir.ts";
import type { Fact } from "../../schema/fact.ts";
import type { Row } from "../../schema/value.ts";
import type { LawOutcome, Undecided } from "../../schema/verdict.ts";
import { type LawViolations, listLawViolations } from "../law_violations.ts";
import type { Origins } from "../origins.ts";
import type { ViolationPage } from "../violation_page.ts";
import { baseFactsOf, checkAnswerSets, checkStratified, hasAnswerSets, type SearchedCheck } from "./answer_sets.ts";

export interface LogicJudgement extends LawViolations {
  readonly undecided: Undecided | null;
}

/**
 * Check 5, logic: every law of the program over the tables that `input` names. Violations go on the page with their supporting facts.
 * Where a bound is reached the judgement is undecided: what was found before it is in the outcomes. `touched` says what a delta touched,
 * which spares slices of answer set programs that it did not.
 */
export async function checkLogic(
  input: DuckDbInput,
  waived: ReadonlyMap<string, string>,
  origins: Origins,
  page: ViolationPage,
  touched: TouchedFacts | null = null,
): Promise<LogicJudgement> {
  const check = await checkAllLaws(input, waived, touched);
  const undecided = (by: Undecided): LogicJudgement => ({ laws: check.laws, refused: false, standing: new Set(), undecided: by });
  try {
    if (check.undecided !== null) return undecided(check.undecided);
    const explained = check.tables === undefined ? input : { ...input, computed: check.tables };
    const support = (law: Law, rows: readonly Row[]) => supportOfLaw(explained, law, rows, check.clashOf);
    const listed = await listLawViolations({ check, program: input.program, waived, page, support, origins, clashOf: check.clashOf });
    return { ...listed, undecided: null };
  } catch (cause) {
    if (cause instanceof SupportUndecided) return undecided(cause.undecided);
    throw cause;
  } finally {
    await check.close();
  }
}

/** Judges every law of the program: the stratified ones in SQL or by a deputy, those of answer set programs by clingo. The caller closes the check. */
export async function checkAllLaws(
  input: DuckDbInput,
  waived: ReadonlyMap<string, string>,
  touched: TouchedFacts | null = null,
): Promise<SearchedCheck> {
  const stratified = await checkStratified(input);
  if (stratified.undecided !== null || !hasAnswerSets(input.program)) return { ...stratified, clashOf: () => null };
  return checkAnswerSets(input, stratified, touched, waived);
}

/** Carries a bound reached while looking for the facts behind violations, which ends the open transaction, if there is one. */
class SupportUndecided extends Error {
  override readonly name = "SupportUndecided";
  readonly undecided: Undecided;

  constructor(undecided: Undecided) {
    super(undecided.detail);
    this.undecided = undecided;
  }
}

type Support = readonly (readonly Fact[])[];

async function supportOfLaw(
  input: DuckDbInput,
  law: Law,
  rows: readonly Row[],
  clashOf: (law: string, row: Row) => BrokenLaw | null,
): Promise<Support> {
  const [first] = rows;
  if (first === undefined || clashOf(law.id, first) === null) return supportOfRows(input, law.relation, rows);
  const found: (readonly Fact[])[] = [];
  for (const row of rows) {
    const facts = clashOf(law.id, row)?.facts ?? [];
    found.push(await baseFactsOf(input.program, facts, (relation, own) => supportOfRows(input, relation, own)));
  }
  return found;
}

async function supportOfRows(input: DuckDbInput, relation: string, rows: readonly Row[]): Promise<Support> {
  const { undecided, support } = await supportOf(input, relation, rows);
  if (undecided !== null) throw new SupportUndecided(undecided);
  return support.map(({ facts }) => facts);
}

/** Made once for outcomes that many verdicts share: those of a world where nothing is broken. */
const merged = new WeakMap<readonly LawOutcome[], { readonly others: readonly LawOutcome[]; readonly all: readonly LawOutcome[] }>();

/** The outcomes of check 3 and check 5 in the order of the program's laws. */
export function inLawOrder(
  laws: readonly { readonly id: string }[],
  keys: readonly LawOutcome[],
  others: readonly LawOutcome[],
): readonly LawOutcome[] {
  const known = merged.get(keys);
  if (known?.others === others) return known.all;
  const byLaw = new Map([...keys, ...others].map((outcome) => [outcome.law, outcome]));
  const all = laws.flatMap(({ id }) => byLaw.get(id) ?? []);
  merged.set(keys, { others, all });
  return all;
}
