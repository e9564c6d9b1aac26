import { createHash } from "node:crypto";

/** RFC 6962, section 2.1, read off its definitions: an oracle that shares nothing with `verify/ledger`. Hashes are hex. */
export function mth(leaves: readonly Uint8Array[]): string {
  if (leaves.length === 0) return sha256();
  const [only] = leaves;
  if (only !== undefined && leaves.length === 1) return sha256(Uint8Array.of(0), only);
  const k = split(leaves.length);
  return parent(mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

/** The root that PATH(index, D[size]) leads to, from the leaf's hash; null where the path is of another length. */
export function inclusionRoot(leaf: string, index: number, size: number, path: readonly string[]): string | null {
  if (size === 1) return path.length === 0 ? leaf : null;
  const last = path.at(-1);
  if (last === undefined) return null;
  const k = split(size);
  const isLeft = index < k;
  const below = isLeft ? inclusionRoot(leaf, index, k, path.slice(0, -1)) : inclusionRoot(leaf, index - k, size - k, path.slice(0, -1));
  if (below === null) return null;
  return isLeft ? parent(below, last) : parent(last, below);
}

/** The roots of both trees that SUBPROOF(first, D[second], isWhole) leads to, from the first root; null where the path is of another length. */
export function consistencyRoots(
  first: number,
  second: number,
  root: string,
  path: readonly string[],
  isWhole = true,
): { first: string; second: string } | null {
  const last = path.at(-1);
  if (first === second) {
    if (isWhole) return path.length === 0 ? { first: root, second: root } : null;
    return path.length === 1 && last !== undefined ? { first: last, second: last } : null;
  }
  if (last === undefined) return null;
  const k = split(second);
  const rest = path.slice(0, -1);
  if (first <= k) {
    const below = consistencyRoots(first, k, root, rest, isWhole);
    return below === null ? null : { first: below.first, second: parent(below.second, last) };
  }
  const below = consistencyRoots(first - k, second - k, root, rest, false);
  return below === null ? null : { first: parent(last, below.first), second: parent(last, below.second) };
}

function split(n: number): number {
  return 2 ** Math.ceil(Math.log2(n) - 1);
}

function parent(left: string, right: string): string {
  return sha256(Uint8Array.of(1), Buffer.from(left, "hex"), Buffer.from(right, "hex"));
}

function sha256(...parts: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
