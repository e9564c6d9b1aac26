import { createHash, hash } from "node:crypto";

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** A hash that takes the bytes of one leaf (RFC 6962, 2.1). */
export function leafHash(): ReturnType<typeof createHash> {
  return createHash("sha256").update(LEAF);
}

/**
 * The root over the hashes of leaves, in their order: nodes hash 1 and both halves, an odd one is taken up as it is. That is the tree of RFC
 * 6962, 2.1. Null where there are no leaves.
 */
export function merkleRoot(leaves: readonly Buffer[]): Buffer | null {
  let level = leaves;
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at] as Buffer, level[at + 1]];
      above.push(right === undefined ? left : hash("sha256", Buffer.concat([NODE, left, right]), "buffer"));
    }
    level = above;
  }
  return level[0] ?? null;
}
