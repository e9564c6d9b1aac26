import { canonicalJson } from "../../schema/canonical.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { Consequences, JudgedDelta } from "../accepted_delta.ts";
import type { BaseState } from "../in_force.ts";
import { remakeViews } from "./views.ts";

/** Records the waivers that a commit makes and settles, inside the caller's transaction. */
export async function writeWaivers(session: SqlSession, accepted: JudgedDelta & Consequences, seq: number): Promise<void> {
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

/** Puts the theories of a load in force in place of those in `before`, inside the caller's transaction. */
export async function writeTheories(
  session: SqlSession,
  accepted: JudgedDelta & Consequences,
  before: BaseState,
  seq: number,
): Promise<void> {
  for (const theory of accepted.inForce.theories) {
    if (before.inForce.hashes[theory.name] === theory.hash) continue;
    await session.run(`UPDATE assay.theory SET commit_to = ${seq} WHERE name = ? AND commit_to IS NULL`, [theory.name]);
    await session.run(`INSERT INTO assay.theory VALUES (?, ?, ?, ${seq}, NULL)`, [theory.name, theory.version, theory.hash]);
  }
  await remakeViews(session, accepted.inForce.program);
}
