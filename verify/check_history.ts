import { canonicalScalar } from "../schema/canonical.ts";
import type { ProposedRow, ProposedValue } from "../schema/delta.ts";
import { rowText } from "../schema/delta_id.ts";
import { isDecimal } from "../schema/exact_json.ts";
import type { SqlSession } from "../schema/sql_session.ts";
import type { LogBreak } from "./check_log.ts";
import { typedValue } from "./checks/types.ts";
import type { LogEntry } from "./log.ts";
import type { LogBatch } from "./log_batch.ts";
import { readStoredDelta } from "./records.ts";
import { factsAt, type Generation, generationsAt } from "./store/history.ts";
import { COMMIT, columnList, factRow, factTable, logTable, OP, ROW, sameRow } from "./store/relation_table.ts";
import { carriedOver } from "./store/schema_change.ts";
import { stageRows } from "./store/speculation.ts";

/** The changes kept for a commit are those its delta makes: for a load, the facts carried over into changed relations and none else. */
export async function checkCommitHistory(session: SqlSession, batch: LogBatch, entry: LogEntry): Promise<LogBreak | null> {
  const detail =
    entry.kind === "load" ? await loadHistory(session, batch.generations, entry.seq) : await deltaHistory(session, batch, entry);
  return detail === null ? null : { commit: entry.seq, what: "history", detail };
}

async function loadHistory(session: SqlSession, generations: readonly Generation[], commit: number): Promise<string | null> {
  for (const generation of generationsAt(generations, commit)) {
    const columns = columnList(generation.attributes);
    const changes = `(SELECT ${columns} FROM ${logTable(generation.log)} WHERE ${COMMIT} = ${commit} AND ${OP} = 1)`;
    const before = generations.find(({ name, to }) => name === generation.name && to === commit);
    const isNew = generation.from === commit && before !== undefined;
    const expected = isNew ? carriedOver(before, generation.attributes, commit - 1) : `(SELECT ${columns} FROM ${changes} WHERE false)`;
    if (await differ(session, columns, changes, expected)) return `\`${generation.name}\` holds other changes than the load made`;
  }
  return null;
}

async function deltaHistory(session: SqlSession, batch: LogBatch, entry: LogEntry): Promise<string | null> {
  const parts = batch.parts.get(entry.seq);
  if (parts === undefined) return "the delta is not kept";
  const delta = readStoredDelta(parts.join(""));
  if (delta.proposer !== entry.proposer || delta.reason !== entry.reason) return "the delta names another proposer or reason";
  for (const generation of generationsAt(batch.generations, entry.seq)) {
    const stored = batch.changes.get(generation.log)?.get(entry.seq) ?? [];
    const asserted = new Map((delta.assert.get(generation.name) ?? []).map((row) => [proposedText(row), row]));
    const retracted = new Map((delta.retract.get(generation.name) ?? []).map((row) => [proposedText(row), row]));
    for (const [op, ...columns] of stored) {
      const text = rowText(factRow(generation.attributes, columns));
      const side = op === 1 ? asserted : retracted;
      if (!side.delete(text)) return `\`${generation.name}\` keeps a change that the delta does not make: \`${text.slice(0, 200)}\``;
    }
    const [lost] = retracted.keys();
    if (lost !== undefined) return `\`${generation.name}\` lacks a change that the delta makes: \`${lost.slice(0, 200)}\``;
    const missing = await firstAbsent(session, generation, entry.seq - 1, [...asserted.values()]);
    if (missing !== null) return `\`${generation.name}\` lacks a change that the delta makes: \`${missing.slice(0, 200)}\``;
  }
  return null;
}

/** Of facts that a delta asserted without effect, the first that was not there before. */
async function firstAbsent(
  session: SqlSession,
  generation: Generation,
  commit: number,
  rows: readonly ProposedRow[],
): Promise<string | null> {
  if (rows.length === 0) return null;
  const { name, attributes } = generation;
  const typed = rows.map((row) => {
    const values = attributes.map(({ type }, index) =>
      typedValue(type, (row as readonly ProposedValue[])[index] as ProposedValue, { symbol_bytes: Number.MAX_SAFE_INTEGER }),
    );
    return { row: values.map((value) => ("value" in value ? value.value : "")), pointer: "", place: null };
  });
  const relation = { name, attributes };
  const [staged] = await stageRows(session, [{ side: "assert", relation, rows: typed }], "assay_recheck");
  if (staged === undefined) return null;
  const absent = await session.rows(
    `SELECT s.${ROW} FROM ${staged.table} AS s
     WHERE NOT EXISTS (SELECT 1 FROM ${factsAt(generation, commit)} AS f WHERE ${sameRow(attributes, "s", "f")}) ORDER BY s.${ROW} LIMIT 1`,
  );
  await session.run(`DROP TABLE ${staged.table}`);
  const index = absent[0]?.[0];
  return index === undefined ? null : proposedText(rows[Number(index)] as ProposedRow);
}

/** No change stands outside its generation or the log, and each fact is asserted and retracted in turn. */
export async function checkHistoryBounds(session: SqlSession, generations: readonly Generation[], last: number): Promise<LogBreak | null> {
  for (const generation of generations) {
    const log = logTable(generation.log);
    const to = generation.to === null ? last : generation.to - 1;
    const [stray] = await session.rows(`SELECT min(${COMMIT}) FROM ${log} WHERE ${COMMIT} < ${generation.from} OR ${COMMIT} > ${to}`);
    const columns = columnList(generation.attributes);
    const [turn] = await session.rows(
      `SELECT min(${COMMIT}) FROM (SELECT ${COMMIT}, ${OP}, lag(${OP}) OVER (PARTITION BY ${columns} ORDER BY ${COMMIT}, ${OP}) AS "@before" FROM ${log})
       WHERE ${OP} NOT IN (1, -1) OR ${OP} = coalesce("@before", -1)`,
    );
    for (const [found, detail] of [
      [stray?.[0], `\`${generation.name}\` keeps a change of a commit it has no part in`],
      [turn?.[0], `\`${generation.name}\` keeps a fact asserted or retracted twice in a row`],
    ] as const) {
      if (found !== null && found !== undefined) return { commit: Number(found), what: "history", detail };
    }
  }
  return null;
}

/** The present facts are the sum of all changes. */
export async function checkFacts(session: SqlSession, generations: readonly Generation[], last: number): Promise<LogBreak | null> {
  for (const generation of generationsAt(generations, last)) {
    const facts = factTable(generation.name);
    const columns = columnList(generation.attributes);
    if (await differ(session, columns, facts, factsAt(generation, last))) {
      return { commit: last, what: "facts", detail: `\`${generation.name}\` holds other facts than the log gives` };
    }
  }
  return null;
}

async function differ(session: SqlSession, columns: string, left: string, right: string): Promise<boolean> {
  const rows = await session.rows(
    `SELECT 1 FROM (
       (SELECT ${columns} FROM ${left} EXCEPT ALL SELECT ${columns} FROM ${right})
       UNION ALL (SELECT ${columns} FROM ${right} EXCEPT ALL SELECT ${columns} FROM ${left})) LIMIT 1`,
  );
  return rows.length > 0;
}

/** `rowText` of a row read from a delta's stored form, which is canonical already. */
function proposedText(row: ProposedRow): string {
  const texts = (row as readonly ProposedValue[]).map((value) =>
    isDecimal(value) ? value.decimal : canonicalScalar(value as string | bigint),
  );
  return `[${texts.join(",")}]`;
}
