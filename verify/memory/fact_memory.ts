import type { IncrementalEngine } from "../../logic/engines/incremental/incremental_engine.ts";
import { loadEngine } from "../../logic/engines/incremental/load_engine.ts";
import { renewEngine } from "../../logic/engines/incremental/renew_engine.ts";
import type { IrProgram } from "../../logic/language/ir.ts";
import type { Clock } from "../../schema/clock.ts";
import type { Limits } from "../../schema/limits.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { Undecided } from "../../schema/verdict.ts";
import { countFacts, factTable } from "../store/relation_table.ts";

export interface MemoryInput {
  /** Reads the tables of facts as of the last commit. */
  readonly session: SqlSession;
  readonly program: IrProgram;
  readonly limits: Limits;
  readonly clock: Clock;
}

/** The facts that laws reach and what follows from them, in memory, as of the last commit or of the group under judgement. */
export interface FactMemory {
  readonly program: IrProgram;
  /** Null where the facts do not fit the engine's bounds; `unloadable` says which. */
  readonly engine: IncrementalEngine | null;
  readonly unloadable: Undecided | null;
  /** Facts in all base relations, loaded or not. Trials that are accepted change it. */
  facts: number;
}

/** Loads the engine. Errors: `SqlError`. */
export async function loadMemory(input: MemoryInput): Promise<FactMemory> {
  const { session, program, limits, clock } = input;
  const facts = await countFacts(session, program);
  const { engine, undecided } = await loadEngine({ program, limits, clock, session, table: factTable });
  return { program, engine: undecided === null ? engine : null, unloadable: undecided, facts };
}

/**
 * As `loadMemory`, for a program that follows another: facts that its engine holds, which must be those of the last commit, are taken over
 * instead of being read again. `from` is let go. Errors: `SqlError`.
 */
export async function renewMemory(input: MemoryInput, from: IncrementalEngine): Promise<FactMemory> {
  const { session, program, limits, clock } = input;
  // What the engines share is bounded as it was for the first of them.
  if (from.tables.limits.engine_mb !== limits.engine_mb) return loadMemory(input);
  const { engine, undecided } = await renewEngine({ program, limits, clock, session, table: factTable, from });
  from.release();
  if (undecided === null) return { program, engine, unloadable: null, facts: await countFacts(session, program) };
  // The bound may have been that on the two engines together.
  engine.release();
  return loadMemory(input);
}
