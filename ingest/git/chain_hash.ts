import { hash } from "node:crypto";

/** The predecessor of the first link. */
export const CHAIN_START = "0".repeat(64);

/** The hash of a link: SHA-256, in hex, over the text of the commit's id, the hash before and the tree's id. */
export function linkHash(commit: string, previous: string, tree: string): string {
  return hash("sha256", commit + previous + tree, "hex");
}
