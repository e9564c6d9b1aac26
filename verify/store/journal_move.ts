import { quoteName, type SqlSession } from "../../schema/sql_session.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import { type GroupImage, logTables, type RelationChanges } from "./group_image.ts";
import { logColumns } from "./group_records.ts";
import { COMMIT, columnList, factTable, logTable, OP, PLACE, ROW, sameRow, storedColumns, storedRow } from "./relation_table.ts";
import { splitColumns } from "./split_columns.ts";

/**
 * Writes an image to its tables as `writeImage` does, after `from` leaves of the ledger, inside the caller's transaction. DuckDB does the work in SQL, on
 * threads of its own, where appending rows holds up the thread that answers requests. Nothing may be replaced.
 */
export async function moveImage(session: SqlSession, from: number, { rows, laws, leaves, changes }: GroupImage): Promise<void> {
  for (const relation of changes) await moveChanges(session, relation);
  for (const table of logTables) {
    const types = logColumns[table];
    const columns = types.map((_, at) => rows[table].map((row) => row[at] ?? null));
    await insert(session, `assay.${table}`, types, columns);
  }
  await moveLaws(session, laws);
  await insert(session, "assay.leaf", LEAF, [
    leaves.map((_, index) => from + index),
    leaves.map(({ seq }) => seq),
    leaves.map(({ delta }) => delta),
    leaves.map(({ body }) => body),
    leaves.map(({ hash }) => hash),
  ]);
}

const LEAF: readonly ValueType[] = ["number", "number", "symbol", "symbol", "symbol"];
const MOVED = "temp.assay_moved";
const NET = quoteName("@net");

async function insert(
  session: SqlSession,
  table: string,
  types: readonly ValueType[],
  columns: readonly (readonly (Value | null)[])[],
): Promise<void> {
  if (columns[0]?.length === 0) return;
  const { source, values, parameters } = splitColumns(types, columns);
  await session.run(`INSERT INTO ${table} SELECT ${values.join(", ")} FROM ${source}`, parameters);
}

async function moveLaws(session: SqlSession, laws: GroupImage["laws"]): Promise<void> {
  for (const [hash, text] of laws) {
    await session.run("INSERT INTO assay.laws_text SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM assay.laws_text WHERE hash = $1)", [
      hash,
      text,
    ]);
  }
}

/** Writes to the history what changed, to the facts what is left of it at the end: changes of one row alternate. */
async function moveChanges(session: SqlSession, { name, attributes, changes }: RelationChanges): Promise<void> {
  const stored = storedColumns(attributes);
  const rows = changes.map(({ row }) => storedRow(row));
  const types: readonly ValueType[] = ["number", "number", ...stored.map(({ type }) => type), "symbol"];
  const { source, values, parameters } = splitColumns(types, [
    changes.map(({ seq }) => seq),
    changes.map(({ op }) => op),
    ...stored.map((_, at) => rows.map((row) => row[at] as Value)),
    changes.map(({ place }) => place),
  ]);
  const names = [COMMIT, OP, ...stored.map((column) => quoteName(column.name)), PLACE];
  const named = values.map((value, at) => `${value} AS ${names[at]}`);
  await session.run(`CREATE TEMP TABLE assay_moved AS SELECT ${named.join(", ")} FROM ${source}`, parameters);
  await session.run(`INSERT INTO ${logTable(name)} (${names.join(", ")}) SELECT ${names.join(", ")} FROM ${MOVED}`);
  const columns = columnList(attributes);
  if (changes.every(({ op }) => op === 1)) {
    await session.run(`INSERT INTO ${factTable(name)} (${columns}) SELECT ${columns} FROM ${MOVED}`);
  } else {
    const net = `(SELECT ${columns}, sum(${OP}) AS ${NET}, max(rowid) AS ${ROW} FROM ${MOVED} GROUP BY ${columns})`;
    await session.run(`DELETE FROM ${factTable(name)} AS f USING ${net} AS s WHERE s.${NET} = -1 AND ${sameRow(attributes, "f", "s")}`);
    await session.run(`INSERT INTO ${factTable(name)} (${columns}) SELECT ${columns} FROM ${net} WHERE ${NET} = 1 ORDER BY ${ROW}`);
  }
  await session.run(`DROP TABLE ${MOVED}`);
}
