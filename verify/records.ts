import type { ProposedDelta } from "../schema/delta.ts";
import { readDelta } from "../schema/delta_wire.ts";
import type { SqlRow, SqlSession } from "../schema/sql_session.ts";

/** A refused delta as it is kept. */
export interface Refusal {
  readonly delta: string;
  readonly kind: "delta" | "load";
  readonly proposer: string;
  readonly reason: string;
  /** The head it was judged against. */
  readonly head: number;
  readonly time: string;
  readonly violations: number;
}

/** A waived violation. */
export interface WaiverRecord {
  readonly fingerprint: string;
  readonly law: string;
  /** RFC 8785 JSON. */
  readonly witness: string;
  readonly author: string;
  readonly reason: string;
  readonly from: number;
  /** The commit that mended it, or null while it stands. */
  readonly to: number | null;
}

const REFUSED = `SELECT d.id, d.kind, d.proposer, d.reason, d.head, d."time", (v.body::JSON->>'total')::BIGINT
  FROM assay.delta AS d JOIN assay.verdict AS v ON v.delta = d.id WHERE d.status = 'refused'`;

/** Refused deltas, the latest first. */
export async function readRefusals(session: SqlSession, limit: number, offset: number): Promise<Refusal[]> {
  return refusalsOf(await session.rows(`${REFUSED} ORDER BY d."time" DESC, d.id LIMIT ${limit} OFFSET ${offset}`));
}

/** How many refused deltas are kept. */
export async function countRefusals(session: SqlSession): Promise<number> {
  const [row] = await session.rows("SELECT count(*) FROM assay.delta WHERE status = 'refused'");
  return Number(row?.[0] ?? 0);
}

/** Refused deltas noted after a time, in the order of their times. */
export async function readRefusalsAfter(session: SqlSession, time: string, limit: number): Promise<Refusal[]> {
  return refusalsOf(await session.rows(`${REFUSED} AND d."time" > ? ORDER BY d."time", d.id LIMIT ${limit}`, [time]));
}

/** The time of the last commit or refusal; the empty text where there is none. */
export async function lastTime(session: SqlSession): Promise<string> {
  const [row] = await session.rows(
    `SELECT greatest(coalesce((SELECT max("time") FROM assay.entry), ''), coalesce((SELECT max("time") FROM assay.delta), ''))`,
  );
  return String(row?.[0] ?? "");
}

function refusalsOf(rows: readonly SqlRow[]): Refusal[] {
  return rows.map(([delta, kind, proposer, reason, head, time, violations]) => ({
    delta: String(delta),
    kind: kind as Refusal["kind"],
    proposer: String(proposer),
    reason: String(reason),
    head: Number(head),
    time: String(time),
    violations: Number(violations),
  }));
}

/** Waivers, those in force first. */
export async function readWaivers(session: SqlSession): Promise<WaiverRecord[]> {
  const rows = await session.rows(
    `SELECT fingerprint, law, witness, author, reason, commit_from, commit_to FROM assay.waiver
     ORDER BY commit_to IS NOT NULL, law, commit_from, fingerprint`,
  );
  return rows.map(([fingerprint, law, witness, author, reason, from, to]) => ({
    fingerprint: String(fingerprint),
    law: String(law),
    witness: String(witness),
    author: String(author),
    reason: String(reason),
    from: Number(from),
    to: to === null ? null : Number(to),
  }));
}

/** The stored form of a delta, or null where none of that id is kept. */
export async function readBody(session: SqlSession, id: string): Promise<string | null> {
  const parts = await session.rows("SELECT body FROM assay.delta_part WHERE delta = ? ORDER BY part", [id]);
  return parts.length === 0 ? null : parts.map(([body]) => String(body)).join("");
}

/** A stored delta as a proposal. Null where none of that id is kept, or it loaded theories. */
export async function proposedAgain(session: SqlSession, id: string): Promise<ProposedDelta | null> {
  const kind = (await session.rows("SELECT kind FROM assay.delta WHERE id = ?", [id]))[0]?.[0];
  const body = kind === "delta" ? await readBody(session, id) : null;
  return body === null ? null : readStoredDelta(body);
}

/** The delta that a stored form says. Takes only what the gate stored. */
export function readStoredDelta(body: string): ProposedDelta {
  return readDelta(body, { source: null, limits: { json_bytes: Number.MAX_SAFE_INTEGER, json_depth: 200 } });
}
