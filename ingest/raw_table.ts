import type { Place } from "../schema/place.ts";
import type { SqlSession } from "../schema/sql_session.ts";

/**
 * What a column's values are before they are typed. `integer` fits 64 bits signed, `wide` may not; `label` is a text that stands for
 * a boolean or a time and can only be a symbol; `other` (binary, nested, intervals) can be nothing.
 */
export type ColumnKind = "text" | "integer" | "wide" | "decimal" | "float" | "label" | "other";

export interface RawColumn {
  /** The column's name in the file. */
  readonly name: string;
  /** The column's type in the file, for messages. */
  readonly declared: string;
  readonly kind: ColumnKind;
  /** The SQL of the value within `expression`. */
  readonly sql: string;
  /** Whether `sql` is the stored column itself, so that reading it again costs nothing more. */
  readonly bare: boolean;
}

/** A file as a reader left it: readable by SQL, not yet typed by the relation's attributes. */
export interface RawTable {
  readonly expression: string;
  readonly columns: readonly RawColumn[];
  /** SQL of the record's number, or null where the order of rows is all there is. */
  readonly record: string | null;
  /** Whether `expression` may be read many times: a temporary table or a columnar file. */
  readonly stored: boolean;
  /** A table of the records that the reader gave up: `_record`, `_code`, `_reason`, `_text`; null where there can be none. */
  readonly faults: string | null;
  placeOf(records: readonly bigint[]): Promise<Place[]>;
  drop(): Promise<void>;
}

let tables = 0;

/** A name for a temporary table that no other staging of this process uses. */
export function temporaryName(what: string): string {
  tables += 1;
  return `_staged_${what}_${tables}`;
}

/** Drops a temporary table. */
export async function dropTemporary(session: SqlSession, table: string): Promise<void> {
  await session.run(`DROP TABLE IF EXISTS temp."${table}"`);
}
