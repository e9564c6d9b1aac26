import { type CanonicalInput, canonicalJson } from "../schema/canonical.ts";
import type { Clock } from "../schema/clock.ts";
import { SqlError, type SqlSession } from "../schema/sql_session.ts";
import type { Verdict } from "../schema/verdict.ts";
import { verdictHash, verdictJson } from "../schema/verdict_wire.ts";
import type { JudgedDelta } from "./accepted_delta.ts";
import { type AcceptedDelta, isAccepted } from "./gate.ts";
import type { BaseState } from "./in_force.ts";
import { type Effects, entryHash, type LogEntry, waiverEffects } from "./log.ts";
import { rollBack } from "./store/database.ts";
import type { DuckDbSession } from "./store/duckdb_session.ts";
import { COMMIT, columnList, logTable, OP, PLACE } from "./store/relation_table.ts";
import { storeError } from "./store/store_error.ts";
import { remakeViews } from "./store/views.ts";

/** Where a commit goes: the session whose open transaction holds the accepted delta's effects, and the state it was judged against. */
export interface CommitTarget {
  readonly session: DuckDbSession;
  readonly path: string | null;
  readonly clock: Clock;
  readonly state: BaseState;
}

/**
 * Ends the open transaction with the accepted delta as the next commit: facts, log, entry, delta, verdict and waivers in one.
 * Returns its verdict with the commit's number, and the new state. When it returns, the commit is on disk.
 * Errors: `store.full_disk`, `store.read_only`, `store.broken`; the transaction is then rolled back and nothing of it is there.
 */
export async function commit(target: CommitTarget, accepted: AcceptedDelta): Promise<{ verdict: Verdict; state: BaseState }> {
  if (!isAccepted(accepted)) throw new Error("commit takes only what the gate accepted");
  const { session, state } = target;
  const seq = state.head + 1;
  const verdict: Verdict = { ...accepted.verdict, commit: seq };
  const entry = nextEntry(target, accepted, seq, verdict);
  try {
    await writeHistory(session, accepted, seq);
    await writeEntry(session, entry);
    await remember(session, accepted, verdict, "accepted", entry.time, state.head);
    if (accepted.key !== null) await session.run("INSERT INTO assay.idempotency VALUES (?, ?)", [accepted.key, accepted.id]);
    await writeWaivers(session, accepted, seq);
    if (accepted.kind === "load") await writeTheories(session, accepted, state, seq);
    await session.run("COMMIT");
  } catch (cause) {
    await rollBack(session);
    throw cause instanceof SqlError ? storeError(cause, target.path, null) : cause;
  }
  return { verdict, state: { head: seq, headHash: entry.hash, inForce: accepted.inForce, waived: waivedAfter(state, accepted) } };
}

/** Keeps a refused delta with its verdict, in a transaction of its own. Judged again later, it replaces what was kept. */
export async function recordRefusal(target: CommitTarget, refused: JudgedDelta): Promise<void> {
  const { session, state } = target;
  await session.run("BEGIN TRANSACTION");
  try {
    await remember(session, refused, refused.verdict, "refused", target.clock.now(), state.head);
    await session.run("COMMIT");
  } catch (cause) {
    await rollBack(session);
    throw cause instanceof SqlError ? storeError(cause, target.path, null) : cause;
  }
}

function nextEntry(target: CommitTarget, accepted: AcceptedDelta, seq: number, verdict: Verdict): LogEntry {
  const entry = {
    seq,
    kind: accepted.kind,
    delta: accepted.id,
    proposer: accepted.proposer,
    reason: accepted.reason,
    time: target.clock.now(),
    theories: accepted.inForce.hashes,
    verdict: verdictHash(verdict),
    effects: effectsOf(accepted),
    prev: target.state.headHash,
  };
  return { ...entry, hash: entryHash(entry) };
}

function effectsOf(accepted: AcceptedDelta): Effects {
  const rows = (op: 1 | -1) => accepted.changes.filter((change) => change.op === op).reduce((sum, change) => sum + change.rows, 0);
  const waivers = waiverEffects(accepted.waive, accepted.settle);
  if (accepted.schema === null) return { asserted: rows(1), retracted: rows(-1), ...waivers };
  const { added, changed, dropped } = accepted.schema;
  return { added, changed: changed.map((item) => ({ ...item })), dropped: dropped.map((item) => ({ ...item })), ...waivers };
}

