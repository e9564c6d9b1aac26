import type { DuckDbInput } from "../logic/engines/duckdb/input.ts";
import { materialise } from "../logic/engines/duckdb/materialise.ts";
import { compileQuery } from "../logic/language/compile_query.ts";
import { AssayError } from "../schema/assay_error.ts";
import type { Clock } from "../schema/clock.ts";
import type { Limits } from "../schema/limits.ts";
import type { Relation } from "../schema/relation.ts";
import { quoteName, SqlError, type SqlValue } from "../schema/sql_session.ts";
import { confineSql } from "./confined_sql.ts";
import { rejected } from "./load.ts";
import { exposeRelations } from "./relations_without_view.ts";
import type { DuckDbSession, SqlAnswer } from "./store/duckdb_session.ts";
import type { Snapshot } from "./store/snapshot.ts";
import { storeError } from "./store/store_error.ts";

/** A Datalog query, `?- path(x, "zod", v).`, or one SELECT statement. */
export type QueryRequest = { readonly datalog: string } | SqlRequest;

/** `confined`: the statement may come from anyone, so it reads relations and nothing else; see `confineSql`. */
export interface SqlRequest {
  readonly sql: string;
  readonly confined?: boolean;
}

export interface QueryResult {
  readonly columns: readonly string[];
  /** Datalog: our value types; SQL: DuckDB's type names. A query without variables has no columns, and a row where it holds. */
  readonly types: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** True where `limit` was asked for and more rows follow. */
  readonly more: boolean;
  /** The commit it was answered as of. */
  readonly asOf: number;
}

/** Where a query reads, and its bounds. */
export interface QuerySource extends Snapshot {
  readonly clock: Clock;
  readonly limits: Limits;
}

/**
 * Answers a query. At most `limit` rows where one is given; else all of them, up to the bound `query_rows`.
 * Errors: `query.rejected` with the diagnostics, `query.undecided` where a bound ends the evaluation, `limit.query_rows`, and for SQL
 * `query.sql_statement` (not one SELECT), `query.sql_error`, `query.sql_file` (reaches outside), `limit.verdict_ms`, and those of `confineSql`.
 */
export async function answer(source: QuerySource, request: QueryRequest, limit: number | null): Promise<QueryResult> {
  const bound = limit === null ? source.limits.query_rows : Math.min(limit, source.limits.query_rows);
  const result = "sql" in request ? await answerSql(source, request, bound) : await answerDatalog(source, request.datalog, bound);
  const more = result.rows.length > bound;
  if (more && (limit === null || limit > bound)) {
    throw new AssayError("limit.query_rows", `the answer has more than ${bound} rows`);
  }
  return { ...result, rows: more ? result.rows.slice(0, bound) : result.rows, more, asOf: source.asOf };
}

async function answerDatalog(source: QuerySource, text: string, bound: number): Promise<Pick<QueryResult, "columns" | "types" | "rows">> {
  const { program, relation, diagnostics } = compileQuery(source.inForce.program, text);
  if (program === null || relation === null) throw rejected(diagnostics, "query.rejected", "the query");
  const { session, clock, limits } = source;
  const input: DuckDbInput = { program, limits, session, clock, table: (name) => source.table(name), isDistinct: () => true };
  const tables = await materialise(input, [relation.name]);
  try {
    if (tables.undecided !== null) {
      const { code, detail } = tables.undecided;
      throw new AssayError("query.undecided", `${detail} (\`${code}\`)`);
    }
    return await readRelation(session, relation, tables.table(relation.name), bound);
  } finally {
    await tables.close();
  }
}

async function readRelation(
  session: DuckDbSession,
  relation: Relation,
  table: string,
  bound: number,
): Promise<Pick<QueryResult, "columns" | "types" | "rows">> {
  const columns = relation.attributes.map(({ name }) => name);
  const types = relation.attributes.map(({ type }) => type);
  if (columns.length === 0) {
    const holds = (await session.rows(`SELECT 1 FROM ${table} LIMIT 1`)).length > 0;
    return { columns, types, rows: holds ? [[]] : [] };
  }
  const list = columns.map(quoteName).join(", ");
  return { columns, types, rows: await session.rows(`SELECT ${list} FROM ${table} ORDER BY ${list} LIMIT ${bound + 1}`) };
}

async function answerSql(source: QuerySource, { sql, confined = false }: SqlRequest, bound: number): Promise<SqlAnswer> {
  if (sql.includes("\0")) throw new AssayError("query.sql_statement", "the statement holds NUL");
  const { session, limits } = source;
  if (confined) {
    if (sql.length > limits.program_bytes) throw new AssayError("limit.program_bytes", `the statement has ${sql.length} characters`);
    const names = new Set([...source.inForce.program.relations.keys()].map((name) => name.toLowerCase()));
    await sqlErrors(() => confineSql(session, sql, names));
  }
  const takeAway = await exposeRelations(source, sql);
  try {
    return await runSelect(session, sql, bound, limits);
  } finally {
    await takeAway();
  }
}

async function runSelect(session: DuckDbSession, sql: string, bound: number, limits: Limits): Promise<SqlAnswer> {
  await sqlErrors(() => session.checkOneSelect(sql));
  let running = true;
  const timer = setTimeout(() => running && session.interrupt(), limits.verdict_ms);
  try {
    return await sqlErrors(() => session.answer(sql, bound + 1));
  } finally {
    running = false;
    clearTimeout(timer);
  }
}

async function sqlErrors<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (!(cause instanceof SqlError)) throw cause;
    const failed = storeError(cause, null, null);
    if (failed !== cause) throw failed;
    const said = cause.message.split("\n\nLINE")[0] ?? cause.message;
    if (cause.interrupted) throw new AssayError("limit.verdict_ms", "the query took longer than the bound `verdict_ms`", { cause });
    if (/operations are disabled by configuration/.test(cause.message)) throw new AssayError("query.sql_file", `\`${said}\``, { cause });
    if (cause.kind === "Statement") throw new AssayError("query.sql_statement", cause.message, { cause });
    throw new AssayError("query.sql_error", `\`${said}\``, { cause });
  }
}
