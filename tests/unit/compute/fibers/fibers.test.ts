import assert from "node:assert/strict";
import { test } from "node:test";
import { representation } from "../../../../compute/fibers/birkhoff.ts";
import {
  keptElements,
  outsideIdeal,
  saturate,
  saturationBound,
  transfer,
  transferHull,
} from "../../../../compute/fibers/derived_nuclei.ts";
import { gapSize, type NucleatedFiber, settle, settledElements, settledJoin, shadowClass } from "../../../../compute/fibers/fixed_fiber.ts";
import { fiberTables, implies } from "../../../../compute/fibers/heyting.ts";
import { applyNucleus, commute, nucleusPoints } from "../../../../compute/fibers/nucleus.ts";
import { type Mask, Poset } from "../../../../compute/fibers/poset.ts";
import { isMorphism, type PointMap, restrict } from "../../../../compute/fibers/restriction.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { antichain, chain, posetsUpTo, shapeOf } from "../../../support/posets.ts";

const small = posetsUpTo(4);

function subsets(poset: Poset): Mask[] {
  return Array.from({ length: 2 ** poset.size }, (_, mask) => mask);
}

/** Every map of points from `lower` to `upper`. */
function maps(lower: Poset, upper: Poset): PointMap[] {
  return lower.down.reduce<PointMap[]>((found) => found.flatMap((map) => upper.down.map((_, q) => [...map, q])), [[]]);
}

test("finite Heyting algebras by their size (V8), each the down-sets of one poset", () => {
  const shapes = new Map<number, Set<string>>();
  for (const poset of posetsUpTo(5)) {
    const size = poset.downSets().length;
    shapes.set(size, (shapes.get(size) ?? new Set()).add(`${poset.size}:${shapeOf(poset)}`));
  }
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((n) => shapes.get(n)?.size),
    [1, 1, 1, 2, 3, 5],
  );
});

test("implication is the largest element whose meet with one is below the other", () => {
  for (const poset of small) {
    const elements = poset.downSets();
    for (const a of elements) {
      for (const b of elements) {
        const fitting = elements.filter((one) => (one & a & ~b) === 0);
        assert.equal(
          implies(poset, a, b),
          fitting.reduce((join, one) => join | one, 0),
        );
      }
    }
  }
});

test("a fiber's tables lead back to its points, and a wrong cell does not", () => {
  for (const poset of small) {
    const { elements, meet, join, impl } = fiberTables(poset);
    const found = representation({ size: elements.length, meet, join });
    assert.equal(shapeOf(found.poset), shapeOf(poset));
    assert.ok(
      elements.every((mask, index) =>
        found.irreducibles.every((x, p) => (((elements[x] ?? 0) & ~mask) === 0) === (((found.masks[index] ?? 0) & (1 << p)) !== 0)),
      ),
    );
    assert.ok(impl.every((value) => value >= 0));
  }
  const { elements, meet, join } = fiberTables(new Poset([1, 2, 7]));
  for (let cell = 0; cell < meet.length; cell++) {
    const wrong = Int32Array.from(join);
    wrong[cell] = ((wrong[cell] ?? 0) + 1) % elements.length;
    assert.throws(() => representation({ size: elements.length, meet, join: wrong }), AssayError);
  }
});

test("every set of points is a nucleus, and every nucleus comes from one (V10)", () => {
  for (const poset of posetsUpTo(3)) {
    const elements = poset.downSets();
    const isNucleus = (j: ReadonlyMap<Mask, Mask>) =>
      elements.every((a) => {
        const value = j.get(a) ?? -1;
        return (a & ~value) === 0 && j.get(value) === value && elements.every((b) => j.get(a & b) === (value & (j.get(b) ?? -1)));
      });
    const from = new Set(
      subsets(poset).map((points) => {
        const table = new Map(elements.map((element) => [element, applyNucleus(poset, points, element)]));
        assert.ok(isNucleus(table));
        assert.equal(
          nucleusPoints(poset, (element) => table.get(element) ?? 0),
          points,
        );
        return JSON.stringify([...table]);
      }),
    );
    const functions = elements.reduce<Map<Mask, Mask>[]>(
      (found, a) => found.flatMap((j) => elements.filter((value) => (a & ~value) === 0).map((value) => new Map([...j, [a, value]]))),
      [new Map()],
    );
    const nuclei = elements.length <= 6 ? functions.filter(isNucleus) : [];
    assert.equal(from.size, 2 ** poset.size);
    if (elements.length <= 6) assert.equal(nuclei.length, from.size);
  }
});

test("ordered pairs of nuclei that commute (V11), by the points and by the values", () => {
  const join = (one: Poset, top: boolean) =>
    new Poset(top ? [...one.down, one.full | (1 << one.size)] : [1, ...one.down.map((below) => (below << 1) | 1)]);
  const vectors: readonly (readonly [Poset, number, number])[] = [
    [chain(1), 4, 4],
    [chain(2), 14, 16],
    [chain(3), 48, 64],
    [chain(4), 164, 256],
    [antichain(2), 16, 16],
    [antichain(3), 64, 64],
    [join(antichain(2), false), 50, 64],
    [join(antichain(2), true), 50, 64],
  ];
  for (const [poset, commuting, all] of vectors) {
    const pairs = subsets(poset).flatMap((s) => subsets(poset).map((r) => [s, r] as const));
    assert.equal(pairs.length, all);
    assert.equal(pairs.filter(([s, r]) => commute(poset, s, r)).length, commuting);
  }
  for (const poset of small) {
    for (const s of subsets(poset)) {
      for (const r of subsets(poset)) {
        const both = (first: Mask, second: Mask, element: Mask) => applyNucleus(poset, second, applyNucleus(poset, first, element));
        const same = poset.downSets().every((element) => both(s, r, element) === both(r, s, element));
        assert.equal(commute(poset, s, r), same);
        if (same) assert.ok(poset.downSets().every((element) => both(s, r, element) === applyNucleus(poset, s & r, element)));
      }
    }
  }
});

