import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import type { DuckDbInput } from "../../logic/engines/duckdb/input.ts";
import type { LawOutcome, Undecided } from "../../schema/verdict.ts";
import { type LawViolations, listLawViolations } from "../law_violations.ts";
import type { Origins } from "../origins.ts";
import { supportOf } from "../support.ts";
import type { ViolationPage } from "../violation_page.ts";

export interface LogicJudgement extends LawViolations {
  readonly undecided: Undecided | null;
}

/**
 * Check 5, logic: every law of the program over the tables that `input` names. Violations go on the page with their supporting facts.
 * Where a bound is reached the judgement is undecided and lists nothing: what was found before it is in the outcomes.
 */
export async function checkLogic(
  input: DuckDbInput,
  waived: ReadonlyMap<string, string>,
  origins: Origins,
  page: ViolationPage,
): Promise<LogicJudgement> {
  const check = await checkLaws(input);
  try {
    if (check.undecided !== null) {
      return { laws: check.laws, refused: false, standing: new Set(), undecided: check.undecided };
    }
    const listed = await listLawViolations({ check, program: input.program, waived, page, support: supportOf(input), origins });
    return { ...listed, undecided: null };
  } finally {
    await check.close();
  }
}

/** The outcomes of several judgements in the order of the program's laws. */
export function inLawOrder(laws: readonly { readonly id: string }[], outcomes: readonly LawOutcome[]): LawOutcome[] {
  return laws.flatMap(({ id }) => outcomes.filter((outcome) => outcome.law === id));
}
