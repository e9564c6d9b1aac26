import { Leaves, rootOf } from "../../schema/merkle.ts";

/** The root over the hashes of the files of a data set, in their order: the tree of RFC 6962, 2.1. Null where there are none. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer | null {
  return leaves.length === 0 ? null : Buffer.from(rootOf(Leaves.of(leaves)));
}
