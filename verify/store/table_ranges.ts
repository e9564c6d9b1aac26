import { setImmediate } from "node:timers/promises";
import type { DuckDBConnection, DuckDBMaterializedResult } from "@duckdb/node-api";
import type { ChunkVisitor } from "../../schema/sql_session.ts";
import type { ValueType } from "../../schema/value.ts";
import { columnsOf } from "./chunk_columns.ts";

/** DuckDB keeps rows in groups of so many. */
const GROUP_ROWS = 122_880;
const RANGE_BYTES = 4 * 1024 * 1024;
const VALUE_BYTES = 8;
/** So many chunks are visited before others have a turn, and sockets theirs. */
const CHUNKS_A_TURN = 8;

/** A table to read, and how: `columns` is a list of SQL, the columns' types are `types`, none of them symbol. */
export interface RangedTable {
  readonly table: string;
  readonly columns: string;
  readonly types: readonly ValueType[];
}

/** Runs a statement, and makes a `SqlError` of what DuckDB says. */
export type Guard = <T>(action: () => Promise<T>) => Promise<T>;

/**
 * Visits the rows of a table in their order, within a transaction that the caller has open. A stretch of row ids of at most 4 MiB of values
 * is read at once, and the next while the chunks of one are visited; a chunk then costs no way to another thread and back, which takes
 * longer than to compute it.
 * A checkpoint may pack a table while a transaction reads it: rows then move to lower ids. Stretches read after that are not visited.
 * Returns how many rows were, and whether these are all. Errors: those of `guard`, and what `visit` throws.
 */
export async function visitRanges(
  connection: DuckDBConnection,
  { table, columns, types }: RangedTable,
  guard: Guard,
  visit: ChunkVisitor,
): Promise<{ readonly visited: number; readonly isAll: boolean }> {
  const bounds = await guard(() => connection.runAndReadAll(`SELECT coalesce(max(rowid) + 1, 0) FROM ${table}`));
  const end = Number(bounds.getRows()[0]?.[0]);
  const size = Math.min(GROUP_ROWS, Math.max(1, Math.floor(RANGE_BYTES / (VALUE_BYTES * types.length))));
  const range = await guard(() => connection.prepare(`SELECT ${columns} FROM ${table} WHERE rowid >= ?::BIGINT AND rowid < ?::BIGINT`));
  const last = await guard(() => connection.prepare(`SELECT 1 FROM ${table} WHERE rowid = ${end - 1}`));
  const read = async (from: number): Promise<DuckDBMaterializedResult | null> => {
    range.bindBigInt(1, BigInt(from));
    range.bindBigInt(2, BigInt(from + size));
    const found = await guard(() => range.run());
    // Where the last row is where it was, none has moved.
    return (await guard(() => last.run())).rowCount === 1 ? found : null;
  };
  let visited = 0;
  let next: Promise<DuckDBMaterializedResult | null> | null = null;
  try {
    for (let from = 0; from < end; from += size) {
      const found: DuckDBMaterializedResult | null = await (next ?? read(from));
      if (found === null) return { visited, isAll: false };
      next = from + size < end ? read(from + size) : null;
      // A failure is met when the range is asked for.
      next?.catch(() => undefined);
      visited += await visitRange(found, types, visit);
    }
  } finally {
    await next?.catch(() => undefined);
    range.destroySync();
    last.destroySync();
  }
  return { visited, isAll: true };
}

async function visitRange(range: DuckDBMaterializedResult, types: readonly ValueType[], visit: ChunkVisitor): Promise<number> {
  const { chunkCount } = range;
  for (let at = 0; at < chunkCount; at += 1) {
    const chunk = range.getChunk(at);
    const rows = chunk.rowCount;
    const visited = visit(columnsOf(chunk, types, rows), rows);
    if (visited !== undefined) await visited;
    else if (at % CHUNKS_A_TURN === CHUNKS_A_TURN - 1) await setImmediate();
  }
  return range.rowCount;
}
