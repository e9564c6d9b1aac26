import { quoteName, type SqlSession } from "../../schema/sql_session.ts";
import type { ValueType } from "../../schema/value.ts";
import { leafTypes } from "../ledger/append_leaves.ts";
import { historyTypes } from "./group_changes.ts";
import { logTables } from "./group_image.ts";
import { keepLaws, logColumns } from "./group_records.ts";
import type { GroupTexts, RelationTexts } from "./journal_text.ts";
import { COMMIT, columnList, factTable, logTable, OP, PLACE, ROW, sameRow, storedColumns } from "./relation_table.ts";
import { joinColumns, splitColumns, stackColumns, type TextColumns } from "./text_columns.ts";

const MOVED = "temp.assay_moved";
const NET = quoteName("@net");

/**
 * Writes groups to their tables, in their order and after `from` leaves of the ledger, as `writeImage` would, inside the caller's transaction. DuckDB does the
 * work in SQL, on threads of its own, where appending rows holds up the thread that answers requests.
 */
export async function moveGroups(session: SqlSession, from: number, groups: readonly GroupTexts[]): Promise<void> {
  const relations = Map.groupBy(
    groups.flatMap((group) => group.relations),
    ({ name }) => name,
  );
  for (const parts of relations.values()) await moveRelation(session, parts);
  for (const table of logTables) await insert(session, table, logColumns[table], stackColumns(groups.map(({ log }) => log[table])));
  await keepLaws(session, new Map(groups.flatMap(({ laws }) => laws)));
  const leaves = stackColumns(groups.map((group) => group.leaves));
  const positions = joinColumns([Array.from({ length: leaves.rows }, (_, at) => from + at)]);
  await insert(session, "leaf", leafTypes, { ...leaves, texts: [...positions.texts, ...leaves.texts] });
}

async function insert(session: SqlSession, table: string, types: readonly ValueType[], columns: TextColumns): Promise<void> {
  if (columns.rows === 0) return;
  const { source, values, parameters } = splitColumns(types, columns);
  await session.run(`INSERT INTO assay.${table} SELECT ${values.join(", ")} FROM ${source}`, parameters);
}

/** Writes to the history what changed, to the facts what is left of it at the end: changes of one row alternate. */
async function moveRelation(session: SqlSession, parts: readonly RelationTexts[]): Promise<void> {
  const { name, attributes } = parts[0] as RelationTexts;
  const { source, values, parameters } = splitColumns(historyTypes(attributes), stackColumns(parts.map(({ columns }) => columns)));
  const names = [COMMIT, OP, ...storedColumns(attributes).map((column) => quoteName(column.name)), PLACE];
  const named = values.map((value, at) => `${value} AS ${names[at]}`);
  await session.run(`CREATE TEMP TABLE assay_moved AS SELECT ${named.join(", ")} FROM ${source}`, parameters);
  await session.run(`INSERT INTO ${logTable(name)} (${names.join(", ")}) SELECT ${names.join(", ")} FROM ${MOVED}`);
  const columns = columnList(attributes);
  if (parts.every(({ isGrowth }) => isGrowth)) {
    await session.run(`INSERT INTO ${factTable(name)} (${columns}) SELECT ${columns} FROM ${MOVED}`);
  } else {
    const net = `(SELECT ${columns}, sum(${OP}) AS ${NET}, max(rowid) AS ${ROW} FROM ${MOVED} GROUP BY ${columns})`;
    await session.run(`DELETE FROM ${factTable(name)} AS f USING ${net} AS s WHERE s.${NET} = -1 AND ${sameRow(attributes, "f", "s")}`);
    await session.run(`INSERT INTO ${factTable(name)} (${columns}) SELECT ${columns} FROM ${net} WHERE ${NET} = 1 ORDER BY ${ROW}`);
  }
  await session.run(`DROP TABLE ${MOVED}`);
}
