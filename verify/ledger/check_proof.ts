import { nodeHash } from "../../schema/merkle.ts";

/**
 * The root that an inclusion proof leads to, by RFC 9162, section 2.1.3.2; null where the path is too long or too short for a leaf of that
 * index in a tree of that size. The proof holds where this is the root that is trusted.
 */
export function rootOfInclusion(leaf: Uint8Array, index: number, size: number, path: readonly Uint8Array[]): Uint8Array | null {
  if (index < 0 || index >= size) return null;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else hash = nodeHash(hash, sibling);
    node = half(node);
    last = half(last);
  }
  return last === 0 ? hash : null;
}

/** The roots of both trees that a consistency proof leads to. */
export interface ConsistentRoots {
  readonly first: Uint8Array;
  readonly second: Uint8Array;
}

/**
 * The roots that a consistency proof leads to, by RFC 9162, section 2.1.4.2; null where the path does not fit the sizes. `firstRoot` is taken
 * as given where the first tree is a whole subtree of the second, as the RFC does. 0 < first <= second.
 */
export function rootsOfConsistency(
  first: number,
  second: number,
  firstRoot: Uint8Array,
  path: readonly Uint8Array[],
): ConsistentRoots | null {
  if (first <= 0 || first > second) return null;
  if (first === second) return path.length === 0 ? { first: firstRoot, second: firstRoot } : null;
  const [start, ...rest] = isPowerOfTwo(first) ? [firstRoot, ...path] : path;
  if (start === undefined || path.length === 0) return null;
  let node = first - 1;
  let last = second - 1;
  while (node % 2 === 1) {
    node = half(node);
    last = half(last);
  }
  let one = start;
  let two = start;
  for (const sibling of rest) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      one = nodeHash(sibling, one);
      two = nodeHash(sibling, two);
      while (node % 2 === 0 && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else two = nodeHash(two, sibling);
    node = half(node);
    last = half(last);
  }
  return last === 0 ? { first: one, second: two } : null;
}

function half(n: number): number {
  return Math.floor(n / 2);
}

function isPowerOfTwo(n: number): boolean {
  let power = 1;
  while (power < n) power *= 2;
  return power === n;
}
