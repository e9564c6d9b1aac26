import type { Row } from "../../../schema/value.ts";
import type { Pools } from "./pools.ts";
import { type Table, TOUCHED, VISIBLE, WANTED } from "./table.ts";
import { cellsOf, findRow } from "./table_rows.ts";

/** Notes in base tables which rows a delta wants there; the tables change when their turn comes. */
export class BaseDelta {
  readonly #pools: Pools;

  constructor(pools: Pools) {
    this.#pools = pools;
  }

  retract(table: Table, row: Row): void {
    const found = findRow(table, row, this.#pools);
    if (found < 0) return;
    this.#touch(table, found);
    table.states[found] = (table.states[found] as number) & ~WANTED;
  }

  /** Errors: `EngineLimit("engine_mb")`. */
  assert(table: Table, row: Row): void {
    const found = table.obtain(...cellsOf(table, row, this.#pools));
    this.#touch(table, found);
    table.states[found] = (table.states[found] as number) | WANTED;
  }

  #touch(table: Table, row: number): void {
    const state = table.states[row] as number;
    if ((state & TOUCHED) !== 0) return;
    table.touch(row);
    if ((state & VISIBLE) !== 0) table.states[row] = (table.states[row] as number) | WANTED;
  }
}
