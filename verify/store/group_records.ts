import { sha256 } from "../../schema/canonical.ts";
import { quoteText, type SqlSession } from "../../schema/sql_session.ts";
import type { ValueType } from "../../schema/value.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { sharedParts, verdictHash, verdictJson } from "../../schema/verdict_wire.ts";
import type { JudgedDelta } from "../accepted_delta.ts";
import type { LogRecord } from "../commit.ts";
import { leafOfCommit, leafOfRefusal, type NewLeaf } from "../ledger/append_leaves.ts";
import { refusalLeaf } from "../ledger/leaf.ts";
import { effectsText, type LogEntry, theoriesText } from "../log.ts";
import { type GroupImage, type LogCell, type LogRows, type LogTable, logTables, noRows } from "./group_image.ts";

const SYMBOLS: readonly ValueType[] = Array<ValueType>(10).fill("symbol");
/** The types of the columns of the tables of the log. */
export const logColumns: Readonly<Record<LogTable, readonly ValueType[]>> = {
  entry: ["number", ...SYMBOLS],
  delta: ["symbol", "symbol", "symbol", "symbol", "symbol", "number", "symbol", "symbol"],
  delta_part: ["symbol", "number", "symbol"],
  verdict_text: ["symbol", "symbol", "symbol", "symbol", "symbol"],
  violation: ["symbol", "symbol", "symbol"],
  idempotency: ["symbol", "symbol"],
};

/** The rows of the entries, deltas, verdicts, keys and leaves of a group; of several records of one delta the last. */
export function recordRows(records: readonly LogRecord[]): Omit<GroupImage, "changes"> {
  const last = [...new Map(records.map((record) => [judgedOf(record).id, record])).values()];
  const rows = noRows();
  const laws = new Map<string, string>();
  for (const record of last) addRecord(rows, laws, record);
  const replaced = last.flatMap((record) => (judgedOf(record).replaces ? [judgedOf(record).id] : []));
  return { rows, laws: [...laws], replaced, leaves: records.map(leafOf) };
}

/** Writes rows of the log inside the caller's transaction. A few statements, however many rows. */
export async function writeRows(session: SqlSession, { rows, laws, replaced }: GroupImage): Promise<void> {
  await forget(session, replaced);
  await keepLaws(session, laws);
  for (const table of logTables) {
    const list = rows[table];
    if (list.length === 0) continue;
    await session.appendColumns({ catalog: null, schema: "assay", table }, logColumns[table], logCells(table, list), list.length);
  }
}

/** The columns of rows of a table of the log. */
export function logCells(table: LogTable, rows: readonly (readonly LogCell[])[]): readonly (readonly LogCell[])[] {
  return logColumns[table].map((_, at) => rows.map((row) => row[at] as LogCell));
}

/** Keeps texts of laws that are not kept yet, inside the caller's transaction. */
export async function keepLaws(session: SqlSession, laws: Iterable<readonly [hash: string, text: string]>): Promise<void> {
  for (const [hash, text] of laws) {
    await session.run("INSERT INTO assay.laws_text SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM assay.laws_text WHERE hash = $1)", [
      hash,
      text,
    ]);
  }
}

/** Keeps the texts of the theories that loads bring, inside the caller's transaction. */
export async function writeTheoryFiles(session: SqlSession, { theories }: JudgedDelta): Promise<void> {
  for (const { hash, files } of theories) {
    await session.run("DELETE FROM assay.theory_file WHERE hash = ?", [hash]);
    for (const [path, text] of files) await session.run("INSERT INTO assay.theory_file VALUES (?, ?, ?)", [hash, path, text]);
  }
}

export function judgedOf(record: LogRecord): JudgedDelta {
  return record.kind === "commit" ? record.accepted : record.refused;
}

/** Every record has its leaf, also one that a later record of the same delta replaces. */
function leafOf(record: LogRecord): NewLeaf {
  if (record.kind === "commit") return leafOfCommit(record.entry.seq, record.text);
  const { refused, head, time } = record;
  const { id: delta, kind: of, verdict } = refused;
  const [proposer, reason] = [storable(refused.proposer), storable(refused.reason)];
  const { theories } = verdict;
  return leafOfRefusal(delta, refusalLeaf({ delta, of, proposer, reason, time, head, theories, verdict: verdictHash(verdict) }));
}

/** Text as the database can keep it; what it cannot was refused for that. */
function storable(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}

/** Deletes what is kept of deltas, which their new verdicts replace. */
async function forget(session: SqlSession, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const list = ids.map(quoteText).join(", ");
  for (const table of ["delta_part", "verdict_text", "violation"]) await session.run(`DELETE FROM assay.${table} WHERE delta IN (${list})`);
  await session.run(`DELETE FROM assay.delta WHERE id IN (${list})`);
}

/** The columns `head`, `laws` and `tail` of a verdict; the text of laws goes to `laws` where verdicts share it. */
function verdictCells(verdict: Verdict, laws: Map<string, string>): LogCell[] {
  const parts = sharedParts(verdict);
  if (parts === null) return [verdictJson(verdict), null, null];
  const hash = lawsHash(verdict.laws, parts.laws);
  laws.set(hash, parts.laws);
  return [parts.head, hash, parts.tail];
}

const hashes = new WeakMap<object, string>();

function lawsHash(laws: Verdict["laws"], text: string): string {
  const hash = hashes.get(laws) ?? sha256(text);
  hashes.set(laws, hash);
  return hash;
}

function addRecord(rows: LogRows, laws: Map<string, string>, record: LogRecord): void {
  const judged = judgedOf(record);
  const isCommit = record.kind === "commit";
  const verdict = isCommit ? record.verdict : judged.verdict;
  const { id } = judged;
  const time = isCommit ? record.entry.time : record.time;
  const head = isCommit ? record.before.head : record.head;
  const status = isCommit ? "accepted" : "refused";
  rows.delta.push([
    id,
    judged.kind,
    status,
    storable(judged.proposer),
    storable(judged.reason),
    head,
    theoriesText(verdict.theories),
    time,
  ]);
  for (const [part, body] of judged.pieces.entries()) rows.delta_part.push([id, part, body]);
  rows.verdict_text.push([id, isCommit ? record.entry.verdict : verdictHash(verdict), ...verdictCells(verdict, laws)]);
  for (const { fingerprint, law } of verdict.violations) rows.violation.push([id, fingerprint, law]);
  if (!isCommit) return;
  rows.entry.push(entryRow(record.entry));
  if (judged.key !== null) rows.idempotency.push([judged.key, id]);
}

function entryRow(entry: LogEntry): LogCell[] {
  const { seq, kind, delta, proposer, reason, time, theories, verdict, effects, prev, hash } = entry;
  return [seq, kind, delta, proposer, reason, time, theoriesText(theories), verdict, effectsText(effects), prev, hash];
}
