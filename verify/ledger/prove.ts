import { AssayError } from "../../schema/assay_error.ts";
import { consistencyPath, inclusionPath, type Leaves, rootOf } from "../../schema/merkle.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { SigningKey } from "../signing/keys.ts";
import { type ConsistencyProof, type HeadProof, hashText, type InclusionProof } from "./proof.ts";
import { type FoundLeaf, leafOfCommit, leafOfDelta, readLeaves } from "./read_ledger.ts";
import { type SignedTreeHead, signedTreeHead } from "./tree_head.ts";

/** Who signs tree heads, and when. */
export interface Signer {
  readonly key: SigningKey | null;
  /** RFC 3339. */
  readonly time: string;
}

/** The ledger's tree head. */
export async function proveHead(session: SqlSession, signer: Signer): Promise<HeadProof> {
  return { kind: "head", head: headOf(await readLeaves(session), signer) };
}

/** Proves that a commit is in the ledger. Errors: `ledger.no_leaf`. */
export async function proveCommit(session: SqlSession, seq: number, signer: Signer): Promise<InclusionProof> {
  const leaf = await leafOfCommit(session, seq);
  if (leaf === null) throw new AssayError("ledger.no_leaf", `there is no commit ${seq}`);
  return inclusion(await readLeaves(session), leaf, signer);
}

/** Proves that the last verdict on a delta, accepted or refused, is in the ledger. Errors: `ledger.no_leaf`. */
export async function proveDelta(session: SqlSession, delta: string, signer: Signer): Promise<InclusionProof> {
  const leaf = await leafOfDelta(session, delta);
  if (leaf === null) throw new AssayError("ledger.no_leaf", `no delta \`${delta}\` was judged here`);
  return inclusion(await readLeaves(session), leaf, signer);
}

/** Proves that the ledger of `first` leaves begins that of `second`. Errors: `ledger.size`. */
export async function proveConsistency(session: SqlSession, first: number, second: number, signer: Signer): Promise<ConsistencyProof> {
  const leaves = await readLeaves(session);
  if (first < 1 || first > second || second > leaves.size) {
    throw new AssayError("ledger.size", `the ledger has ${leaves.size} leaves, so no tree of ${first} begins one of ${second}`);
  }
  const path = consistencyPath(leaves, first, second).map(hashText);
  const begin = { size: first, root: hashText(rootOf(leaves, first)) };
  return { kind: "consistency", first: begin, path, head: headOf(leaves, signer, second) };
}

function inclusion(leaves: Leaves, leaf: FoundLeaf, signer: Signer): InclusionProof {
  const path = inclusionPath(leaves, leaf.index).map(hashText);
  return { kind: "inclusion", index: leaf.index, leaf: leaf.text, path, head: headOf(leaves, signer) };
}

function headOf(leaves: Leaves, { key, time }: Signer, size = leaves.size): SignedTreeHead {
  return signedTreeHead({ size, root: hashText(rootOf(leaves, size)), time }, key);
}
