import type { Clock } from "../../../schema/clock.ts";
import type { Row } from "../../../schema/value.ts";
import { tableOf } from "./explain/engine_tables.ts";
import type { FactChange, IncrementalEngine } from "./incremental_engine.ts";
import type { Table } from "./table.ts";
import { rowOf } from "./table_rows.ts";

export interface WarmUpInput {
  /** Evaluated, with no delta open. */
  readonly engine: IncrementalEngine;
  readonly clock: Clock;
  /** When no further delta is begun. */
  readonly limit_ms: number;
}

/** Facts that a rehearsed delta takes out, and as many that it brings. */
const DELTA_FACTS = 4;
/** Rows between those of one delta and the next: a prime, so that all parts of a table have their turn. */
const STRIDE = 7919;

/**
 * Applies deltas made of the facts present, and rolls each back: the functions that deltas run are then compiled to machine code by
 * the time the first one that counts arrives, which would otherwise take some thousands. Facts and everything derived are as
 * before. Gives how many deltas were rehearsed; those that pass a bound are rehearsed as well.
 */
export function warmUp({ engine, clock, limit_ms }: WarmUpInput): number {
  const relations = [...engine.reached].filter((relation) => engine.count(relation) > 0);
  const end = clock.micros() + limit_ms * 1000;
  engine.prepare();
  let deltas = 0;
  while (relations.length > 0 && clock.micros() < end) {
    const relation = relations[deltas % relations.length] as string;
    const round = Math.floor(deltas / relations.length);
    engine.apply(rehearsal(engine, relation, round));
    engine.rollback();
    deltas++;
  }
  return deltas;
}

/** Takes some facts out and brings ones that differ from them in a single column, whose value another fact has there. */
function rehearsal(engine: IncrementalEngine, relation: string, round: number): { assert: FactChange[]; retract: FactChange[] } {
  const table = tableOf(engine.tables, relation);
  const rows = Array.from({ length: DELTA_FACTS + 1 }, (_, at) => {
    return rowOf(table, visibleFrom(table, ((round * (DELTA_FACTS + 1) + at) * STRIDE) % table.top), engine.pools);
  });
  const retract = rows.slice(1).map((row): FactChange => ({ relation, row }));
  const column = round % Math.max(1, table.types.length);
  const assert = rows.slice(1).map((row, at): FactChange => ({ relation, row: crossed(row, rows[at] as Row, column) }));
  return { assert, retract };
}

function crossed(row: Row, other: Row, column: number): Row {
  return row.map((value, position) => (position === column ? (other[position] ?? value) : value));
}

/** The first visible row at or after `row`, or the first of all. The table has one. */
function visibleFrom(table: Table, row: number): number {
  const next = table.nextVisible(row - 1);
  return next >= 0 ? next : table.nextVisible(-1);
}
