import { quoteText, type SqlSession } from "../../schema/sql_session.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import { verdictHash, verdictJson } from "../../schema/verdict_wire.ts";
import type { JudgedDelta } from "../accepted_delta.ts";
import type { LogRecord } from "../commit.ts";
import { appendLeaves, type NewLeaf } from "../ledger/append_leaves.ts";
import { commitLeaf, refusalLeaf } from "../ledger/leaf.ts";
import { effectsText, type LogEntry, theoriesText } from "../log.ts";

const SYMBOLS: readonly ValueType[] = Array<ValueType>(10).fill("symbol");
const columns = {
  entry: ["number", ...SYMBOLS],
  delta: ["symbol", "symbol", "symbol", "symbol", "symbol", "number", "symbol", "symbol"],
  delta_part: ["symbol", "number", "symbol"],
  verdict: ["symbol", "symbol", "symbol"],
  violation: ["symbol", "symbol", "symbol"],
  idempotency: ["symbol", "symbol"],
} as const satisfies Record<string, readonly ValueType[]>;

type Table = keyof typeof columns;
const tables = Object.keys(columns) as Table[];
/** Rows to append, by table of the schema `assay`. */
type Rows = { readonly [table in Table]: (readonly (Value | null)[])[] };

/**
 * Writes the entries, deltas, verdicts, keys and theory texts of a group inside the caller's transaction; of several records of one
 * delta the last. A few statements, however many records.
 */
export async function writeRecords(session: SqlSession, records: readonly LogRecord[]): Promise<void> {
  const last = new Map(records.map((record) => [judgedOf(record).id, record]));
  await forget(
    session,
    [...last.values()].flatMap((record) => (judgedOf(record).replaces ? [judgedOf(record).id] : [])),
  );
  const rows: Rows = { entry: [], delta: [], delta_part: [], verdict: [], violation: [], idempotency: [] };
  for (const record of last.values()) addRecord(rows, record);
  for (const table of tables) {
    if (rows[table].length > 0) await session.append({ catalog: null, schema: "assay", table }, columns[table], rows[table]);
  }
  for (const record of last.values()) await writeTheoryFiles(session, judgedOf(record));
  await appendLeaves(session, records.map(leafOf));
}

/** Every record has its leaf, also one that a later record of the same delta replaces. */
function leafOf(record: LogRecord): NewLeaf {
  if (record.kind === "commit") {
    const { entry } = record;
    return { seq: entry.seq, delta: entry.delta, text: commitLeaf(entry) };
  }
  const { refused, head, time } = record;
  const { id: delta, kind: of, verdict } = refused;
  const [proposer, reason] = [storable(refused.proposer), storable(refused.reason)];
  const { theories } = verdict;
  return { seq: null, delta, text: refusalLeaf({ delta, of, proposer, reason, time, head, theories, verdict: verdictHash(verdict) }) };
}

/** Text as the database can keep it; what it cannot was refused for that. */
function storable(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}

function judgedOf(record: LogRecord): JudgedDelta {
  return record.kind === "commit" ? record.accepted : record.refused;
}

/** Deletes what is kept of deltas, which their new verdicts replace. */
async function forget(session: SqlSession, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const list = ids.map(quoteText).join(", ");
  for (const table of ["delta_part", "verdict", "violation"]) await session.run(`DELETE FROM assay.${table} WHERE delta IN (${list})`);
  await session.run(`DELETE FROM assay.delta WHERE id IN (${list})`);
}

function addRecord(rows: Rows, record: LogRecord): void {
  const judged = judgedOf(record);
  const isCommit = record.kind === "commit";
  const verdict = isCommit ? record.verdict : judged.verdict;
  const { id } = judged;
  const time = isCommit ? record.entry.time : record.time;
  const head = isCommit ? record.before.head : record.head;
  const texts = [judged.proposer, judged.reason].map(storable);
  const status = isCommit ? "accepted" : "refused";
  rows.delta.push([id, judged.kind, status, ...texts, BigInt(head), theoriesText(verdict.theories), time]);
  for (const [part, body] of judged.pieces.entries()) rows.delta_part.push([id, BigInt(part), body]);
  rows.verdict.push([id, isCommit ? record.entry.verdict : verdictHash(verdict), verdictJson(verdict)]);
  for (const { fingerprint, law } of verdict.violations) rows.violation.push([id, fingerprint, law]);
  if (!isCommit) return;
  rows.entry.push(entryRow(record.entry));
  if (judged.key !== null) rows.idempotency.push([judged.key, id]);
}

function entryRow(entry: LogEntry): Value[] {
  const { seq, kind, delta, proposer, reason, time, theories, verdict, effects, prev, hash } = entry;
  return [BigInt(seq), kind, delta, proposer, reason, time, theoriesText(theories), verdict, effectsText(effects), prev, hash];
}

async function writeTheoryFiles(session: SqlSession, judged: JudgedDelta): Promise<void> {
  for (const { hash, files } of judged.theories) {
    await session.run("DELETE FROM assay.theory_file WHERE hash = ?", [hash]);
    for (const [path, text] of files) await session.run("INSERT INTO assay.theory_file VALUES (?, ?, ?)", [hash, path, text]);
  }
}
