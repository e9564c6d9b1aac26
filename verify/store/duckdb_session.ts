import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBBlobValue, type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, type DuckDBValue, StatementType } from "@duckdb/node-api";
import duckdb from "@duckdb/node-bindings";
import {
  type ChunkVisitor,
  SqlError,
  type SqlRow,
  type SqlSession,
  type SqlTableName,
  type SqlValue,
  sqlType,
} from "../../schema/sql_session.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import { columnsOf, columnType } from "./chunk_columns.ts";
import { writeColumn } from "./column_writer.ts";
import { type RangedTable, visitRanges } from "./table_ranges.ts";

const APPEND_CHUNK_ROWS = 2048;

/** What a SELECT gave. */
export interface SqlAnswer {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
}

/** One DuckDB connection behind the seam that `logic` and `ingest` use. Made by `openMemory` or by the fact store. */
export class DuckDbSession implements SqlSession {
  readonly #connection: DuckDBConnection;
  #before: (() => Promise<void>) | null = null;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  /** Has `action` done before every statement, but those of `action` itself and of `straight`. For a session with one user at a time. */
  beforeEach(action: () => Promise<void>): void {
    this.#before = action;
  }

  /** Runs statements without what `beforeEach` asks for. */
  async straight<T>(statements: () => Promise<T>): Promise<T> {
    const before = this.#before;
    this.#before = null;
    try {
      return await statements();
    } finally {
      this.#before = before;
    }
  }

  /** Bytes are a BLOB. */
  async run(sql: string, parameters: readonly (SqlValue | Uint8Array)[] = []): Promise<void> {
    await this.#guard(sql, () => this.#connection.run(sql, toDuckDb(parameters)));
  }

  async rows(sql: string, parameters: readonly SqlValue[] = []): Promise<SqlRow[]> {
    const reader = await this.#guard(sql, () => this.#connection.runAndReadAll(sql, toDuckDb(parameters)));
    return reader.getRows() as unknown as SqlRow[];
  }

  async chunks(sql: string, types: readonly ValueType[], visit: ChunkVisitor): Promise<void> {
    const result = await this.#guard(sql, () => this.#connection.stream(withEndMark(sql, types)));
    const fetch = (): Promise<DuckDBDataChunk | null> => this.#guard(sql, () => result.fetchChunk());
    let next = fetch();
    for (let chunk = await next; chunk !== null && chunk.rowCount > 0; chunk = await next) {
      const isLast = chunk.getColumnVector(types.length).getItem(chunk.rowCount - 1) === true;
      const rows = chunk.rowCount - (isLast ? 1 : 0);
      // DuckDB computes the next chunk while this one is read.
      if (!isLast) next = fetch();
      try {
        const visited = rows > 0 ? visit(columnsOf(chunk, types, rows), rows) : undefined;
        if (visited !== undefined) await visited;
      } catch (error) {
        this.#connection.interrupt();
        await next.catch(() => null);
        await exhaust(fetch);
        throw error;
      }
      if (isLast) return exhaust(fetch);
    }
    throw new SqlError("Error", "the rows of a query broke off", sql, false);
  }

