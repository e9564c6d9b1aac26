import type { Relation } from "../../../schema/relation.ts";
import type { Undecided } from "../../../schema/verdict.ts";
import { EngineLimit } from "../duckdb/engine_limit.ts";
import { copyRows } from "./copy_rows.ts";
import { IncrementalEngine } from "./incremental_engine.ts";
import { FactLoader, type LoadedEngine, type LoadInput } from "./load_engine.ts";
import { limitUndecided } from "./operators/undecided.ts";

/** As `LoadInput`, with the engine whose facts are taken over; its pools go on, so `pools` is not to be given. */
export interface RenewInput extends Omit<LoadInput, "pools"> {
  readonly from: IncrementalEngine;
}

/**
 * Makes an engine for another program over the facts of one that is running, without a restart: base relations that it holds in the
 * same form are copied cell by cell, others are read from DuckDB. `from` stays as it is and in use; it must have no open delta. Once the
 * new engine takes its place the caller releases the old one, otherwise the new one.
 * Errors: `SqlError`. Bounds passed are the `undecided` of the answer.
 */
export async function renewEngine(input: RenewInput): Promise<LoadedEngine> {
  const { from, program, limits } = input;
  const engine = IncrementalEngine.create({ ...input, pools: from.pools });
  const loader = new FactLoader(input);
  for (const name of engine.reached) {
    const held = from.tables.table(name);
    const isSame = sameForm(from.tables.program.relations.get(name), program.relations.get(name));
    const undecided = held !== null && isSame ? bounded(() => copyRows(held, engine, name)) : await loader.load(engine, name);
    if (undecided !== null) return { engine, undecided };
  }
  return { engine, undecided: engine.evaluate().undecided };

  function bounded(work: () => void): Undecided | null {
    try {
      work();
      return null;
    } catch (error) {
      if (!(error instanceof EngineLimit)) throw error;
      return limitUndecided(error.limit, null, limits);
    }
  }
}

/** Whether rows of one are rows of the other. */
function sameForm(a: Relation | undefined, b: Relation | undefined): boolean {
  const form = (relation: Relation | undefined): string =>
    JSON.stringify([relation?.role, relation?.attributes.map(({ name, type }) => [name, type])]);
  return form(a) === form(b);
}
