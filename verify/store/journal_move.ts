import { setImmediate } from "node:timers/promises";
import { quoteName, quoteText, sqlType } from "../../schema/sql_session.ts";
import type { ValueType } from "../../schema/value.ts";
import { leafTypes } from "../ledger/append_leaves.ts";
import type { DuckDbSession } from "./duckdb_session.ts";
import { historyTypes } from "./group_changes.ts";
import { logTables } from "./group_image.ts";
import { keepLaws, logColumns } from "./group_records.ts";
import { CELL, type GroupPlaces, NULL, PART, placesIn, type RelationPlace, type TablePlace } from "./journal_text.ts";
import { COMMIT, columnList, factTable, logTable, OP, PLACE, ROW, sameRow, storedColumns } from "./relation_table.ts";

const MOVED = "temp.assay_moved";
const NET = quoteName("@net");
/** Groups that are looked through before others get the processor. */
const AT_ONCE = 64;

/** A group's text in UTF-8 and where its parts begin and, one character before the next, end. */
interface Located extends GroupPlaces {
  readonly bytes: Buffer;
  readonly starts: Uint32Array;
}

/** Where the rows of one table stand in a group. */
interface Stretch extends TablePlace {
  readonly group: Located;
}

/**
 * Writes groups, texts of `journalText` in UTF-8, to their tables, in their order and after `from` leaves of the ledger, as `writeImage` would, inside the
 * caller's transaction. DuckDB takes the columns apart and does the rest in SQL, on threads of its own, where appending rows holds up the thread that
 * answers requests: here their bytes are only put together.
 */
export async function moveGroups(session: DuckDbSession, from: number, groups: readonly Buffer[]): Promise<void> {
  const located: Located[] = [];
  for (const [at, bytes] of groups.entries()) {
    located.push(locate(bytes));
    if (at % AT_ONCE === AT_ONCE - 1) await setImmediate();
  }
  const relations = Map.groupBy(
    located.flatMap((group) => group.relations.map((relation) => ({ ...relation, group }))),
    ({ name }) => name,
  );
  for (const stretches of relations.values()) await moveRelation(session, stretches);
  for (const [at, table] of logTables.entries()) {
    await insert(
      session,
      table,
      logColumns[table],
      located.map((group) => ({ ...(group.log[at] as TablePlace), group })),
    );
  }
  await keepLaws(session, new Map(located.flatMap(({ laws }) => laws)));
  const leaves = located.map((group) => ({ ...group.leaves, group }));
  await insert(session, "leaf", leafTypes.slice(1), leaves, [`${from} + row_number() OVER () - 1`]);
}

function locate(bytes: Buffer): Located {
  const places = placesIn(bytes);
  const starts = [0];
  for (let at = bytes.indexOf(PART_BYTE); at !== -1; at = bytes.indexOf(PART_BYTE, at + 1)) starts.push(at + 1);
  return { ...places, bytes, starts: Uint32Array.from([...starts, bytes.length + 1]) };
}

const PART_BYTE = PART.charCodeAt(0);
const CELL_BYTE = CELL.charCodeAt(0);

/** `before` are the columns of the table that stand before those of the groups. */
async function insert(
  session: DuckDbSession,
  table: string,
  types: readonly ValueType[],
  places: readonly Stretch[],
  before: readonly string[] = [],
): Promise<void> {
  const stretches = places.filter(({ rows }) => rows > 0);
  if (stretches.length === 0) return;
  const { source, values, parameters } = rowsOf(types, stretches);
  await session.run(`INSERT INTO assay.${table} SELECT ${[...before, ...values].join(", ")} FROM ${source}`, parameters);
}

/** The rows of one table in their order: an expression for each column over `source`, and the parameters of the statement. */
function rowsOf(
  types: readonly ValueType[],
  stretches: readonly Stretch[],
): { readonly source: string; readonly values: readonly string[]; readonly parameters: readonly Buffer[] } {
  const lists = types.map((_, at) => `unnest(string_split(decode($${at + 1}), ${quoteText(CELL)})) AS c${at}`);
  const holdsNull = stretches.some(({ nulls }) => nulls > 0);
  return {
    source: `(SELECT ${lists.join(", ")})`,
    values: types.map((type, at) => `${holdsNull ? `nullif(c${at}, ${quoteText(NULL)})` : `c${at}`}::${sqlType[type]}`),
    parameters: types.map((_, at) => columnOf(stretches, at)),
  };
}

/** The cells of one column, stretch after stretch. */
function columnOf(stretches: readonly Stretch[], at: number): Buffer {
  const size = stretches.reduce((sum, { first, group: { starts } }) => sum + lengthOf(starts, first + at) + 1, -1);
  const column = Buffer.allocUnsafe(size);
  let end = 0;
  for (const { first, group } of stretches) {
    if (end > 0) column[end - 1] = CELL_BYTE;
    const start = group.starts[first + at] as number;
    end += group.bytes.copy(column, end, start, start + lengthOf(group.starts, first + at)) + 1;
  }
  return column;
}

function lengthOf(starts: Uint32Array, part: number): number {
  return (starts[part + 1] as number) - (starts[part] as number) - 1;
}

/** Writes to the history what changed, to the facts what is left of it at the end: changes of one row alternate. */
async function moveRelation(session: DuckDbSession, stretches: readonly (RelationPlace & Stretch)[]): Promise<void> {
  const { name, attributes } = stretches[0] as RelationPlace;
  const { source, values, parameters } = rowsOf(historyTypes(attributes), stretches);
  const names = [COMMIT, OP, ...storedColumns(attributes).map((column) => quoteName(column.name)), PLACE];
  const named = values.map((value, at) => `${value} AS ${names[at]}`);
  await session.run(`CREATE TEMP TABLE assay_moved AS SELECT ${named.join(", ")} FROM ${source}`, parameters);
  await session.run(`INSERT INTO ${logTable(name)} (${names.join(", ")}) SELECT ${names.join(", ")} FROM ${MOVED}`);
  const columns = columnList(attributes);
  if (stretches.every(({ isGrowth }) => isGrowth)) {
    await session.run(`INSERT INTO ${factTable(name)} (${columns}) SELECT ${columns} FROM ${MOVED}`);
  } else {
    const net = `(SELECT ${columns}, sum(${OP}) AS ${NET}, max(rowid) AS ${ROW} FROM ${MOVED} GROUP BY ${columns})`;
    await session.run(`DELETE FROM ${factTable(name)} AS f USING ${net} AS s WHERE s.${NET} = -1 AND ${sameRow(attributes, "f", "s")}`);
    await session.run(`INSERT INTO ${factTable(name)} (${columns}) SELECT ${columns} FROM ${net} WHERE ${NET} = 1 ORDER BY ${ROW}`);
  }
  await session.run(`DROP TABLE ${MOVED}`);
}
