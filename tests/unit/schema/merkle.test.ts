import assert from "node:assert/strict";
import { test } from "node:test";
import { consistencyPath, inclusionPath, Leaves, leafHash, leafHashHex, rootOf } from "../../../schema/merkle.ts";
import { rootOfInclusion, rootsOfConsistency } from "../../../verify/ledger/check_proof.ts";
import { INPUTS, ROOTS } from "../../support/merkle_vectors.ts";

const L1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const N23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const N47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const L4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const N67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const N45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";

const leaves = Leaves.of(INPUTS.map((hex) => leafHash(Buffer.from(hex, "hex"))));
const hex = (hash: Uint8Array | null): string | null => (hash === null ? null : Buffer.from(hash).toString("hex"));
const bytes = (text: string): Uint8Array => Buffer.from(text, "hex");

test("roots are those of the reference vectors", () => {
  for (const [size, root] of ROOTS.entries()) assert.equal(hex(rootOf(leaves, size)), root, `${size} leaves`);
});

for (const [index, size, path] of [
  [0, 1, []],
  [0, 8, [L1, N23, N47]],
  [5, 8, [L4, N67, ROOTS[4]]],
  [2, 3, [ROOTS[2]]],
  [1, 5, [ROOTS[1], N23, L4]],
] as const) {
  test(`the path of leaf ${index} among ${size} is that of the reference vectors`, () => {
    assert.deepEqual(inclusionPath(leaves, index, size).map(hex), path);
    assert.equal(hex(rootOfInclusion(leaves.at(index), index, size, path.map(bytes))), ROOTS[size]);
  });
}

for (const [first, second, path] of [
  [1, 1, []],
  [1, 8, [L1, N23, N47]],
  [6, 8, [N45, N67, ROOTS[4]]],
  [2, 5, [N23, L4]],
] as const) {
  test(`the path from ${first} to ${second} leaves is that of the reference vectors`, () => {
    assert.deepEqual(consistencyPath(leaves, first, second).map(hex), path);
    const roots = rootsOfConsistency(first, second, bytes(ROOTS[first]), path.map(bytes));
    assert.deepEqual([hex(roots?.first ?? null), hex(roots?.second ?? null)], [ROOTS[first], ROOTS[second]]);
  });
}

test("an index or size that a tree does not have is no proof", () => {
  const leaf = leaves.at(0);
  assert.equal(rootOfInclusion(leaf, 1, 1, []), null);
  assert.equal(rootOfInclusion(leaf, -1, 1, []), null);
  assert.equal(rootOfInclusion(leaf, 0, 0, []), null);
  assert.equal(rootOfInclusion(leaf, 0, 2, []), null);
  assert.equal(rootOfInclusion(leaf, 0, 1, [leaf]), null);
  assert.equal(rootsOfConsistency(0, 1, leaf, []), null);
  assert.equal(rootsOfConsistency(2, 1, leaf, [leaf]), null);
  assert.equal(rootsOfConsistency(1, 2, leaf, []), null);
  assert.equal(rootsOfConsistency(1, 1, leaf, [leaf]), null);
  assert.throws(() => inclusionPath(leaves, 8));
  assert.throws(() => consistencyPath(leaves, 0));
  assert.throws(() => rootOf(leaves, 9));
});

test("a text's leaf hash in hex is the hash of its bytes", () => {
  for (const text of ["", "a", "é\0\u{1f600}", "x".repeat(5_000)]) assert.equal(leafHashHex(text), hex(leafHash(text)));
});
