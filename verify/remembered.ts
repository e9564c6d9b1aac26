import { canonicalJson } from "../schema/canonical.ts";
import type { SqlSession } from "../schema/sql_session.ts";
import type { Verdict } from "../schema/verdict.ts";
import { readVerdict } from "../schema/verdict_wire.ts";
import type { BaseState } from "./in_force.ts";

/**
 * The verdict that a delta of this id was given before, marked `replayed`: that of its commit where it was accepted; that of its
 * refusal while head and theories are the same and no bound had a part in it. Else null: it is to be judged.
 */
export async function remembered(session: SqlSession, id: string, state: BaseState): Promise<Verdict | null> {
  const rows = await session.rows(
    "SELECT d.status, d.head, d.theories, v.body FROM assay.delta AS d JOIN assay.verdict AS v ON v.delta = d.id WHERE d.id = ?",
    [id],
  );
  const found = rows[0];
  if (found === undefined) return null;
  const [status, head, theories, body] = found;
  const verdict: Verdict = { ...readVerdict(String(body)), replayed: true };
  if (status === "accepted") return verdict;
  const isSame = Number(head) === state.head && theories === canonicalJson(state.inForce.hashes);
  return isSame && !verdict.violations.some(({ code }) => code?.startsWith("limit.")) ? verdict : null;
}

/** The stored verdict of a delta, accepted or refused; null where none of that id was judged. */
export async function storedVerdict(session: SqlSession, id: string): Promise<Verdict | null> {
  const body = (await session.rows("SELECT body FROM assay.verdict WHERE delta = ?", [id]))[0]?.[0];
  return body === undefined ? null : readVerdict(String(body));
}
