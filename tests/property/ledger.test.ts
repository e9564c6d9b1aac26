import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { consistencyPath, inclusionPath, Leaves, leafHash, rootOf } from "../../schema/merkle.ts";
import { rootOfInclusion, rootsOfConsistency } from "../../verify/ledger/check_proof.ts";
import { consistencyRoots, inclusionRoot, mth } from "../support/rfc6962.ts";

const SIZE_MAX = 130;
const data = Array.from({ length: SIZE_MAX }, (_, index) => Buffer.from(`entry ${index}`));
const leaves = Leaves.of(data.map(leafHash));
const hex = (hash: Uint8Array): string => Buffer.from(hash).toString("hex");
const roots = Array.from({ length: SIZE_MAX + 1 }, (_, size) => hex(rootOf(leaves, size)));

test("roots of every size are those of the definition", () => {
  for (const [size, root] of roots.entries()) assert.equal(root, mth(data.slice(0, size)), `${size} leaves`);
});

test("every leaf of every tree is proved, to our checker and to one that reads the definition", () => {
  for (let size = 1; size <= SIZE_MAX; size += 1) {
    for (let index = 0; index < size; index += 1) {
      const path = inclusionPath(leaves, index, size);
      const leaf = leaves.at(index);
      const found = rootOfInclusion(leaf, index, size, path);
      assert.ok(found !== null && hex(found) === roots[size], `${index} of ${size}`);
      assert.equal(inclusionRoot(hex(leaf), index, size, path.map(hex)), roots[size], `${index} of ${size}`);
    }
  }
});

test("every tree is proved to begin every later one", () => {
  for (let second = 1; second <= SIZE_MAX; second += 1) {
    for (let first = 1; first <= second; first += 1) {
      const path = consistencyPath(leaves, first, second);
      const root = roots[first] ?? "";
      const found = rootsOfConsistency(first, second, Buffer.from(root, "hex"), path);
      const both = { first: root, second: roots[second] };
      assert.deepEqual(found === null ? null : { first: hex(found.first), second: hex(found.second) }, both, `${first} to ${second}`);
      assert.deepEqual(consistencyRoots(first, second, root, path.map(hex)), both, `${first} to ${second}`);
    }
  }
});

/** A proof spoilt in one way: a hash changed, left out, doubled, or two swapped. */
const spoilt = fc.record({ at: fc.nat(), bit: fc.nat(255), how: fc.constantFrom("flip", "drop", "double", "swap") });

function spoil(path: readonly Uint8Array[], { at, bit, how }: { at: number; bit: number; how: string }): Uint8Array[] {
  const changed = path.map((hash) => Buffer.from(hash));
  const index = changed.length === 0 ? 0 : at % changed.length;
  const hash = changed[index];
  if (hash === undefined || how === "double") return [...changed.slice(0, index), hash ?? Buffer.alloc(32), ...changed.slice(index)];
  if (how === "drop") return changed.toSpliced(index, 1);
  const other = changed[index + 1];
  if (how === "swap" && other !== undefined && !other.equals(hash)) return changed.toSpliced(index, 2, other, hash);
  hash[bit >> 3] = (hash[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

test("a proof spoilt in any way leads to no root that is true", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: SIZE_MAX }), fc.nat(), spoilt, (size, pick, how) => {
      const index = pick % size;
      const path = spoil(inclusionPath(leaves, index, size), how);
      const found = rootOfInclusion(leaves.at(index), index, size, path);
      assert.ok(found === null || hex(found) !== roots[size]);
      const first = index + 1;
      const broken = spoil(consistencyPath(leaves, first, size), how);
      const both = rootsOfConsistency(first, size, Buffer.from(roots[first] ?? "", "hex"), broken);
      assert.ok(both === null || hex(both.first) !== roots[first] || hex(both.second) !== roots[size]);
    }),
    { numRuns: 2_000 },
  );
});

test("a proof of one leaf proves no other place and no other size", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: SIZE_MAX }), fc.nat(), fc.nat(), (size, pick, other) => {
      const index = pick % size;
      const path = inclusionPath(leaves, index, size);
      const elsewhere = other % size;
      fc.pre(elsewhere !== index);
      const found = rootOfInclusion(leaves.at(elsewhere), index, size, path);
      assert.ok(found === null || hex(found) !== roots[size]);
      const moved = rootOfInclusion(leaves.at(index), elsewhere, size, path);
      assert.ok(moved === null || hex(moved) !== roots[size]);
    }),
    { numRuns: 1_000 },
  );
});
