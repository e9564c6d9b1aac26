import { quoteText, type SqlSession } from "../schema/sql_session.ts";
import type { Verdict } from "../schema/verdict.ts";
import { readVerdict } from "../schema/verdict_wire.ts";
import type { BaseState } from "./in_force.ts";
import { theoriesText } from "./log.ts";

/** How a delta was judged, as far as it matters to the next time. */
export interface Remembered {
  readonly status: "accepted" | "refused";
  /** The head it was judged against. */
  readonly head: number;
  /** `theoriesText` of the theories that judged it. */
  readonly theories: string;
  readonly verdict: Verdict;
}

/**
 * What a verdict given before says now, marked `replayed`: that of a commit holds for ever; that of a refusal while head and theories
 * are the same and no bound had a part in it. Else the delta is to be judged, and its new verdict replaces the old.
 */
export function recall(found: Remembered, state: BaseState): Verdict | null {
  const verdict: Verdict = { ...found.verdict, replayed: true };
  if (found.status === "accepted") return verdict;
  const isSame = found.head === state.head && found.theories === theoriesText(state.inForce.hashes);
  return isSame && !verdict.violations.some(({ code }) => code?.startsWith("limit.")) ? verdict : null;
}

/** What is kept of deltas by their ids. */
export async function readRemembered(session: SqlSession, ids: readonly string[]): Promise<Map<string, Remembered>> {
  if (ids.length === 0) return new Map();
  const rows = await session.rows(
    `SELECT d.id, d.status, d.head, d.theories, v.body FROM assay.delta AS d JOIN assay.verdict AS v ON v.delta = d.id
     WHERE d.id IN (${ids.map(quoteText).join(", ")})`,
  );
  const read = rows.map(([id, status, head, theories, body]): readonly [string, Remembered] => [
    String(id),
    {
      status: status as Remembered["status"],
      head: Number(head),
      theories: String(theories),
      verdict: readVerdict(String(body)),
    },
  ]);
  return new Map(read);
}

/** The deltas that idempotency keys belong to, by key. No key holds NUL. */
export async function keyOwners(session: SqlSession, keys: readonly string[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map();
  const rows = await session.rows(`SELECT key, delta FROM assay.idempotency WHERE key IN (${keys.map(quoteText).join(", ")})`);
  return new Map(rows.map(([key, delta]) => [String(key), String(delta)]));
}

/** The stored verdict of a delta, accepted or refused; null where none of that id was judged. */
export async function storedVerdict(session: SqlSession, id: string): Promise<Verdict | null> {
  const body = (await session.rows("SELECT body FROM assay.verdict WHERE delta = ?", [id]))[0]?.[0];
  return body === undefined ? null : readVerdict(String(body));
}
