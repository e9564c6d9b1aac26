import type { Limits } from "../../schema/limits.ts";
import type { Relation } from "../../schema/relation.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { BoundAttribute } from "../columns.ts";
import type { KnownFile } from "../file_format.ts";
import type { RawTable } from "../raw_table.ts";

/** What every reader gets. */
export interface ReadRequest {
  readonly session: SqlSession;
  readonly relation: Relation;
  readonly bound: readonly BoundAttribute[];
  readonly file: KnownFile;
  readonly limits: Limits;
  /** Of CSV and TSV: one ASCII character. */
  readonly delimiter: string;
  /** Called with the count of records read so far, now and then. */
  readonly onProgress: (rows: number) => void;
}

export interface ReadResult {
  readonly raw: RawTable;
  /** Columns of the file that no attribute takes. */
  readonly unused: readonly string[];
}

/** The columns that the bound attributes take, each once. */
export function wantedColumns(bound: readonly BoundAttribute[]): string[] {
  return [...new Set(bound.flatMap(({ column }) => (column === null ? [] : [column])))];
}
