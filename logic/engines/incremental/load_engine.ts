import { quoteName, type SqlSession } from "../../../schema/sql_session.ts";
import type { Undecided } from "../../../schema/verdict.ts";
import { EngineLimit } from "../duckdb/engine_limit.ts";
import { IncrementalEngine, type IncrementalInput } from "./incremental_engine.ts";
import { limitUndecided } from "./operators/undecided.ts";
import { readColumns } from "./read_columns.ts";

/** A program and where its facts are: `table` gives the SQL table expression of a base relation, with its attributes as columns. */
export interface LoadInput extends IncrementalInput {
  readonly session: SqlSession;
  table(relation: string): string;
}

/** An engine over the facts; not to be used where `undecided` is not null. */
export interface LoadedEngine {
  readonly engine: IncrementalEngine;
  readonly undecided: Undecided | null;
}

/**
 * Makes an engine for a program and fills it from DuckDB: only the base relations that laws or watched relations reach are read. Then
 * evaluates everything once. Facts that repeat count once. The caller owes a session whose tables do not change meanwhile, and no NULL in
 * an attribute.
 * Errors: `SqlError`. Bounds passed are the `undecided` of the answer.
 */
export async function loadEngine(input: LoadInput): Promise<LoadedEngine> {
  const engine = IncrementalEngine.create(input);
  const deadline = input.clock.micros() + input.limits.verdict_ms * 1000;
  for (const relation of engine.reached) {
    try {
      await loadRelation(engine, input, relation, deadline);
    } catch (error) {
      if (!(error instanceof EngineLimit)) throw error;
      return { engine, undecided: limitUndecided(error.limit, relation, input.limits) };
    }
  }
  return { engine, undecided: engine.evaluate().undecided };
}

async function loadRelation(engine: IncrementalEngine, input: LoadInput, name: string, deadline: number): Promise<void> {
  const { session, clock, program } = input;
  const relation = program.relations.get(name);
  if (relation === undefined) throw new Error(`unknown relation ${name}`);
  const table = input.table(name);
  const [[counted = 0n] = []] = await session.rows(`SELECT count(*) FROM ${table}`);
  const rows = Number(counted);
  if (rows === 0) return;
  if (relation.attributes.length === 0) return engine.insertBase(name, [], 1);
  engine.reserveBase(name, rows);
  const columns = relation.attributes.map((attribute) => quoteName(attribute.name)).join(", ");
  const types = relation.attributes.map((attribute) => attribute.type);
  await readColumns(session, engine.pools, `SELECT ${columns} FROM ${table}`, types, (chunk, chunkRows) => {
    if (clock.micros() >= deadline) throw new EngineLimit("verdict_ms");
    engine.insertBase(name, chunk, chunkRows);
  });
}
