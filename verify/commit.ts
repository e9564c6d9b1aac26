import { sha256 } from "../schema/canonical.ts";
import { SqlError } from "../schema/sql_session.ts";
import type { Verdict } from "../schema/verdict.ts";
import { verdictHash } from "../schema/verdict_wire.ts";
import type { JudgedDelta } from "./accepted_delta.ts";
import { type AcceptedDelta, isAccepted } from "./gate.ts";
import type { BaseState } from "./in_force.ts";
import { forgetSize } from "./ledger/append_leaves.ts";
import { type Effects, entryText, type LogEntry, waiverEffects } from "./log.ts";
import { rollBack } from "./store/database.ts";
import type { DuckDbSession } from "./store/duckdb_session.ts";
import { writeTheories, writeWaivers } from "./store/governing.ts";
import { changesInMemory, writeApplied } from "./store/group_changes.ts";
import type { GroupImage } from "./store/group_image.ts";
import { judgedOf, recordRows, writeTheoryFiles } from "./store/group_records.ts";
import { type Journal, writeImage } from "./store/journal.ts";
import { storeError } from "./store/store_error.ts";

/** What one judged delta leaves in the log: a commit, or a refusal. */
export type LogRecord = CommitRecord | RefusalRecord;

export interface CommitRecord {
  readonly kind: "commit";
  readonly accepted: AcceptedDelta;
  readonly entry: LogEntry;
  /** The entry's text, which its hash and its leaf in the ledger are made of. */
  readonly text: string;
  /** With the commit's number. */
  readonly verdict: Verdict;
  /** The state it was judged against. */
  readonly before: BaseState;
}

export interface RefusalRecord {
  readonly kind: "refusal";
  readonly refused: JudgedDelta;
  readonly head: number;
  readonly time: string;
}

/**
 * An accepted delta as the next commit after `before`, and the state that it leaves once `writeGroup` has put it on disk. `judged` is its
 * verdict where places were found since the gate gave it.
 */
export function nextCommit(
  before: BaseState,
  accepted: AcceptedDelta,
  time: string,
  judged: Verdict = accepted.verdict,
): { record: CommitRecord; state: BaseState } {
  if (!isAccepted(accepted)) throw new Error("commit takes only what the gate accepted");
  const seq = before.head + 1;
  const { id: delta, kind, proposer, reason, inForce } = accepted;
  const verdict: Verdict = { ...judged, commit: seq };
  const entry = {
    seq,
    kind,
    delta,
    proposer,
    reason,
    time,
    theories: inForce.hashes,
    verdict: verdictHash(verdict),
    effects: effectsOf(accepted),
    prev: before.headHash,
  };
  const text = entryText(entry);
  const hash = sha256(text);
  const state: BaseState = { head: seq, headHash: hash, inForce, waived: waivedAfter(before, accepted) };
  return { record: { kind: "commit", accepted, entry: { ...entry, hash }, text, verdict, before }, state };
}

/** Where a group of records goes. */
export interface GroupTarget {
  readonly session: DuckDbSession;
  readonly path: string | null;
  /** Where small groups wait for their tables; null where every group is written to them at once. */
  readonly journal: Journal | null;
  /** True where the session's transaction is open already and holds what the accepted deltas did. */
  readonly isOpen: boolean;
  /** Told what was written, once it is on disk. */
  onWritten?(records: readonly LogRecord[]): void;
}

/**
 * Writes deltas judged one after the other, all of them in one transaction, which it ends: facts, history, entries, deltas, verdicts and
 * waivers. A later record of a delta replaces an earlier one. When it returns, all of it is on disk.
 * Errors: `store.full_disk`, `store.read_only`, `store.broken`; the transaction is then rolled back and nothing of it is there.
 */
export async function writeGroup(target: GroupTarget, records: readonly LogRecord[]): Promise<void> {
  const { session, journal } = target;
  const commits = records.filter((record) => record.kind === "commit");
  if (!commits.every(({ accepted }) => isAccepted(accepted))) throw new Error("commit takes only what the gate accepted");
  const changed = commits.map(({ accepted, entry }) => ({ seq: entry.seq, changes: accepted.changes }));
  const image = { ...recordRows(records), changes: changesInMemory(changed) };
  const mayWait = journal !== null && !target.isOpen && records.every(isPlain);
  if (!mayWait || !(await journal.write(image))) {
    try {
      if (!target.isOpen) await session.run("BEGIN TRANSACTION");
      await writeApplied(session, changed);
      await writeAll(session, records, image);
      await session.run("COMMIT");
    } catch (cause) {
      forgetSize(session);
      await rollBack(session);
      throw cause instanceof SqlError ? storeError(cause, target.path, null) : cause;
    }
  }
  target.onWritten?.(records);
}

/** True where a record does nothing but what its image says. */
function isPlain(record: LogRecord): boolean {
  if (judgedOf(record).theories.length > 0) return false;
  return (
    record.kind === "refusal" || (record.accepted.kind === "delta" && record.accepted.waive.length + record.accepted.settle.length === 0)
  );
}

async function writeAll(session: DuckDbSession, records: readonly LogRecord[], image: GroupImage): Promise<void> {
  await writeImage(session, image);
  for (const record of records) {
    await writeTheoryFiles(session, judgedOf(record));
    if (record.kind === "refusal") continue;
    const { accepted, entry, before } = record;
    await writeWaivers(session, accepted, entry.seq);
    if (accepted.kind === "load") await writeTheories(session, accepted, before, entry.seq);
  }
}

function effectsOf(accepted: AcceptedDelta): Effects {
  let asserted = 0;
  let retracted = 0;
  for (const { op, rows } of accepted.changes) {
    if (op === 1) asserted += rows;
    else retracted += rows;
  }
  const waivers = waiverEffects(accepted.waive, accepted.settle);
  if (accepted.schema === null) return { asserted, retracted, ...waivers };
  const { added, changed, dropped } = accepted.schema;
  return { added, changed: changed.map((item) => ({ ...item })), dropped: dropped.map((item) => ({ ...item })), ...waivers };
}

function waivedAfter(state: BaseState, accepted: AcceptedDelta): ReadonlyMap<string, string> {
  if (accepted.settle.length === 0 && accepted.waive.length === 0) return state.waived;
  const waived = new Map(state.waived);
  for (const fingerprint of accepted.settle) waived.delete(fingerprint);
  for (const { fingerprint, law } of accepted.waive) waived.set(fingerprint, law);
  return waived;
}
