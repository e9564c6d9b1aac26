import type { IncrementalEngine } from "../../../logic/engines/incremental/incremental_engine.ts";
import { loadEngine } from "../../../logic/engines/incremental/load_engine.ts";
import { warmUp } from "../../../logic/engines/incremental/warm_up.ts";
import { systemClock } from "../../../schema/clock.ts";
import { limitsWith } from "../../../schema/limits.ts";
import { quoteName } from "../../../schema/sql_session.ts";
import { openMemory } from "../../../verify/store/duckdb_session.ts";
import type { FactChange } from "../change_set.ts";
import { countsByLaw, trainProgram } from "../program.ts";
import type { TrainTool } from "../tool.ts";
import { loadTables } from "./duckdb_tables.ts";

/** What a service gives its engine before it opens; it is part of the first check. */
const WARM_UP_MS = 1_500;

export const OURS = "Assay, incremental";

/** Assay's incremental engine. Its load is DuckDB's; its first check reads the tables, builds the indexes and evaluates all rules. */
export async function assayIncremental(): Promise<TrainTool> {
  const program = await trainProgram();
  const session = await openMemory();
  let engine: IncrementalEngine | null = null;
  return {
    name: OURS,
    readsFiles: false,
    load: ({ files }) => loadTables(session, files),
    change: async (changes) => {
      if (engine === null) throw new Error("not loaded");
      const { undecided } = engine.apply({ assert: changes.assert.map(typed), retract: changes.retract.map(typed) });
      if (undecided !== null) throw new Error(undecided.detail);
      engine.keep();
    },
    check: async () => {
      if (engine === null) {
        const loaded = await loadEngine({ program, limits: limitsWith(), clock: systemClock, session, table: quoteName });
        if (loaded.undecided !== null) throw new Error(loaded.undecided.detail);
        const prepared = loaded.engine.prepare();
        if (prepared.undecided !== null) throw new Error(prepared.undecided.detail);
        engine = loaded.engine;
        warmUp({ engine, clock: systemClock, limit_ms: WARM_UP_MS });
      }
      return countsByLaw(new Map(program.laws.map((law) => [law.id, (engine as IncrementalEngine).count(law.relation)])));
    },
    close: async () => session.close(),
  };
}

function typed({ relation, row }: FactChange): { relation: string; row: bigint[] } {
  return { relation, row: row.map(BigInt) };
}
