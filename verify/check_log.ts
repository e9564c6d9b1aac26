import { theoryOf } from "../logic/theory.ts";
import { AssayError } from "../schema/assay_error.ts";
import { canonicalJson } from "../schema/canonical.ts";
import { deltaId } from "../schema/delta_id.ts";
import type { SqlSession } from "../schema/sql_session.ts";
import { readVerdict, verdictHash } from "../schema/verdict_wire.ts";
import { checkCommitHistory, checkFacts, checkHistoryBounds } from "./check_history.ts";
import { GENESIS } from "./in_force.ts";
import { checkLedger } from "./ledger/check_ledger.ts";
import { entryHash, type LogEntry, waiverEffects } from "./log.ts";
import { type LogBatch, logBatches } from "./log_batch.ts";
import { readGenerations } from "./store/history.ts";

/** The first thing that does not fit, and the commit it belongs to. */
export interface LogBreak {
  readonly commit: number;
  /**
   * `entry` the entry's own hash, its number or its link to the one before; `delta` the stored delta; `verdict` the stored verdict;
   * `theories` the stored theories; `waivers`; `history` the changes kept for the commit; `facts` the present facts; `ledger` the leaves of
   * the Merkle tree.
   */
  readonly what: "entry" | "delta" | "verdict" | "theories" | "waivers" | "history" | "facts" | "ledger";
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

/**
 * Recomputes the whole log from what is stored: each entry's hash and link, the delta's id from its body, the verdict's hash from
 * its body, the hashes of the theories from their texts, waivers, the changes kept for the commit against the delta, and at last the
 * present facts as the sum of all changes and the leaves of the ledger. Returns the first break.
 */
export async function checkLog(session: SqlSession): Promise<LogCheck> {
  const last = Number((await session.rows("SELECT coalesce(max(seq), 0) FROM assay.entry"))[0]?.[0] ?? 0);
  let prev = GENESIS;
  let commits = 0;
  for await (const batch of logBatches(session, last)) {
    for (const entry of batch.entries) {
      const found = await checkEntry(session, batch, entry, commits + 1, prev);
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
  return (
    (await checkHistoryBounds(session, generations, last)) ??
    (await checkFacts(session, generations, last)) ??
    (await checkLedger(session, commits))
  );
}

async function checkEntry(session: SqlSession, batch: LogBatch, entry: LogEntry, seq: number, prev: string): Promise<LogBreak | null> {
  const commit = seq;
  if (entry.seq !== seq) return { commit, what: "entry", detail: `entry ${entry.seq} stands where entry ${seq} must` };
  if (entry.prev !== prev) return { commit, what: "entry", detail: "it does not name the hash of the entry before" };
  if (entryHash(entry) !== entry.hash) return { commit, what: "entry", detail: "its hash is not the hash of its content" };
  return (
    checkDelta(batch, entry) ??
    checkVerdict(batch, entry) ??
    (await checkTheories(session, batch, entry)) ??
    checkWaivers(batch, entry) ??
    (await checkCommitHistory(session, batch, entry))
  );
}

function checkDelta(batch: LogBatch, entry: LogEntry): LogBreak | null {
  const id = deltaId(batch.parts.get(entry.seq) ?? []);
  return id === entry.delta
    ? null
    : { commit: entry.seq, what: "delta", detail: `the stored delta has the id \`${id}\`, not \`${entry.delta}\`` };
}

function checkVerdict(batch: LogBatch, entry: LogEntry): LogBreak | null {
  const fail = (detail: string): LogBreak => ({ commit: entry.seq, what: "verdict", detail });
  const [body, ...more] = batch.verdicts.get(entry.seq) ?? [];
  if (body === undefined || more.length > 0)
    return fail(`${body === undefined ? 0 : more.length + 1} verdicts are stored where one must be`);
  try {
    const verdict = readVerdict(body);
    if (verdictHash(verdict) !== entry.verdict) return fail("the stored verdict has another hash");
    const isOurs = verdict.verdict === "accepted" && verdict.delta === entry.delta && verdict.commit === entry.seq;
    return isOurs ? null : fail("the stored verdict does not accept this delta as this commit");
  } catch (cause) {
    return fail(`the stored verdict cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

async function checkTheories(session: SqlSession, batch: LogBatch, entry: LogEntry): Promise<LogBreak | null> {
  const fail = (detail: string): LogBreak => ({ commit: entry.seq, what: "theories", detail });
  const held = batch.theories.filter(({ from, to }) => from <= entry.seq && (to === null || entry.seq < to));
  const stored = Object.fromEntries(held.map(({ name, hash }) => [name, hash]));
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

function checkWaivers(batch: LogBatch, entry: LogEntry): LogBreak | null {
  const made = batch.waived.get(entry.seq) ?? [];
  const effects = waiverEffects(
    made.map(([fingerprint, law]) => ({ fingerprint: String(fingerprint), law: String(law) })),
    batch.settled.get(entry.seq) ?? [],
  );
  const named = ["waived", "waivers", "settled", "settlements"].filter((name) => entry.effects[name] !== effects[name]);
  const isOthers = made.some(([, , author, reason]) => author !== entry.proposer || reason !== entry.reason);
  if (named.length === 0 && !isOthers) return null;
  return { commit: entry.seq, what: "waivers", detail: "the stored waivers are not those of the commit" };
}
