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
  const loader = new FactLoader(input);
  for (const relation of engine.reached) {
    const undecided = await loader.load(engine, relation);
    if (undecided !== null) return { engine, undecided };
  }
  return { engine, undecided: engine.evaluate().undecided };
}

export type FactSource = Pick<LoadInput, "session" | "table" | "program" | "limits" | "clock">;

/** Reads base relations into engines, all of them within `verdict_ms`. */
export class FactLoader {
  readonly #source: FactSource;
  readonly #deadline: number;

  constructor(source: FactSource) {
    this.#source = source;
    this.#deadline = source.clock.micros() + source.limits.verdict_ms * 1000;
  }

  /** Fills one relation of an engine that is loading. Gives the bound that was passed, or null. Errors: `SqlError`. */
  async load(engine: IncrementalEngine, name: string): Promise<Undecided | null> {
    try {
      await this.#read(engine, name);
      return null;
    } catch (error) {
      if (!(error instanceof EngineLimit)) throw error;
      return limitUndecided(error.limit, name, this.#source.limits);
    }
  }

  async #read(engine: IncrementalEngine, name: string): Promise<void> {
    const { session, clock, program } = this.#source;
    const relation = program.relations.get(name);
    if (relation === undefined) throw new Error(`unknown relation ${name}`);
    const table = this.#source.table(name);
    const [[counted = 0n] = []] = await session.rows(`SELECT count(*) FROM ${table}`);
    const rows = Number(counted);
    if (rows === 0) return;
    if (relation.attributes.length === 0) return engine.insertBase(name, [], 1);
    engine.reserveBase(name, rows);
    const columns = relation.attributes.map((attribute) => quoteName(attribute.name)).join(", ");
    const types = relation.attributes.map((attribute) => attribute.type);
    await readColumns(session, engine.pools, `SELECT ${columns} FROM ${table}`, types, (chunk, chunkRows) => {
      if (clock.micros() >= this.#deadline) throw new EngineLimit("verdict_ms");
      engine.insertBase(name, chunk, chunkRows);
    });
  }
}
