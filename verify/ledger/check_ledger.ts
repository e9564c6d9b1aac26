import { leafHashHex } from "../../schema/merkle.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { LogBreak } from "../check_log.ts";
import { type LogEntry, readEntries } from "../log.ts";
import { commitLeaf } from "./leaf.ts";

const BATCH = 10_000;

/**
 * Recomputes the ledger: leaves are numbered without a gap, each commit has one, in the order of the log, each hash is that of the leaf's
 * bytes, and what is refused and still kept has a leaf that names its verdict. Returns the first break.
 */
export async function checkLedger(session: SqlSession, commits: number): Promise<LogBreak | null> {
  let position = 0;
  let seq = 0;
  for (;;) {
    const rows = await session.rows(
      `SELECT position, seq, body, hash, delta FROM assay.leaf WHERE position >= ${position} ORDER BY position LIMIT ${BATCH}`,
    );
    if (rows.length === 0) break;
    const entries = await entriesOf(session, seq + 1, rows.length);
    for (const [at, commit, body, hash, delta] of rows) {
      const fail = (detail: string): LogBreak => ({ commit: seq, what: "ledger", detail });
      if (Number(at) !== position) return fail(`leaf ${position} is missing or stands twice`);
      const entry = commit === null ? null : entries.get(Number(commit));
      if (commit !== null && (Number(commit) !== seq + 1 || entry === undefined))
        return fail(`leaf ${position} is not that of commit ${seq + 1}`);
      const text = entry === null || entry === undefined ? String(body) : commitLeaf(entry);
      if (leafHashHex(text) !== hash) return fail(`the hash of leaf ${position} is not that of its content`);
      const named = commit === null ? (JSON.parse(text) as { delta: unknown }).delta : null;
      if (named !== delta) return fail(`leaf ${position} is kept under another delta than it names`);
      position += 1;
      if (commit !== null) seq += 1;
    }
  }
  if (seq !== commits) return { commit: seq + 1, what: "ledger", detail: "the commit has no leaf" };
  return checkRefusals(session);
}

async function entriesOf(session: SqlSession, from: number, count: number): Promise<Map<number, LogEntry>> {
  return new Map((await readEntries(session, from, from + count - 1)).map((entry) => [entry.seq, entry]));
}

async function checkRefusals(session: SqlSession): Promise<LogBreak | null> {
  const [row] = await session.rows(
    `SELECT d.id, d.head FROM assay.delta AS d JOIN assay.verdict AS v ON v.delta = d.id
     WHERE d.status = 'refused' AND NOT EXISTS (
       SELECT 1 FROM assay.leaf AS l WHERE l.delta = d.id AND l.seq IS NULL AND json_extract_string(l.body, '$.verdict') = v.hash)
     ORDER BY d.head, d.id LIMIT 1`,
  );
  return row === undefined ? null : { commit: Number(row[1]), what: "ledger", detail: `the refusal of \`${row[0]}\` has no leaf` };
}
