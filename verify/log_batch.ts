import type { SqlRow, SqlSession } from "../schema/sql_session.ts";
import { type LogEntry, readEntries } from "./log.ts";
import { type Generation, readGenerations } from "./store/history.ts";
import { COMMIT, columnList, logTable, OP } from "./store/relation_table.ts";

/** A stretch of the log with all that is stored beside its entries, read in a few statements. */
export interface LogBatch {
  readonly entries: readonly LogEntry[];
  readonly generations: readonly Generation[];
  /** By entry: the parts of its delta's body, in order. */
  readonly parts: ReadonlyMap<number, readonly string[]>;
  readonly verdicts: ReadonlyMap<number, readonly string[]>;
  /** By commit that made them: fingerprint, law, author, reason. */
  readonly waived: ReadonlyMap<number, readonly SqlRow[]>;
  /** By commit that settled them. */
  readonly settled: ReadonlyMap<number, readonly string[]>;
  /** Name and hash of the theories, and the commits from and to which they hold. */
  readonly theories: readonly { readonly name: string; readonly hash: string; readonly from: number; readonly to: number | null }[];
  /** By log and then commit: the sign of each change and its columns. */
  readonly changes: ReadonlyMap<string, ReadonlyMap<number, readonly SqlRow[]>>;
}

const ENTRIES_MAX = 2_000;
const BYTES_MAX = 64 * 1024 * 1024;

/** Batches of the log up to entry `last`, each small enough to be held in memory (one entry at least). */
export async function* logBatches(session: SqlSession, last: number): AsyncGenerator<LogBatch> {
  const generations = await readGenerations(session);
  for (let from = 1; from <= last; ) {
    const to = await batchEnd(session, from, Math.min(from + ENTRIES_MAX - 1, last));
    yield readBatch(session, generations, from, to);
    from = to + 1;
  }
}

async function batchEnd(session: SqlSession, from: number, to: number): Promise<number> {
  const sizes = await session.rows(
    `SELECT e.seq, sum(strlen(p.body))::BIGINT FROM assay.entry AS e JOIN assay.delta_part AS p ON p.delta = e.delta
     WHERE e.seq BETWEEN ${from} AND ${to} GROUP BY e.seq ORDER BY e.seq`,
  );
  let bytes = 0;
  for (const [seq, size] of sizes) {
    bytes += Number(size);
    if (bytes > BYTES_MAX) return Math.max(from, Number(seq) - 1);
  }
  return to;
}

async function readBatch(session: SqlSession, generations: readonly Generation[], from: number, to: number): Promise<LogBatch> {
  const within = `BETWEEN ${from} AND ${to}`;
  const parts = await session.rows(
    `SELECT e.seq, p.body FROM (SELECT DISTINCT seq, delta FROM assay.entry WHERE seq ${within}) AS e
     JOIN assay.delta_part AS p ON p.delta = e.delta ORDER BY e.seq, p.part`,
  );
  const verdicts = await session.rows(
    `SELECT e.seq, v.body FROM (SELECT DISTINCT seq, delta FROM assay.entry WHERE seq ${within}) AS e
     JOIN assay.verdict AS v ON v.delta = e.delta`,
  );
  const waived = await session.rows(`SELECT commit_from, fingerprint, law, author, reason FROM assay.waiver WHERE commit_from ${within}`);
  const settled = await session.rows(`SELECT commit_to, fingerprint FROM assay.waiver WHERE commit_to ${within}`);
  const theories = await session.rows("SELECT name, hash, commit_from, commit_to FROM assay.theory");
  const changes = new Map<string, ReadonlyMap<number, readonly SqlRow[]>>();
  for (const { log, attributes } of generations) {
    const rows = await session.rows(`SELECT ${COMMIT}, ${OP}, ${columnList(attributes)} FROM ${logTable(log)} WHERE ${COMMIT} ${within}`);
    changes.set(log, byCommit(rows));
  }
  return {
    entries: await readEntries(session, from, to),
    generations,
    parts: texts(parts),
    verdicts: texts(verdicts),
    waived: byCommit(waived),
    settled: texts(settled),
    theories: theories.map(([name, hash, since, until]) => ({
      name: String(name),
      hash: String(hash),
      from: Number(since),
      to: until === null ? null : Number(until),
    })),
    changes,
  };
}

/** Rows without their first column, by the commit in it. */
function byCommit(rows: readonly SqlRow[]): Map<number, SqlRow[]> {
  const found = new Map<number, SqlRow[]>();
  for (const [commit, ...columns] of rows) {
    const list = found.get(Number(commit));
    if (list === undefined) found.set(Number(commit), [columns]);
    else list.push(columns);
  }
  return found;
}

function texts(rows: readonly SqlRow[]): Map<number, string[]> {
  return new Map([...byCommit(rows)].map(([commit, list]) => [commit, list.map(([text]) => String(text))]));
}