test("a map of points is a morphism exactly where restriction keeps implication", () => {
  for (const lower of posetsUpTo(3)) {
    for (const upper of posetsUpTo(3)) {
      for (const map of maps(lower, upper)) {
        const elements = upper.downSets();
        const keeps =
          elements.every((a) => lower.isDownSet(restrict(map, a))) &&
          elements.every((a) =>
            elements.every((b) => restrict(map, implies(upper, a, b)) === implies(lower, restrict(map, a), restrict(map, b))),
          );
        assert.equal(isMorphism(lower, upper, map), keeps);
      }
    }
  }
});

test("saturation as the past gives it is the largest element of the same past", () => {
  for (const fiber of posetsUpTo(3)) {
    for (const before of posetsUpTo(2)) {
      const edges = maps(before, fiber).filter((map) => isMorphism(before, fiber, map));
      for (const map of edges) {
        const bound = saturationBound(fiber, [map]);
        for (const element of fiber.downSets()) {
          const alike = fiber.downSets().filter((one) => (restrict(map, one) & ~restrict(map, element)) === 0);
          assert.equal(
            saturate(fiber, bound, element),
            alike.reduce((join, one) => join | one, 0),
          );
        }
      }
    }
  }
  assert.equal(saturate(chain(2), saturationBound(chain(2), []), 1), 1);
});

test("transfer as the future gives it is a nucleus exactly where the kept elements are an exponential ideal", () => {
  for (const fiber of posetsUpTo(3)) {
    for (const upper of posetsUpTo(3)) {
      for (const map of maps(fiber, upper).filter((one) => isMorphism(fiber, upper, one))) {
        const kept = keptElements(fiber, [{ upper, map, isPerpendicular: true }]);
        const elements = fiber.downSets();
        const isNucleus = elements.every((a) =>
          elements.every((b) => transfer(fiber, kept, a & b) === (transfer(fiber, kept, a) & transfer(fiber, kept, b))),
        );
        assert.equal(outsideIdeal(fiber, kept) === null, isNucleus);
        for (const a of elements) {
          const hull = transferHull(fiber, kept, a);
          assert.equal(hull & ~transfer(fiber, kept, a), 0);
          if (isNucleus) assert.equal(hull, transfer(fiber, kept, a));
        }
        assert.deepEqual(keptElements(fiber, [{ upper, map, isPerpendicular: false }]), elements);
      }
    }
  }
});

test("the smallest transfer that is no nucleus (C1)", () => {
  const square = antichain(2);
  const kept = keptElements(square, [{ upper: chain(1), map: [0, 0], isPerpendicular: true }]);
  assert.deepEqual(kept, [0, 3]);
  assert.equal(transfer(square, kept, 1) & transfer(square, kept, 2), 3);
  assert.equal(transfer(square, kept, 0), 0);
  assert.notEqual(outsideIdeal(square, kept), null);
});

test("the golden fiber (V15): classes, gaps and what is settled", () => {
  // Two chains of three glued over one of two: point 0 is below 1 (the a side) and below 2 (the b side); sigma does not look at 1, delta not at 2.
  const poset = new Poset([1, 3, 5]);
  const fiber: NucleatedFiber = { poset, sigma: 1 | 4, delta: 1 | 2 };
  const classes = Object.fromEntries(poset.downSets().map((element) => [element, [shadowClass(fiber, element), gapSize(fiber, element)]]));
  assert.deepEqual(classes, { 0: ["fixed", 0], 1: ["free", 3], 3: ["saturated", 1], 5: ["transferred", 1], 7: ["fixed", 0] });
  assert.deepEqual(settledElements(fiber), [0, 7]);
});

test("where nuclei commute, settling is the least settled element above, and settled elements have a join of their own", () => {
  for (const poset of small) {
    for (const sigma of subsets(poset)) {
      for (const delta of subsets(poset).filter((points) => commute(poset, sigma, points))) {
        const fiber = { poset, sigma, delta };
        const settled = settledElements(fiber);
        for (const element of poset.downSets()) {
          const above = settled.filter((one) => (element & ~one) === 0);
          assert.equal(
            settle(fiber, element),
            above.reduce((meet, one) => meet & one, poset.full),
          );
        }
        for (const a of settled) for (const b of settled) assert.ok(settled.includes(settledJoin(fiber, a, b)));
      }
    }
  }
});

for (const [name, make, code] of [
  ["a point not below itself", () => new Poset([0]), "machine.poset"],
  ["an order that is not transitive", () => new Poset([1, 3, 6]), "machine.poset"],
  ["points below each other", () => new Poset([3, 3]), "machine.poset"],
  ["bits that are no points", () => new Poset([5]), "machine.poset"],
  ["too many points", () => chain(31), "machine.poset"],
  ["a fiber of too many elements", () => antichain(17).downSets(), "limit.fiber_elements"],
  ["tables of too many cells", () => fiberTables(antichain(12)), "limit.fiber_cells"],
] as const) {
  test(`refused: ${name}`, () => assert.throws(make, (error) => error instanceof AssayError && error.code === code));
}

test("thirty points work to the last bit", () => {
  const poset = chain(30);
  assert.equal(poset.downSets().length, 31);
  assert.equal(implies(poset, poset.full, 1), 1);
  assert.equal(applyNucleus(poset, 0, 0), poset.full);
});
