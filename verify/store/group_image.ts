import type { Place } from "../../schema/place.ts";
import type { Row } from "../../schema/value.ts";
import type { NewLeaf } from "../ledger/append_leaves.ts";
import type { StoredAttribute } from "./relation_table.ts";

/** A cell of the log's tables. */
export type LogCell = string | number | null;

/** The tables of the log that every judged delta adds rows to; leaves are the ledger's. */
export const logTables = ["entry", "delta", "delta_part", "verdict_text", "violation", "idempotency"] as const;
export type LogTable = (typeof logTables)[number];
export type LogRows = { readonly [table in LogTable]: (readonly LogCell[])[] };

/** A row that came (+1) or went (-1) in one commit. */
export interface RowChange {
  readonly seq: number;
  readonly op: 1 | -1;
  readonly row: Row;
  readonly place: Place | null;
}

/** What commits change in one relation, in their order. */
export interface RelationChanges {
  readonly name: string;
  readonly attributes: readonly StoredAttribute[];
  readonly changes: readonly RowChange[];
}

/** All that a group of judged deltas puts into the tables, as plain rows: what the database will hold once it is written. */
export interface GroupImage {
  readonly rows: LogRows;
  /** Texts of laws that verdicts share, and their hashes. */
  readonly laws: readonly (readonly [hash: string, text: string])[];
  /** Deltas whose rows go first, because those of this group replace them. */
  readonly replaced: readonly string[];
  readonly leaves: readonly NewLeaf[];
  readonly changes: readonly RelationChanges[];
}

export function noRows(): LogRows {
  return { entry: [], delta: [], delta_part: [], verdict_text: [], violation: [], idempotency: [] };
}
