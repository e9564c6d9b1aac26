import { rowText } from "../../schema/delta_id.ts";
import type { Place } from "../../schema/place.ts";
import type { Relation } from "../../schema/relation.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { Row, Value, ValueType } from "../../schema/value.ts";
import { COMMIT, columnList, factTable, logTable, OP, PLACE, sameRow, storedColumns, storedRow } from "./relation_table.ts";
import { type EffectiveChange, stageRows } from "./speculation.ts";

/** What one commit of a group changes. */
export interface CommitChanges {
  readonly seq: number;
  readonly changes: readonly EffectiveChange[];
}

/** A row that came (+1) or went (-1) in one commit of the group. */
interface Change {
  readonly seq: number;
  readonly op: 1 | -1;
  readonly row: Row;
  readonly place: Place | null;
}

/**
 * Writes what the commits of a group change, in their order: to the history all of it, to the tables of facts what is left of it at
 * the end. Changes that stand in the open transaction already go to the history alone. A few statements a relation, however many commits.
 */
export async function writeChanges(session: SqlSession, commits: readonly CommitChanges[]): Promise<void> {
  const inMemory = new Map<Relation, Change[]>();
  for (const { seq, changes } of commits) {
    for (const { relation, op, source } of changes) {
      if (source.kind === "applied") {
        await copyToHistory(session, relation, seq, op, source.table);
        continue;
      }
      const list = inMemory.get(relation) ?? [];
      if (list.length === 0) inMemory.set(relation, list);
      for (const [index, row] of source.rows.entries()) list.push({ seq, op, row, place: source.places[index] ?? null });
    }
  }
  for (const [relation, changes] of inMemory) {
    const { come, gone } = netOf(changes);
    if (gone.length > 0) await deleteFacts(session, relation, gone);
    const types = columnTypes(relation);
    if (come.length > 0) await session.append({ catalog: null, schema: "main", table: relation.name }, types, come.values().map(storedRow));
    await session.append(
      { catalog: null, schema: "assay_log", table: relation.name },
      ["number", "number", ...types, "symbol"],
      changes.values().map(historyRow),
    );
  }
}

function historyRow({ seq, op, row, place }: Change): (Value | null)[] {
  return [BigInt(seq), BigInt(op), ...storedRow(row), place];
}

function columnTypes(relation: Relation): ValueType[] {
  return storedColumns(relation.attributes).map(({ type }) => type);
}

async function copyToHistory(session: SqlSession, relation: Relation, seq: number, op: 1 | -1, table: string): Promise<void> {
  const columns = columnList(relation.attributes);
  await session.run(
    `INSERT INTO ${logTable(relation.name)} (${COMMIT}, ${OP}, ${columns}, ${PLACE}) SELECT ${seq}, ${op}, ${columns}, ${PLACE} FROM ${table}`,
  );
}

/** Of one relation's changes the rows that were not there before and are after, and the other way round. Changes of a row alternate. */
function netOf(changes: readonly Change[]): { readonly come: readonly Row[]; readonly gone: readonly Row[] } {
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

async function deleteFacts(session: SqlSession, relation: Relation, rows: readonly Row[]): Promise<void> {
  const typed = { side: "retract", relation, rows: rows.map((row) => ({ row, pointer: "", place: null })) } as const;
  const [staged] = await stageRows(session, [typed], "assay_gone");
  if (staged === undefined) return;
  const same = sameRow(relation.attributes, "f", "s");
  await session.run(`DELETE FROM ${factTable(relation.name)} AS f USING ${staged.table} AS s WHERE ${same}`);
}
