import type { DuckDbInput } from "../../logic/engines/duckdb/input.ts";
import { checkLawsBySouffle, type SouffleInput } from "../../logic/engines/souffle/check_laws.ts";
import { supportOf } from "../../logic/explain/support.ts";
import type { Law } from "../../logic/language/ir.ts";
import type { Fact } from "../../schema/fact.ts";
import type { Row } from "../../schema/value.ts";
import { listLawViolations } from "../law_violations.ts";
import type { Origins } from "../origins.ts";
import type { ViolationPage } from "../violation_page.ts";
import type { LogicJudgement } from "./logic.ts";

/**
 * Check 5 by Soufflé over the tables that `input` names. Which facts are behind a violation DuckDB finds, in the same tables; where
 * it reaches a bound at that, the violation is listed without them. Errors: `souffle.*`, `SqlError`.
 */
export async function checkLogicBySouffle(
  input: DuckDbInput & Pick<SouffleInput, "souffle">,
  origins: Origins,
  page: ViolationPage,
): Promise<LogicJudgement> {
  const check = await checkLawsBySouffle(input);
  if (check.undecided !== null) return { laws: check.laws, refused: false, standing: new Set(), undecided: check.undecided };
  const support = async (law: Law, rows: readonly Row[]): Promise<readonly (readonly Fact[])[]> => {
    const found = await supportOf(input, law.relation, rows);
    return found.undecided === null ? found.support.map(({ facts }) => facts) : rows.map(() => []);
  };
  const listed = await listLawViolations({ check, program: input.program, waived: new Map(), page, support, origins });
  return { ...listed, undecided: null };
}
