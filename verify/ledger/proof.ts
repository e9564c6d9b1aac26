import { leafHash } from "../../schema/merkle.ts";
import { unreachable } from "../../schema/unreachable.ts";
import type { CheckingKey } from "../signing/keys.ts";
import { rootOfInclusion, rootsOfConsistency } from "./check_proof.ts";
import { isSignedBy, type SignedTreeHead } from "./tree_head.ts";

/** That a verdict is a leaf of the ledger. Hashes are `sha256:<hex>`. */
export interface InclusionProof {
  readonly kind: "inclusion";
  readonly index: number;
  /** The bytes of the leaf: RFC 8785 JSON of a commit's entry or of a refusal. */
  readonly leaf: string;
  readonly path: readonly string[];
  readonly head: SignedTreeHead;
}

/** That a ledger only grew: its state of `first.size` leaves is the beginning of that of `head`. */
export interface ConsistencyProof {
  readonly kind: "consistency";
  readonly first: { readonly size: number; readonly root: string };
  readonly path: readonly string[];
  readonly head: SignedTreeHead;
}

/** A tree head by itself. */
export interface HeadProof {
  readonly kind: "head";
  readonly head: SignedTreeHead;
}

export type Proof = InclusionProof | ConsistencyProof | HeadProof;

/** What the reader of a proof trusts: a key, a root, or nothing yet. */
export interface Trust {
  readonly key: CheckingKey | null;
  /** `sha256:<hex>`. */
  readonly root: string | null;
}

export interface ProofCheck {
  /** `holds`: the proof leads to a head that is trusted; `untrusted`: it leads to its head, whose head it is nothing says; `broken`. */
  readonly answer: "holds" | "untrusted" | "broken";
  readonly detail: string;
}

/** Checks a proof with nothing but what is in it and what its reader trusts. */
export function checkProof(proof: Proof, trust: Trust): ProofCheck {
  const { head } = proof;
  const fault = pathFault(proof);
  if (fault !== null) return { answer: "broken", detail: fault };
  if (trust.key !== null && !isSignedBy(head, trust.key)) {
    const detail = head.signature === null ? "the tree head is not signed" : "the signature of the tree head is not that of the key";
    return { answer: "broken", detail };
  }
  if (trust.root !== null && trust.root !== head.root)
    return { answer: "broken", detail: "the tree head has another root than the one trusted" };
  if (trust.key === null && trust.root === null) {
    return { answer: "untrusted", detail: "the proof leads to its tree head; nothing says that this head is the ledger's" };
  }
  return { answer: "holds", detail: "the proof leads to the trusted tree head" };
}

function pathFault(proof: Proof): string | null {
  const { head } = proof;
  switch (proof.kind) {
    case "inclusion": {
      const root = rootOfInclusion(leafHash(proof.leaf), proof.index, head.size, proof.path.map(hashBytes));
      return root !== null && hashText(root) === head.root ? null : "the path does not lead from the leaf to the root";
    }
    case "consistency": {
      const { size, root } = proof.first;
      const roots = rootsOfConsistency(size, head.size, hashBytes(root), proof.path.map(hashBytes));
      const isTrue = roots !== null && hashText(roots.first) === root && hashText(roots.second) === head.root;
      return isTrue ? null : "the path does not lead from the first root to the second";
    }
    case "head":
      return null;
    default:
      return unreachable(proof);
  }
}

export function hashText(hash: Uint8Array): string {
  return `sha256:${Buffer.from(hash).toString("hex")}`;
}

function hashBytes(text: string): Uint8Array {
  return Buffer.from(text.slice("sha256:".length), "hex");
}
