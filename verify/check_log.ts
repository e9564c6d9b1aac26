import { theoryOf } from "../logic/theory.ts";
import { AssayError } from "../schema/assay_error.ts";
import { canonicalJson } from "../schema/canonical.ts";
import { deltaId } from "../schema/delta_id.ts";
import type { SqlSession } from "../schema/sql_session.ts";
import { readVerdict, verdictHash } from "../schema/verdict_wire.ts";
import { checkCommitHistory, checkFacts, checkHistoryBounds } from "./check_history.ts";
import { GENESIS } from "./in_force.ts";
import { entryHash, type LogEntry, readEntries, waiverEffects } from "./log.ts";
import { readGenerations } from "./store/history.ts";

/** The first thing that does not fit, and the commit it belongs to. */
export interface LogBreak {
  readonly commit: number;
  /**
   * `entry` the entry's own hash, its number or its link to the one before; `delta` the stored delta; `verdict` the stored verdict;
   * `theories` the stored theories; `waivers`; `history` the changes kept for the commit; `facts` the present facts.
   */
  readonly what: "entry" | "delta" | "verdict" | "theories" | "waivers" | "history" | "facts";
  readonly detail: string;
}

export interface LogCheck {
  readonly ok: boolean;
  /** Entries recomputed without a break. */
  readonly commits: number;
  /** The hash of the last entry that holds. */
  readonly head: string;
  readonly break: LogBreak | null;
}

const ENTRIES_READ = 500;

/**
 * Recomputes the whole log from what is stored: each entry's hash and link, the delta's id from its body, the verdict's hash from
 * its body, the hashes of the theories from their texts, waivers, the changes kept for the commit against the delta, and at last the
 * present facts as the sum of all changes. Returns the first break.
 */
export async function checkLog(session: SqlSession): Promise<LogCheck> {
  const last = Number((await session.rows("SELECT coalesce(max(seq), 0) FROM assay.entry"))[0]?.[0] ?? 0);
  let prev = GENESIS;
  let commits = 0;
  for (let from = 1; from <= last; from += ENTRIES_READ) {
    const entries = await readEntries(session, from, Math.min(from + ENTRIES_READ - 1, last));
    for (const entry of entries) {
      const found = await checkEntry(session, entry, commits + 1, prev);
      if (found !== null) return { ok: false, commits, head: prev, break: found };
      commits = entry.seq;
      prev = entry.hash;
    }
  }
  const found = await checkWhole(session, last, commits);
  return { ok: found === null, commits, head: prev, break: found };
}

async function checkWhole(session: SqlSession, last: number, commits: number): Promise<LogBreak | null> {
  if (commits !== last) return { commit: commits + 1, what: "entry", detail: "the entry is missing" };
  const generations = await readGenerations(session);
  return (await checkHistoryBounds(session, generations, last)) ?? (await checkFacts(session, generations, last));
}

async function checkEntry(session: SqlSession, entry: LogEntry, seq: number, prev: string): Promise<LogBreak | null> {
  const commit = seq;
  if (entry.seq !== seq) return { commit, what: "entry", detail: `entry ${entry.seq} stands where entry ${seq} must` };
  if (entry.prev !== prev) return { commit, what: "entry", detail: "it does not name the hash of the entry before" };
  if (entryHash(entry) !== entry.hash) return { commit, what: "entry", detail: "its hash is not the hash of its content" };
  return (
    (await checkDelta(session, entry)) ??
    (await checkVerdict(session, entry)) ??
    (await checkTheories(session, entry)) ??
    (await checkWaivers(session, entry)) ??
    (await checkCommitHistory(session, entry))
  );
}

async function checkDelta(session: SqlSession, entry: LogEntry): Promise<LogBreak | null> {
  const parts = await session.rows("SELECT body FROM assay.delta_part WHERE delta = ? ORDER BY part", [entry.delta]);
  const id = deltaId(parts.map(([body]) => String(body)));
  return id === entry.delta
    ? null
    : { commit: entry.seq, what: "delta", detail: `the stored delta has the id \`${id}\`, not \`${entry.delta}\`` };
}

async function checkVerdict(session: SqlSession, entry: LogEntry): Promise<LogBreak | null> {
  const fail = (detail: string): LogBreak => ({ commit: entry.seq, what: "verdict", detail });
  const rows = await session.rows("SELECT body FROM assay.verdict WHERE delta = ?", [entry.delta]);
  if (rows.length !== 1) return fail(`${rows.length} verdicts are stored where one must be`);
  try {
    const verdict = readVerdict(String(rows[0]?.[0]));
    if (verdictHash(verdict) !== entry.verdict) return fail("the stored verdict has another hash");
    const isOurs = verdict.verdict === "accepted" && verdict.delta === entry.delta && verdict.commit === entry.seq;
    return isOurs ? null : fail("the stored verdict does not accept this delta as this commit");
  } catch (cause) {
    return fail(`the stored verdict cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

async function checkTheories(session: SqlSession, entry: LogEntry): Promise<LogBreak | null> {
  const fail = (detail: string): LogBreak => ({ commit: entry.seq, what: "theories", detail });
  const rows = await session.rows(
    `SELECT name, hash FROM assay.theory WHERE commit_from <= ${entry.seq} AND (commit_to IS NULL OR ${entry.seq} < commit_to)`,
  );
  const stored = Object.fromEntries(rows.map(([name, hash]) => [String(name), String(hash)]));
  if (canonicalJson(stored) !== canonicalJson(entry.theories)) return fail("other theories are stored as in force");
  if (entry.kind === "delta") return null;
  for (const [name, hash] of Object.entries(entry.theories)) {
    const texts = await session.rows("SELECT path, body FROM assay.theory_file WHERE hash = ?", [hash]);
    try {
      const theory = theoryOf(new Map(texts.map(([path, body]) => [String(path), String(body)])));
      if (theory.hash !== hash || theory.name !== name) return fail(`the stored text of \`${name}\` has another hash`);
    } catch (cause) {
      if (!(cause instanceof AssayError)) throw cause;
      return fail(`the stored text of \`${name}\` cannot be read: ${cause.detail}`);
    }
  }
  return null;
}

async function checkWaivers(session: SqlSession, entry: LogEntry): Promise<LogBreak | null> {
  const made = await session.rows("SELECT fingerprint, law, author, reason FROM assay.waiver WHERE commit_from = ?::BIGINT", [
    BigInt(entry.seq),
  ]);
  const settled = await session.rows("SELECT fingerprint FROM assay.waiver WHERE commit_to = ?::BIGINT", [BigInt(entry.seq)]);
  const effects = waiverEffects(
    made.map(([fingerprint, law]) => ({ fingerprint: String(fingerprint), law: String(law) })),
    settled.map(([fingerprint]) => String(fingerprint)),
  );
  const named = ["waived", "waivers", "settled", "settlements"].filter((name) => entry.effects[name] !== effects[name]);
  const isOthers = made.some(([, , author, reason]) => author !== entry.proposer || reason !== entry.reason);
  if (named.length === 0 && !isOthers) return null;
  return { commit: entry.seq, what: "waivers", detail: "the stored waivers are not those of the commit" };
}
