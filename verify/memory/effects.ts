import { rowText } from "../../schema/delta_id.ts";
import type { Place } from "../../schema/place.ts";
import type { Row } from "../../schema/value.ts";
import type { TypedRows } from "../checks/types.ts";
import type { PreparedDelta } from "../prepared_delta.ts";
import type { EffectiveChange, RowsInMemory } from "../store/speculation.ts";

/** Changes of facts whose rows are at hand. */
export type MemoryChange = EffectiveChange & { readonly source: RowsInMemory };

/** What a delta would do to the facts that are there. */
export interface Effects {
  /** Rows to retract that are there, then rows to assert that are not, each once with the least of its places. */
  readonly changes: readonly MemoryChange[];
  /** Indexes of the rows to retract that are not there. */
  readonly absent: ReadonlyMap<TypedRows, readonly number[]>;
}

/**
 * The effects of a delta's well-typed rows, `has` telling which rows are facts now. A row on both sides, which check 4 refuses, counts as
 * asserted alone.
 */
export function effectsOn(has: (relation: string, row: Row) => boolean, delta: PreparedDelta): Effects {
  const changes: MemoryChange[] = [];
  const absent = new Map<TypedRows, readonly number[]>();
  for (const rows of delta.typed) {
    if (rows.side !== "retract" || rows.rows.length === 0) continue;
    const missing = rows.rows.flatMap(({ row }, index) => (has(rows.relation.name, row) ? [] : [index]));
    absent.set(rows, missing);
    const asserted = delta.typed.find(({ side, relation }) => side === "assert" && relation === rows.relation);
    const change = changeOf(rows, new Set(asserted?.rows.map(({ row }) => rowText(row))), (row) => has(rows.relation.name, row));
    if (change.rows > 0) changes.push(change);
  }
  for (const rows of delta.typed) {
    if (rows.side !== "assert" || rows.rows.length === 0) continue;
    const change = changeOf(rows, NONE, (row) => !has(rows.relation.name, row));
    if (change.rows > 0) changes.push(change);
  }
  return { changes, absent };
}

const NONE: ReadonlySet<string> = new Set();

function changeOf({ side, relation, rows }: TypedRows, without: ReadonlySet<string>, isEffective: (row: Row) => boolean): MemoryChange {
  const kept: Row[] = [];
  const places: (Place | null)[] = [];
  const seen = new Map<string, number>();
  const mayRepeat = rows.length > 1 || without.size > 0;
  for (const { row, place } of rows) {
    if (!isEffective(row)) continue;
    if (mayRepeat) {
      const text = rowText(row);
      if (without.has(text)) continue;
      const at = seen.get(text);
      if (at !== undefined) {
        places[at] = leastPlace(places[at] ?? null, place);
        continue;
      }
      seen.set(text, kept.length);
    }
    kept.push(row);
    places.push(place);
  }
  return { relation, op: side === "assert" ? 1 : -1, rows: kept.length, source: { kind: "memory", rows: kept, places } };
}

function leastPlace(a: Place | null, b: Place | null): Place | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}
