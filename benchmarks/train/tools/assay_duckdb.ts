import { checkLaws } from "../../../logic/engines/duckdb/check_laws.ts";
import { systemClock } from "../../../schema/clock.ts";
import { limitsWith } from "../../../schema/limits.ts";
import { quoteName } from "../../../schema/sql_session.ts";
import { openMemory } from "../../../verify/store/duckdb_session.ts";
import { countsByLaw, trainProgram } from "../program.ts";
import type { TrainTool } from "../tool.ts";
import { changeTables, loadTables } from "./duckdb_tables.ts";

/** Assay's DuckDB engine, which judges from nothing at each check. */
export async function assayDuckDb(): Promise<TrainTool> {
  const program = await trainProgram();
  const session = await openMemory();
  const limits = limitsWith();
  return {
    name: "Assay, DuckDB engine",
    readsFiles: false,
    load: ({ files }) => loadTables(session, files),
    change: (changes) => changeTables(session, changes),
    check: async () => {
      const checked = await checkLaws({ program, limits, session, clock: systemClock, table: quoteName, isDistinct: () => true });
      await checked.close();
      if (checked.undecided !== null) throw new Error(checked.undecided.detail);
      return countsByLaw(new Map(checked.laws.map((law) => [law.law, law.violations])));
    },
    close: async () => session.close(),
  };
}
