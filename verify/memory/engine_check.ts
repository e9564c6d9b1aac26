import type { LawCheck } from "../../logic/engines/engine.ts";
import type { IncrementalEngine } from "../../logic/engines/incremental/incremental_engine.ts";
import type { IrProgram, Law } from "../../logic/language/ir.ts";
import type { Row } from "../../schema/value.ts";
import type { LawOutcome } from "../../schema/verdict.ts";
import type { LogicJudgement } from "../checks/logic.ts";
import { listLawViolations } from "../law_violations.ts";
import type { Origins } from "../origins.ts";
import type { ViolationPage } from "../violation_page.ts";

const clean = new WeakMap<readonly Law[], readonly LawOutcome[]>();

/** The outcomes of laws that nothing breaks: the same list each time for the same list of laws. */
export function cleanOutcomes(laws: readonly Law[]): readonly LawOutcome[] {
  let outcomes = clean.get(laws);
  if (outcomes === undefined) {
    outcomes = laws.map(({ id, severity }) => ({ law: id, severity, violations: 0, waived: 0, micros: 0 }));
    clean.set(laws, outcomes);
  }
  return outcomes;
}

/** The laws' outcomes in the engine's present state. An engine that keeps all laws up to date at once has no time for each of them. */
export function outcomesOf(engine: IncrementalEngine, laws: readonly Law[]): readonly LawOutcome[] {
  if (laws.every(({ relation }) => engine.count(relation) === 0)) return cleanOutcomes(laws);
  return laws.map(({ id, severity, relation }) => ({ law: id, severity, violations: engine.count(relation), waived: 0, micros: 0 }));
}

export interface EngineJudgement {
  readonly program: IrProgram;
  /** The laws to judge, of the program's. */
  readonly laws: readonly Law[];
  readonly waived: ReadonlyMap<string, string>;
  readonly origins: Origins;
  readonly page: ViolationPage;
}

/** Judges laws by the engine's present state. Violations go on the page with their supporting facts. */
export async function judgeLaws(engine: IncrementalEngine, input: EngineJudgement): Promise<LogicJudgement> {
  const { program, laws, waived, origins, page } = input;
  const outcomes = outcomesOf(engine, laws);
  if (outcomes === cleanOutcomes(laws)) return { laws: outcomes, refused: false, standing: NONE, undecided: null };
  const support = async (law: Law, rows: readonly Row[]) => rows.map((row) => engine.support(law.relation, row));
  const listed = await listLawViolations({ check: checkOf(engine, laws, outcomes), program, waived, page, support, origins });
  return { ...listed, undecided: null };
}

const NONE: ReadonlySet<string> = new Set();

function checkOf(engine: IncrementalEngine, laws: readonly Law[], outcomes: readonly LawOutcome[]): LawCheck {
  const relations = new Map(laws.map(({ id, relation }) => [id, relation]));
  return {
    undecided: null,
    laws: outcomes,
    witnesses: async (law, offset, limit) => engine.rows(relations.get(law) ?? "", offset, limit),
    close: async () => undefined,
  };
}