async function writeHistory(session: SqlSession, accepted: AcceptedDelta, seq: number): Promise<void> {
  for (const { relation, op, table } of accepted.changes) {
    const columns = columnList(relation.attributes);
    await session.run(
      `INSERT INTO ${logTable(relation.name)} (${COMMIT}, ${OP}, ${columns}, ${PLACE}) SELECT ${seq}, ${op}, ${columns}, ${PLACE} FROM ${table}`,
    );
  }
}

async function writeEntry(session: SqlSession, entry: LogEntry): Promise<void> {
  await session.run("INSERT INTO assay.entry VALUES (?::BIGINT, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [
    BigInt(entry.seq),
    entry.kind,
    entry.delta,
    entry.proposer,
    entry.reason,
    entry.time,
    canonicalJson(entry.theories),
    entry.verdict,
    canonicalJson(entry.effects as CanonicalInput),
    entry.prev,
    entry.hash,
  ]);
}

async function remember(
  session: SqlSession,
  judged: JudgedDelta,
  verdict: Verdict,
  status: "accepted" | "refused",
  time: string,
  head: number,
): Promise<void> {
  for (const table of ["delta_part", "verdict", "violation"]) await session.run(`DELETE FROM assay.${table} WHERE delta = ?`, [judged.id]);
  await session.run("DELETE FROM assay.delta WHERE id = ?", [judged.id]);
  await session.run("INSERT INTO assay.delta VALUES (?, ?, ?, ?, ?, ?::BIGINT, ?, ?)", [
    judged.id,
    judged.kind,
    status,
    judged.proposer.replaceAll("\0", "\ufffd").toWellFormed(),
    judged.reason.replaceAll("\0", "\ufffd").toWellFormed(),
    BigInt(head),
    canonicalJson(verdict.theories),
    time,
  ]);
  for (const [part, body] of judged.pieces.entries()) {
    await session.run("INSERT INTO assay.delta_part VALUES (?, ?::INTEGER, ?)", [judged.id, part, body]);
  }
  for (const { hash, files } of judged.theories) {
    await session.run("DELETE FROM assay.theory_file WHERE hash = ?", [hash]);
    for (const [path, text] of files) await session.run("INSERT INTO assay.theory_file VALUES (?, ?, ?)", [hash, path, text]);
  }
  await session.run("INSERT INTO assay.verdict VALUES (?, ?, ?)", [judged.id, verdictHash(verdict), verdictJson(verdict)]);
  const prints = verdict.violations.map(({ fingerprint, law }) => [judged.id, fingerprint, law]);
  await session.append({ catalog: null, schema: "assay", table: "violation" }, ["symbol", "symbol", "symbol"], prints);
}

async function writeWaivers(session: SqlSession, accepted: AcceptedDelta, seq: number): Promise<void> {
  for (const fingerprint of accepted.settle) {
    await session.run(`UPDATE assay.waiver SET commit_to = ${seq} WHERE fingerprint = ? AND commit_to IS NULL`, [fingerprint]);
  }
  for (const { fingerprint, law, witness } of accepted.waive) {
    await session.run(`INSERT INTO assay.waiver VALUES (?, ?, ?, ?, ?, ${seq}, NULL)`, [
      fingerprint,
      law,
      canonicalJson(witness),
      accepted.proposer,
      accepted.reason,
    ]);
  }
}

async function writeTheories(session: SqlSession, accepted: AcceptedDelta, state: BaseState, seq: number): Promise<void> {
  for (const theory of accepted.inForce.theories) {
    if (state.inForce.hashes[theory.name] === theory.hash) continue;
    await session.run(`UPDATE assay.theory SET commit_to = ${seq} WHERE name = ? AND commit_to IS NULL`, [theory.name]);
    await session.run(`INSERT INTO assay.theory VALUES (?, ?, ?, ${seq}, NULL)`, [theory.name, theory.version, theory.hash]);
  }
  await remakeViews(session, accepted.inForce.program);
}

function waivedAfter(state: BaseState, accepted: AcceptedDelta): ReadonlyMap<string, string> {
  const waived = new Map(state.waived);
  for (const fingerprint of accepted.settle) waived.delete(fingerprint);
  for (const { fingerprint, law } of accepted.waive) waived.set(fingerprint, law);
  return waived;
}
