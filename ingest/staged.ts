import type { AssayError, ErrorReport } from "../schema/assay_error.ts";
import type { Place } from "../schema/place.ts";
import type { Row } from "../schema/value.ts";
import type { Quarantined } from "./quarantine.ts";

/**
 * A file made readable as one relation inside a session. It lives as long as the session's temporary tables do, or until `close`;
 * the file must stay where it is, because places (and the rows of a Parquet file) are read from it later.
 */
export interface Staged {
  readonly relation: string;
  /** SQL table expression: the relation's attributes in order, then `_record` BIGINT, the record's number in the file from 1. */
  readonly expression: string;
  /** Rows of `expression`. */
  readonly rows: number;
  /** Records that became no fact. */
  readonly quarantined: number;
  /** Records left out because the mapping says to skip their nulls. */
  readonly skipped: number;
  /** True where the rows are known to be free of duplicates. */
  readonly distinct: boolean;
  /** Remarks for people: columns that no attribute takes, a file without records. */
  readonly notices: readonly ErrorReport[];
  /** Quarantined records in the file's order, at most `limit` from `offset` on. */
  quarantine(offset: number, limit: number): Promise<Quarantined[]>;
  /** The places of records by number, in the order asked: a line for text formats, a row number for the others. */
  placeOf(records: readonly bigint[]): Promise<Place[]>;
  /** The places of rows by value, null for a row that the file does not hold; of duplicates the first. */
  placesOfRows(rows: readonly Row[]): Promise<(Place | null)[]>;
  /**
   * Reads every value of `expression` and gives the error that comes of it, or null. To be asked where SQL over it failed: pages of a
   * Parquet file are read only when a law needs them, so damage inside them shows late.
   */
  damage(): Promise<AssayError | null>;
  /** Drops what the staging made in the session. */
  close(): Promise<void>;
}
