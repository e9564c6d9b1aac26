import { rowText } from "../../schema/delta_id.ts";
import type { Relation } from "../../schema/relation.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { Row, Value, ValueType } from "../../schema/value.ts";
import type { RelationChanges, RowChange } from "./group_image.ts";
import {
  COMMIT,
  columnList,
  factTable,
  logTable,
  OP,
  PLACE,
  type StoredAttribute,
  sameRow,
  storedColumns,
  storedRow,
} from "./relation_table.ts";
import { type EffectiveChange, stageRows } from "./speculation.ts";

/** What one commit of a group changes. */
export interface CommitChanges {
  readonly seq: number;
  readonly changes: readonly EffectiveChange[];
}

/** The changes of commits that are not done in the database yet, by relation. */
export function changesInMemory(commits: readonly CommitChanges[]): RelationChanges[] {
  const found = new Map<Relation, RowChange[]>();
  for (const { seq, changes } of commits) {
    for (const { relation, op, source } of changes) {
      if (source.kind !== "memory") continue;
      const list = found.get(relation) ?? [];
      if (list.length === 0) found.set(relation, list);
      for (const [index, row] of source.rows.entries()) list.push({ seq, op, row, place: source.places[index] ?? null });
    }
  }
  return [...found].map(([{ name, attributes }, changes]) => ({ name, attributes, changes }));
}

/** Copies to the history what stands in the open transaction already. */
export async function writeApplied(session: SqlSession, commits: readonly CommitChanges[]): Promise<void> {
  for (const { seq, changes } of commits) {
    for (const { relation, op, source } of changes) {
      if (source.kind === "applied") await copyToHistory(session, relation, seq, op, source.table);
    }
  }
}

/**
 * Writes what commits change, in their order: to the history all of it, to the tables of facts what is left of it at the end. Runs inside
 * the caller's transaction; a few statements a relation, however many commits.
 */
export async function writeChanges(session: SqlSession, relations: readonly RelationChanges[]): Promise<void> {
  for (const relation of relations) {
    const { name, attributes, changes } = relation;
    const { come, gone } = netOf(changes);
    if (gone.length > 0) await deleteFacts(session, relation, gone);
    const types = storedColumns(attributes).map(({ type }) => type);
    if (come.length > 0) {
      await session.appendColumns({ catalog: null, schema: "main", table: name }, types, columnsOf(types, come), come.length);
    }
    const history = { catalog: null, schema: "assay_log", table: name };
    await session.appendColumns(history, historyTypes(attributes), historyCells(relation), changes.length);
  }
}

/** The types of the columns of a relation's history: `@commit`, `@op`, the attributes, `@place`. */
export function historyTypes(attributes: readonly StoredAttribute[]): readonly ValueType[] {
  return ["number", "number", ...storedColumns(attributes).map(({ type }) => type), "symbol"];
}

/** The columns of changes in a relation's history. */
export function historyCells({ attributes, changes }: RelationChanges): readonly (readonly (Value | null)[])[] {
  const types = storedColumns(attributes).map(({ type }) => type);
  const rows = changes.map(({ row }) => row);
  return [changes.map(({ seq }) => seq), changes.map(({ op }) => op), ...columnsOf(types, rows), changes.map(({ place }) => place)];
}

function columnsOf(types: readonly ValueType[], rows: readonly Row[]): Row[number][][] {
  const stored = rows.map(storedRow);
  return types.map((_, at) => stored.map((row) => row[at] as Row[number]));
}

async function copyToHistory(session: SqlSession, relation: Relation, seq: number, op: 1 | -1, table: string): Promise<void> {
  const columns = columnList(relation.attributes);
  await session.run(
    `INSERT INTO ${logTable(relation.name)} (${COMMIT}, ${OP}, ${columns}, ${PLACE}) SELECT ${seq}, ${op}, ${columns}, ${PLACE} FROM ${table}`,
  );
}

/** Of one relation's changes the rows that were not there before and are after, and the other way round. Changes of a row alternate. */
function netOf(changes: readonly RowChange[]): { readonly come: readonly Row[]; readonly gone: readonly Row[] } {
  const first = changes[0]?.op;
  if (changes.every(({ op }) => op === first)) {
    const rows = changes.map(({ row }) => row);
    return first === 1 ? { come: rows, gone: [] } : { come: [], gone: rows };
  }
  const sums = new Map<string, { readonly row: Row; sum: number }>();
  for (const { op, row } of changes) {
    const text = rowText(row);
    const known = sums.get(text);
    if (known === undefined) sums.set(text, { row, sum: op });
    else known.sum += op;
  }
  const rowsOf = (sum: number): Row[] => [...sums.values()].filter((net) => net.sum === sum).map(({ row }) => row);
  return { come: rowsOf(1), gone: rowsOf(-1) };
}

async function deleteFacts(session: SqlSession, { name, attributes }: RelationChanges, rows: readonly Row[]): Promise<void> {
  const gone = { relation: { attributes }, rows: rows.map((row) => ({ row, pointer: "", place: null })) };
  const [staged] = await stageRows(session, [gone], "assay_gone");
  if (staged === undefined) return;
  const same = sameRow(attributes, "f", "s");
  await session.run(`DELETE FROM ${factTable(name)} AS f USING ${staged.table} AS s WHERE ${same}`);
}
