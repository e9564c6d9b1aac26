import type { SqlSession } from "../../../schema/sql_session.ts";
import type { ValueType } from "../../../schema/value.ts";
import { type ColumnChunk, encodeColumn } from "./encode_column.ts";
import type { Pools } from "./pools.ts";

/** Rows handed on at once: enough that handing on costs nothing, and a few megabytes. */
const BATCH_ROWS = 262_144;

/**
 * Reads a query as cells, in batches. `take` must have used the columns when it returns: they are written again.
 * Errors: `SqlError`; what `take` and the pools throw.
 */
export async function readColumns(
  session: SqlSession,
  pools: Pools,
  sql: string,
  types: readonly ValueType[],
  take: (columns: readonly ColumnChunk[], rows: number) => void,
): Promise<void> {
  const columns = types.map(() => new Int32Array(BATCH_ROWS));
  let filled = 0;
  const flush = (): void => {
    if (filled === 0) return;
    take(
      columns.map((cells) => ({ cells: cells.subarray(0, filled) })),
      filled,
    );
    filled = 0;
  };
  await session.chunks(sql, types, (chunk, rows) => {
    if (filled + rows > BATCH_ROWS) flush();
    if (rows > BATCH_ROWS) throw new Error(`a chunk of ${rows} rows`);
    for (const [position, column] of chunk.entries()) {
      encodeColumn(pools, column, (columns[position] as Int32Array).subarray(filled, filled + rows));
    }
    filled += rows;
  });
  flush();
}
