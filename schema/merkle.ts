import { createHash, type Hash, hash } from "node:crypto";

/** The Merkle tree of RFC 6962, section 2.1, over SHA-256. Hashes are 32 bytes. */
export const HASH_BYTES = 32;
const LEAF = Uint8Array.of(0);
/** `01` and room for two hashes: the bytes of the node that is hashed at the moment. */
const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** A hash that takes the bytes of one leaf, piece by piece: SHA-256 over `00` and what it is given. */
export function leafHasher(): Hash {
  return createHash("sha256").update(LEAF);
}

/** The hash of a leaf. */
export function leafHash(data: Uint8Array | string): Uint8Array {
  return leafHasher().update(data).digest();
}

/** `leafHash` of a text in hex, for many. */
export function leafHashHex(text: string): string {
  return hash("sha256", `\0${text}`, "hex");
}

/** The hash of an inner node: SHA-256 over `01` and the hashes of its children. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new Error("a hash is 32 bytes");
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash("sha256", node, "buffer");
}

/** Leaf hashes, one after the other. */
export class Leaves {
  readonly #bytes: Uint8Array;
  readonly size: number;

  /** Takes `bytes` as it is; the caller does not change it afterwards. */
  constructor(bytes: Uint8Array) {
    if (bytes.length % HASH_BYTES !== 0) throw new Error("leaf hashes are 32 bytes each");
    this.#bytes = bytes;
    this.size = bytes.length / HASH_BYTES;
  }

  static of(hashes: readonly Uint8Array[]): Leaves {
    return new Leaves(Buffer.concat(hashes));
  }

  at(index: number): Uint8Array {
    return this.#bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }
}

/** The root of the tree over the first `size` leaves: MTH(D[size]). That of no leaves is the hash of nothing. */
export function rootOf(leaves: Leaves, size = leaves.size): Uint8Array {
  assertSize(leaves, size);
  return size === 0 ? createHash("sha256").digest() : rangeHash(leaves, 0, size);
}

/** PATH(index, D[size]): the hashes that lead from a leaf to the root, the lowest first. `index` is below `size`. */
export function inclusionPath(leaves: Leaves, index: number, size = leaves.size): Uint8Array[] {
  assertSize(leaves, size);
  if (index < 0 || index >= size) throw new Error(`there is no leaf ${index} in a tree of ${size}`);
  const path: Uint8Array[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const split = from + largestPowerBelow(to - from);
    if (index < split) {
      path.push(rangeHash(leaves, split, to));
      to = split;
    } else {
      path.push(rangeHash(leaves, from, split));
      from = split;
    }
  }
  return path.reverse();
}

/** PROOF(first, D[second]): the hashes that show the tree of `first` leaves to be the beginning of that of `second`. 0 < first <= second. */
export function consistencyPath(leaves: Leaves, first: number, second = leaves.size): Uint8Array[] {
  assertSize(leaves, second);
  if (first <= 0 || first > second) throw new Error(`no tree of ${first} leaves begins a tree of ${second}`);
  const path: Uint8Array[] = [];
  let from = 0;
  let to = second;
  let isWhole = true;
  while (first < to) {
    const split = from + largestPowerBelow(to - from);
    if (first <= split) {
      path.push(rangeHash(leaves, split, to));
      to = split;
    } else {
      path.push(rangeHash(leaves, from, split));
      from = split;
      isWhole = false;
    }
  }
  if (!isWhole) path.push(rangeHash(leaves, from, to));
  return path.reverse();
}

function rangeHash(leaves: Leaves, from: number, to: number): Uint8Array {
  if (to - from === 1) return leaves.at(from);
  const split = from + largestPowerBelow(to - from);
  return nodeHash(rangeHash(leaves, from, split), rangeHash(leaves, split, to));
}

/** The largest power of two below `n`, for n > 1. */
function largestPowerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

function assertSize(leaves: Leaves, size: number): void {
  if (size < 0 || size > leaves.size) throw new Error(`there are ${leaves.size} leaves, not ${size}`);
}