  /** As `chunks`, for all rows of a table of numbers, several times as fast. The caller has a transaction open. */
  async tableChunks(source: RangedTable, visit: ChunkVisitor): Promise<void> {
    const { table, columns, types } = source;
    const { visited, isAll } = await visitRanges(this.#connection, source, (action) => this.#guard(table, action), visit);
    if (!isAll) await this.chunks(`SELECT ${columns} FROM ${table} OFFSET ${visited}`, types, visit);
  }

  async append(table: SqlTableName, types: readonly ValueType[], rows: Iterable<readonly (Value | null)[]>): Promise<number> {
    return this.#guard(`append to ${tableText(table)}`, async () => {
      const appender = await this.#connection.createAppender(table.table, table.schema, table.catalog);
      let appended = 0;
      try {
        for (const batch of batches(rows, APPEND_CHUNK_ROWS)) {
          const chunk = DuckDBDataChunk.create(types.map((type) => columnType[type]));
          chunk.setRows(batch as DuckDBValue[][]);
          appender.appendDataChunk(chunk);
          appended += batch.length;
        }
      } finally {
        appender.closeSync();
      }
      return appended;
    });
  }

  async appendColumns(
    table: SqlTableName,
    types: readonly ValueType[],
    columns: readonly (readonly (Value | null)[])[],
    rows: number,
  ): Promise<void> {
    await this.#guard(`append to ${tableText(table)}`, async () => {
      const appender = await this.#connection.createAppender(table.table, table.schema, table.catalog);
      try {
        for (let from = 0; from < rows; from += APPEND_CHUNK_ROWS) {
          const count = Math.min(APPEND_CHUNK_ROWS, rows - from);
          const chunk = DuckDBDataChunk.create(
            types.map((type) => columnType[type]),
            count,
          );
          for (const [position, type] of types.entries()) {
            writeColumn(duckdb.data_chunk_get_vector(chunk.chunk, position), type, columns[position] ?? [], from, count);
          }
          appender.appendDataChunk(chunk);
        }
      } finally {
        appender.closeSync();
      }
    });
  }

  /** Refuses, as a `SqlError` of the kind `Statement`, what is not exactly one statement that only reads. */
  async checkOneSelect(sql: string): Promise<void> {
    if (/^[\s;]*$/.test(sql)) throw new SqlError("Statement", "there is no statement", sql, false);
    const extracted = await this.#guard(sql, () => this.#connection.extractStatements(sql));
    if (extracted.count !== 1) throw new SqlError("Statement", `there are ${extracted.count} statements where one is wanted`, sql, false);
    const prepared = await this.#guard(sql, () => extracted.prepare(0));
    const type = prepared.statementType;
    prepared.destroySync();
    if (type !== StatementType.SELECT) throw new SqlError("Statement", `a ${StatementType[type]} statement is no SELECT`, sql, false);
  }

  /** Runs a SELECT and reads its first `rows` rows, values without a JavaScript form of their own as text. */
  async answer(sql: string, rows: number): Promise<SqlAnswer> {
    return this.#guard(sql, async () => {
      const reader = await this.#connection.streamAndReadUntil(sql, rows);
      const found = reader.getRows().slice(0, rows);
      if (!reader.done) {
        this.#connection.interrupt();
        await reader.readAll().catch(() => undefined);
      }
      return {
        columns: reader.columnNames(),
        types: reader.columnTypes().map(String),
        rows: found.map((row) => row.map(plainValue)),
      };
    });
  }

  interrupt(): void {
    this.#connection.interrupt();
  }

  close(): void {
    this.#connection.closeSync();
  }

  async #guard<T>(sql: string, action: () => Promise<T>): Promise<T> {
    if (this.#before !== null) await this.straight(this.#before);
    try {
      return await action();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      const kind = /^(?:INTERRUPT|[A-Z][\w ]* Error)/.exec(message)?.[0] ?? "Error";
      throw new SqlError(kind, message, sql, /^INTERRUPT/.test(message));
    }
  }
}

function tableText({ catalog, schema, table }: SqlTableName): string {
  return [catalog, schema, table].filter((part) => part !== null).join(".");
}

/**
 * The query with a column that is true in one more row at its end, and false elsewhere. The binding does not tell an error in the midst of
 * a streamed result from its end; without that row the end is not the end.
 */
function withEndMark(sql: string, types: readonly ValueType[]): string {
  const zeros = types.map((type) => `${type === "symbol" ? "''" : "0"}::${sqlType[type]}`);
  return `SELECT *, false FROM (${sql}) UNION ALL SELECT ${[...zeros, "true"].join(", ")}`;
}

/**
 * Reads a stream to its end. A result that is left in the middle keeps its database open behind our back: closed later, by the collector
 * of garbage, it would write to a file that is open again.
 */
async function exhaust(fetch: () => Promise<DuckDBDataChunk | null>): Promise<void> {
  for (let chunk = await fetch().catch(() => null); chunk !== null && chunk.rowCount > 0; chunk = await fetch().catch(() => null));
}

function plainValue(value: DuckDBValue): SqlValue {
  if (value === null || typeof value === "bigint" || typeof value === "string" || typeof value === "boolean") return value;
  return typeof value === "number" && Number.isFinite(value) ? value : String(value);
}

function toDuckDb(parameters: readonly (SqlValue | Uint8Array)[]): DuckDBValue[] | undefined {
  if (parameters.length === 0) return undefined;
  return parameters.map((value) => (value instanceof Uint8Array ? new DuckDBBlobValue(value) : value));
}

function* batches<T>(rows: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

/** A DuckDB instance in memory. What does not fit spills beside other temporary files, not into the folder the user stands in. */
export function createInMemory(settings: Readonly<Record<string, string>>): Promise<DuckDBInstance> {
  return DuckDBInstance.create(":memory:", { temp_directory: join(tmpdir(), `assay-spill-${process.pid}`), ...settings });
}

/** A session over a fresh in-memory database; the caller closes it. */
export async function openMemory(settings: Readonly<Record<string, string>> = {}): Promise<DuckDbSession> {
  const instance = await createInMemory(settings);
  return new DuckDbSession(await instance.connect());
}
