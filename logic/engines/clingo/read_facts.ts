import type { Relation } from "../../../schema/relation.ts";
import { quoteName, type SqlSession } from "../../../schema/sql_session.ts";
import type { Row, Value } from "../../../schema/value.ts";
import { literalSql } from "../duckdb/literal.ts";

/** A table expression and the relation whose attributes it has as columns. */
export interface FactTable {
  readonly session: SqlSession;
  readonly relation: Relation;
  readonly sql: string;
}

/** Values that some attributes must have, one alternative a row. */
export interface KeyFilter {
  readonly key: readonly string[];
  readonly rows: readonly Row[];
}

export async function countRows({ session, sql }: FactTable): Promise<number> {
  const [row] = await session.rows(`SELECT count(*) FROM ${sql}`);
  return Number(row?.[0] ?? 0);
}

/** The distinct rows in ascending order of their values, at most `limit`; with `filter` those of its keys alone. */
export async function readRows(table: FactTable, limit: number, filter: KeyFilter | null = null): Promise<Row[]> {
  const { session, relation, sql } = table;
  if (relation.attributes.length === 0) return (await session.rows(`SELECT 1 FROM ${sql} LIMIT 1`)).map(() => []);
  const columns = relation.attributes.map(({ name }) => quoteName(name)).join(", ");
  const where = filter === null ? "" : ` WHERE ${filterSql(relation, filter)}`;
  return (await session.rows(`SELECT DISTINCT ${columns} FROM ${sql}${where} ORDER BY ${columns} LIMIT ${limit}`)) as Row[];
}

/** The distinct values of some attributes, in ascending order. */
export async function readKeys(table: FactTable, key: readonly string[], filter: KeyFilter | null = null): Promise<Row[]> {
  const columns = key.map(quoteName).join(", ");
  const where = filter === null ? "" : ` WHERE ${filterSql(table.relation, filter)}`;
  return (await table.session.rows(`SELECT DISTINCT ${columns} FROM ${table.sql}${where} ORDER BY ${columns}`)) as Row[];
}

function filterSql(relation: Relation, { key, rows }: KeyFilter): string {
  if (rows.length === 0) return "false";
  const types = key.map((name) => relation.attributes.find((attribute) => attribute.name === name)?.type ?? "symbol");
  const tuples = rows.map((row) => `(${row.map((value, at) => literalSql(value as Value, types[at] ?? "symbol")).join(", ")})`);
  return `(${key.map(quoteName).join(", ")}) IN (${tuples.join(", ")})`;
}
