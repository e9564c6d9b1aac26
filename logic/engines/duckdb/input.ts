import type { Clock } from "../../../schema/clock.ts";
import type { SqlSession } from "../../../schema/sql_session.ts";
import type { EngineInput } from "../engine.ts";
import type { Source } from "./source.ts";

/** The name of the one column of a relation without attributes: a table of one row where it holds, of none where it does not. */
export const NULLARY_COLUMN = "holds";

/**
 * What the DuckDB engine judges: a program over tables of one session.
 * The caller owes: no NULL in any attribute of a base table, finite floats, and no other statement on `session` meanwhile.
 */
export interface DuckDbInput extends EngineInput {
  readonly session: SqlSession;
  readonly clock: Clock;
  /** SQL table expression of a base relation with at least its attributes as columns; a nullary one has any columns. */
  table(relation: string): string;
  /** Whether the rows of `table(relation)`, taken whole, are known to be free of duplicates. */
  isDistinct(relation: string): boolean;
  /** Derived relations that an evaluation of the same program over the same tables has computed, and keeps meanwhile. */
  readonly computed?: ReadonlyMap<string, Source>;
}
