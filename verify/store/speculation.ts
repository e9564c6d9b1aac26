import type { Place } from "../../schema/place.ts";
import type { Relation } from "../../schema/relation.ts";
import { quoteName, type SqlSession, sqlType } from "../../schema/sql_session.ts";
import type { Row, ValueType } from "../../schema/value.ts";
import type { TypedRow, TypedRows } from "../checks/types.ts";
import { columnList, factTable, PLACE, ROW, type StoredAttribute, sameRow, storedColumns, storedRow } from "./relation_table.ts";

/** The rows of one side of a delta over one relation, staged as a temporary table: the columns, `@row` (index in `rows`), `@place`. */
export type Staged<T> = T & { readonly table: string };
export type StagedRows = Staged<TypedRows>;

interface Stageable {
  readonly relation: { readonly attributes: readonly StoredAttribute[] };
  readonly rows: readonly TypedRow[];
}

/** What a delta changes in one relation: the rows that really come or go, each once. */
export interface EffectiveChange {
  readonly relation: Relation;
  readonly op: 1 | -1;
  readonly rows: number;
  readonly source: AppliedRows | RowsInMemory;
}

/** Done in the open transaction; the rows, with `@place`, stand in a temporary table. */
export interface AppliedRows {
  readonly kind: "applied";
  readonly table: string;
}

/** Not done in the database yet. A place for each row. */
export interface RowsInMemory {
  readonly kind: "memory";
  readonly rows: readonly Row[];
  readonly places: readonly (Place | null)[];
}

/** Stages typed rows as temporary tables. They vanish with the transaction that the caller has open and rolls back, or by `dropStaged`. */
export async function stageRows<T extends Stageable>(session: SqlSession, typed: readonly T[], prefix: string): Promise<Staged<T>[]> {
  const staged: Staged<T>[] = [];
  for (const rows of typed) {
    if (rows.rows.length === 0) continue;
    const name = `${prefix}_${staged.length}`;
    const columns = storedColumns(rows.relation.attributes);
    const definitions = columns.map((column) => `${quoteName(column.name)} ${sqlType[column.type]}`).join(", ");
    await session.run(`CREATE OR REPLACE TEMP TABLE ${quoteName(name)} (${definitions}, ${ROW} BIGINT, ${PLACE} VARCHAR)`);
    const types: ValueType[] = [...columns.map((column) => column.type), "number", "symbol"];
    const values = rows.rows.values().map((item, index) => [...storedRow(item.row), BigInt(index), item.place]);
    await session.append({ catalog: "temp", schema: null, table: name }, types, values);
    staged.push({ ...rows, table: `temp.${quoteName(name)}` });
  }
  return staged;
}

/**
 * Applies staged rows to the tables of facts inside the caller's open transaction, retracts before asserts. Nothing lasts unless
 * `commit` ends that transaction. The caller has checked that every retracted row is present and that no row is on both sides.
 */
export async function speculate(session: SqlSession, staged: readonly StagedRows[], prefix: string): Promise<EffectiveChange[]> {
  const changes: EffectiveChange[] = [];
  for (const side of ["retract", "assert"] as const) {
    for (const rows of staged.filter((item) => item.side === side)) {
      changes.push(await applyRows(session, rows, `${prefix}_${changes.length}`));
    }
  }
  return changes.filter((change) => change.rows > 0);
}

/** Takes back what `speculate` did, in the same transaction. */
export async function unspeculate(session: SqlSession, changes: readonly EffectiveChange[]): Promise<void> {
  for (const { relation, op, source } of changes.toReversed()) {
    if (source.kind !== "applied") throw new Error("a change to undo was not made in this transaction");
    const { attributes, name } = relation;
    const facts = factTable(name);
    if (op === 1) await session.run(`DELETE FROM ${facts} AS f USING ${source.table} AS s WHERE ${sameRow(attributes, "f", "s")}`);
    else await session.run(`INSERT INTO ${facts} SELECT ${columnList(attributes)} FROM ${source.table}`);
  }
}

async function applyRows(session: SqlSession, staged: StagedRows, name: string): Promise<EffectiveChange> {
  const { relation, side } = staged;
  const { attributes } = relation;
  const facts = factTable(relation.name);
  const table = `temp.${quoteName(name)}`;
  const absent = side === "assert" ? `WHERE NOT EXISTS (SELECT 1 FROM ${facts} AS f WHERE ${sameRow(attributes, "f", "s")})` : "";
  const [made] = await session.rows(
    `CREATE OR REPLACE TEMP TABLE ${quoteName(name)} AS SELECT ${columnList(attributes, "s.")}, min(s.${PLACE}) AS ${PLACE}
     FROM ${staged.table} AS s ${absent} GROUP BY ${columnList(attributes, "s.")}`,
  );
  if (side === "assert") await session.run(`INSERT INTO ${facts} SELECT ${columnList(attributes)} FROM ${table}`);
  else await session.run(`DELETE FROM ${facts} AS f USING ${table} AS s WHERE ${sameRow(attributes, "f", "s")}`);
  return { relation, op: side === "assert" ? 1 : -1, rows: Number(made?.[0] ?? 0), source: { kind: "applied", table } };
}
