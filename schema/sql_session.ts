import type { Value, ValueType } from "./value.ts";

export type SqlValue = string | bigint | number | boolean | null;
export type SqlRow = readonly SqlValue[];

/** One column of a chunk of rows, in DuckDB's own memory: gone once the visitor of the chunk is done. */
export type SqlColumn =
  | { readonly kind: "number"; readonly values: BigInt64Array }
  | { readonly kind: "unsigned"; readonly values: BigUint64Array }
  | { readonly kind: "float"; readonly values: Float64Array }
  | TextColumn;

/** The text of row `at`: UTF-8 from `start` to `end` in `bytes`. */
export type TextVisitor = (bytes: Uint8Array, start: number, end: number, at: number) => void;

/** Takes one chunk of rows. */
export type ChunkVisitor = (columns: readonly SqlColumn[], rows: number) => void | Promise<void>;

export interface TextColumn {
  readonly kind: "symbol";
  /** Visits the texts of all rows, in order. */
  forEach(visit: TextVisitor): void;
}

/**
 * The seam through which `logic` and `ingest` reach DuckDB, which only `verify/store` may import.
 * One session is one connection: statements run one after the other, temporary tables belong to it.
 * BIGINT, UBIGINT and HUGEINT come back as bigint, INTEGER and smaller and DOUBLE as number, VARCHAR as string.
 * Errors: DuckDB's own failures reject with a `SqlError`.
 */
export interface SqlSession {
  run(sql: string, parameters?: readonly SqlValue[]): Promise<void>;
  rows(sql: string, parameters?: readonly SqlValue[]): Promise<SqlRow[]>;
  /**
   * Visits the rows of a query chunk by chunk, each some thousand rows, and waits where `visit` does; what it throws ends the reading and is thrown. The query's
   * columns must have the SQL types of `types` and hold no NULL.
   */
  chunks(sql: string, types: readonly ValueType[], visit: ChunkVisitor): Promise<void>;
  /** Appends typed rows to `table`, column for column; null is SQL's NULL. Returns the count of rows. */
  append(table: SqlTableName, types: readonly ValueType[], rows: Iterable<readonly (Value | null)[]>): Promise<number>;
  /**
   * As `append`, from one array a column, `rows` values each: several times as fast. An integer may be a JavaScript number within 2^53.
   * Texts must be free of NUL characters.
   */
  appendColumns(
    table: SqlTableName,
    types: readonly ValueType[],
    columns: readonly (readonly (Value | null)[])[],
    rows: number,
  ): Promise<void>;
  /** Stops the statement that is running; it rejects with a `SqlError` whose `interrupted` is true. */
  interrupt(): void;
}

/** An unquoted name; `schema` null means the search path. */
export interface SqlTableName {
  readonly catalog: string | null;
  readonly schema: string | null;
  readonly table: string;
}

export class SqlError extends Error {
  override readonly name = "SqlError";
  /** DuckDB's class of failure: `Constraint Error`, `Out of Range Error`, `Out of Memory Error`, `IO Error`, … */
  readonly kind: string;
  readonly interrupted: boolean;
  readonly sql: string;

  constructor(kind: string, message: string, sql: string, interrupted: boolean) {
    super(message);
    this.kind = kind;
    this.sql = sql;
    this.interrupted = interrupted;
  }
}

/** Quotes an identifier for DuckDB. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text literal for DuckDB. The text must not hold NUL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** DuckDB's column type for a value type. */
export const sqlType: Readonly<Record<ValueType, string>> = { symbol: "VARCHAR", number: "BIGINT", unsigned: "UBIGINT", float: "DOUBLE" };
