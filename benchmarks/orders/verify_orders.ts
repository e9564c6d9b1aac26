import { stageFile } from "../../ingest/stage_file.ts";
import { checkLaws } from "../../logic/engines/duckdb/check_laws.ts";
import { compileTheories, findTheory } from "../../logic/theory.ts";
import { systemClock } from "../../schema/clock.ts";
import { limitsWith } from "../../schema/limits.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { OrderFiles } from "./generate.ts";

const THEORY = new URL("./theory", import.meta.url).pathname;

/**
 * Verifies the files as `assay verify` does: reads and compiles the theory, stages the Parquet files, judges every law, keeps the
 * violating rows. Returns the count of violations by law. Throws where the verdict is undecided.
 */
export async function verifyOrders(session: SqlSession, files: OrderFiles): Promise<Map<string, number>> {
  const { program } = compileTheories([await findTheory(THEORY)]);
  if (program === null) throw new Error("the theory of the benchmark does not compile");
  const limits = limitsWith();
  const staged = new Map<string, string>();
  for (const [name, file] of Object.entries(files)) {
    const relation = program.relations.get(name);
    if (relation === undefined) throw new Error(`no relation ${name}`);
    staged.set(name, (await stageFile(session, relation, file, { limits })).expression);
  }
  const table = (name: string) => staged.get(name) ?? "";
  const check = await checkLaws({ program, limits, session, clock: systemClock, table, isDistinct: () => false });
  if (check.undecided !== null) throw new Error(check.undecided.code);
  if (process.env["BENCH_LAWS"]) for (const law of check.laws) process.stdout.write(`    ${law.law} ${law.violations} ${law.micros} us\n`);
  const counts = new Map(check.laws.map((law) => [law.law, law.violations]));
  await check.close();
  return counts;
}
