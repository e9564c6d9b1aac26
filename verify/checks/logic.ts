import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import type { DuckDbInput } from "../../logic/engines/duckdb/input.ts";
import { supportOf } from "../../logic/explain/support.ts";
import type { Law } from "../../logic/language/ir.ts";
import type { Fact } from "../../schema/fact.ts";
import type { Row } from "../../schema/value.ts";
import type { LawOutcome, Undecided } from "../../schema/verdict.ts";
import { type LawViolations, listLawViolations } from "../law_violations.ts";
import type { Origins } from "../origins.ts";
import type { ViolationPage } from "../violation_page.ts";

export interface LogicJudgement extends LawViolations {
  readonly undecided: Undecided | null;
}

/**
 * Check 5, logic: every law of the program over the tables that `input` names. Violations go on the page with their supporting facts.
 * Where a bound is reached the judgement is undecided: what was found before it is in the outcomes.
 */
export async function checkLogic(
  input: DuckDbInput,
  waived: ReadonlyMap<string, string>,
  origins: Origins,
  page: ViolationPage,
): Promise<LogicJudgement> {
  const check = await checkLaws(input);
  const undecided = (by: Undecided): LogicJudgement => ({ laws: check.laws, refused: false, standing: new Set(), undecided: by });
  try {
    if (check.undecided !== null) return undecided(check.undecided);
    const support = (law: Law, rows: readonly Row[]) => supportOfLaw(input, law, rows);
    const listed = await listLawViolations({ check, program: input.program, waived, page, support, origins });
    return { ...listed, undecided: null };
  } catch (cause) {
    if (cause instanceof SupportUndecided) return undecided(cause.undecided);
    throw cause;
  } finally {
    await check.close();
  }
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

async function supportOfLaw(input: DuckDbInput, law: Law, rows: readonly Row[]): Promise<readonly (readonly Fact[])[]> {
  const { undecided, support } = await supportOf(input, law.relation, rows);
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
