import { leafHashHex } from "../../schema/merkle.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { ValueType } from "../../schema/value.ts";

/** A leaf to append: a commit by its number, or a refusal, whose text is kept because nothing else holds it for ever. */
export interface NewLeaf {
  readonly seq: number | null;
  readonly delta: string | null;
  readonly body: string | null;
  /** The hash of the leaf's bytes, in hex. */
  readonly hash: string;
}

export function leafOfCommit(seq: number, text: string): NewLeaf {
  return { seq, delta: null, body: null, hash: leafHashHex(text) };
}

export function leafOfRefusal(delta: string, text: string): NewLeaf {
  return { seq: null, delta, body: text, hash: leafHashHex(text) };
}

/** The types of a leaf's columns in its table: its position, then those of `leafCells`. */
export const leafTypes: readonly ValueType[] = ["number", "number", "symbol", "symbol", "symbol"];

/** The columns of leaves, but for their positions. */
export function leafCells(leaves: readonly NewLeaf[]): readonly (readonly (string | number | null)[])[] {
  return [leaves.map(({ seq }) => seq), leaves.map(({ delta }) => delta), leaves.map(({ body }) => body), leaves.map(({ hash }) => hash)];
}

/** How many leaves a session's ledger has, once it was asked; a session that writes is the only one that does. */
const sizes = new WeakMap<SqlSession, number>();

/** Appends leaves inside the caller's transaction, in order. Whoever rolls it back calls `forgetSize`. */
export async function appendLeaves(session: SqlSession, leaves: readonly NewLeaf[]): Promise<void> {
  if (leaves.length === 0) return;
  const from = await ledgerSize(session);
  const cells = [leaves.map((_, index) => from + index), ...leafCells(leaves)];
  await session.appendColumns({ catalog: null, schema: "assay", table: "leaf" }, leafTypes, cells, leaves.length);
  sizes.set(session, from + leaves.length);
}

/** The count of leaves is to be read again: what was appended may be gone. */
export function forgetSize(session: SqlSession): void {
  sizes.delete(session);
}

/** How many leaves the tables hold. */
export async function ledgerSize(session: SqlSession): Promise<number> {
  const known = sizes.get(session);
  if (known !== undefined) return known;
  const size = Number((await session.rows("SELECT coalesce(max(position) + 1, 0) FROM assay.leaf"))[0]?.[0] ?? 0);
  sizes.set(session, size);
  return size;
}
