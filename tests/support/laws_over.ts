import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Row } from "../../schema/value.ts";
import type { DuckDbSession } from "../../verify/store/duckdb_session.ts";
import { type Facts, inputOver } from "./duckdb_facts.ts";

/** The violations of every law of a program by relation name, or the code of the undecided answer. */
export async function violationsOf(
  session: DuckDbSession,
  program: IrProgram,
  facts: Facts,
  limits: Partial<Limits> = {},
): Promise<Record<string, Row[]> | string> {
  const check = await checkLaws(await inputOver(session, program, facts, limits));
  try {
    if (check.undecided !== null) return check.undecided.code;
    const found: Record<string, Row[]> = {};
    for (const law of program.laws) found[law.relation] = await check.witnesses(law.id, 0, 10_000);
    return found;
  } finally {
    await check.close();
  }
}
