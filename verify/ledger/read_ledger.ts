import { HASH_BYTES, Leaves } from "../../schema/merkle.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import { readEntries } from "../log.ts";
import { commitLeaf } from "./leaf.ts";

const BATCH = 100_000;

/** All leaf hashes, in order. */
export async function readLeaves(session: SqlSession): Promise<Leaves> {
  const size = Number((await session.rows("SELECT count(*) FROM assay.leaf"))[0]?.[0] ?? 0);
  const bytes = Buffer.alloc(size * HASH_BYTES);
  for (let from = 0; from < size; from += BATCH) {
    const to = Math.min(from + BATCH, size);
    const rows = await session.rows(`SELECT hash FROM assay.leaf WHERE position >= ${from} AND position < ${to} ORDER BY position`);
    for (const [index, [hash]] of rows.entries()) bytes.write(String(hash), (from + index) * HASH_BYTES, "hex");
  }
  return new Leaves(bytes);
}

/** A leaf's place in the ledger and its bytes. */
export interface FoundLeaf {
  readonly index: number;
  readonly text: string;
}

/** The leaf of a commit; null where there is no commit of that number. */
export async function leafOfCommit(session: SqlSession, seq: number): Promise<FoundLeaf | null> {
  const [row] = await session.rows("SELECT position FROM assay.leaf WHERE seq = ?::BIGINT", [BigInt(seq)]);
  const [entry] = await readEntries(session, seq, seq);
  return row === undefined || entry === undefined ? null : { index: Number(row[0]), text: commitLeaf(entry) };
}

/** The last leaf of a delta: its commit, or else its last refusal; null where it was never judged here. */
export async function leafOfDelta(session: SqlSession, delta: string): Promise<FoundLeaf | null> {
  const [commit] = await session.rows("SELECT seq FROM assay.entry WHERE delta = ?", [delta]);
  if (commit !== undefined) return leafOfCommit(session, Number(commit[0]));
  const [row] = await session.rows("SELECT position, body FROM assay.leaf WHERE delta = ? ORDER BY position DESC LIMIT 1", [delta]);
  return row === undefined ? null : { index: Number(row[0]), text: String(row[1]) };
}
