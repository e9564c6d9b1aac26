import type { IncrementalEngine } from "./incremental_engine.ts";
import type { Table } from "./table.ts";

/** Inserts the visible rows of a table into a base relation of an engine that is loading and has the same pools. Errors: `EngineLimit`. */
export function copyRows(from: Table, engine: IncrementalEngine, relation: string): void {
  if (from.visible === 0) return;
  engine.reserveBase(relation, from.visible);
  if (from.visible === from.top) {
    const chunks = from.columns.map((column) => ({ cells: column.subarray(0, from.top) }));
    engine.insertBase(relation, chunks, from.top);
    return;
  }
  const columns = from.columns.map(() => new Int32Array(from.visible));
  let at = 0;
  for (let row = from.nextVisible(-1); row >= 0; row = from.nextVisible(row)) {
    for (const [position, column] of columns.entries()) column[at] = from.columns[position]?.[row] as number;
    at++;
  }
  engine.insertBase(
    relation,
    columns.map((cells) => ({ cells })),
    at,
  );
}
