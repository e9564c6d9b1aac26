import assert from "node:assert/strict";
import { test } from "node:test";
import { readTheory } from "../../../../logic/theory.ts";
import type { Verdict } from "../../../../schema/verdict.ts";
import { proposal, type Rows, withBase } from "../../../support/fact_bases.ts";
import { goldenGiven, square } from "../../../support/machine_facts.ts";

/** Malformed machines, through the gate: each gets the law or the bound meant for it, none makes it slow or undecided without a word. */
const machine = await readTheory("logic/theories/machine");

async function judged(given: Rows, assert_: Rows, retract: Rows = {}): Promise<Verdict> {
  let verdict: Verdict | undefined;
  await withBase([machine], async (base) => {
    if (Object.keys(given).length > 0) assert.equal((await base.propose(proposal({ assert: given }))).verdict, "accepted");
    verdict = await base.propose(proposal({ assert: assert_, retract }));
  });
  assert.ok(verdict !== undefined);
  return verdict;
}

const laws = (verdict: Verdict): string[] => verdict.laws.filter(({ violations }) => violations > 0).map(({ law }) => law);
const golden = Object.fromEntries(goldenGiven().rows);

test("an element outside its fiber", async () => {
  const verdict = await judged(golden, { meet: [["(a)", "m", "1", "q"]] }, { meet: [["(a)", "m", "1", "m"]] });
  assert.equal(verdict.verdict, "refused");
  assert.ok(laws(verdict).includes("machine.outside"));
});

test("a down-set with a point that is not there, and one that is not closed", async () => {
  const given = {
    hist: [["e"]],
    depth: [["e", 0n]],
    point: [
      ["e", 0n, 1n],
      ["e", 1n, 3n],
    ],
  };
  assert.deepEqual(laws(await judged(given, { down_set: [["e", "x", 8n]] })), ["machine.point_stray"]);
  assert.deepEqual(laws(await judged(given, { down_set: [["e", "x", 2n]] })), ["machine.down_closed"]);
});

test("an independence that goes one way", async () => {
  assert.deepEqual(laws(await judged({ step: [["a"], ["b"]] }, { ind: [["a", "b"]] })), ["machine.ind_symmetric"]);
});

test("a table with a missing cell", async () => {
  const verdict = await judged(golden, {}, { impl: [["(b)", "m", "0", "0"]] });
  assert.equal(verdict.verdict, "refused");
  assert.ok(laws(verdict).includes("machine.impl_total"));
});

test("a fiber of 10,000 elements in tables", async () => {
  const elements = Array.from({ length: 10_000 }, (_, index) => ["e", `x${index}`]);
  const verdict = await judged({ hist: [["e"]], depth: [["e", 0n]] }, { elem: elements });
  assert.equal(verdict.verdict, "refused");
  assert.deepEqual(laws(verdict), ["machine.fiber_size"]);
});

test("a fiber of as many and more elements by its points", async () => {
  const point = Array.from({ length: 20 }, (_, p) => ["e", BigInt(p), 1n << BigInt(p)]);
  assert.equal((await judged({ hist: [["e"]], depth: [["e", 0n]] }, { point })).verdict, "accepted");
});

test("points whose numbers and bits are out of range", async () => {
  const root = { hist: [["e"]], depth: [["e", 0n]] };
  const verdict = await judged(root, {
    point: [
      ["e", -1n, 1n],
      ["e", 63n, 1n],
      ["e", 0n, -1n],
      ["e", 1n, 2n ** 62n],
    ],
  });
  assert.equal(verdict.verdict, "refused");
  assert.ok(laws(verdict).includes("machine.point_range") && laws(verdict).includes("machine.point_stray"));
});

test("an extension that leads back", async () => {
  const given = Object.fromEntries(square().rows);
  const verdict = await judged(given, { ext: [["(a b)", "a", "e"]] });
  assert.equal(verdict.verdict, "refused");
  assert.ok(laws(verdict).includes("machine.ext_depth"));
  assert.ok(laws(await judged(given, { ext: [["(a)", "a", "(a)"]] })).includes("machine.ext_strict"));
});

test("numbers at the ends of their range", async () => {
  const verdict = await judged(
    {},
    { hist: [["x"]], depth: [["x", 2n ** 63n - 1n]], lay: [["x", -(2n ** 63n), "a"]], taken: [["t", -(2n ** 63n), "a"]] },
  );
  assert.notEqual(verdict.verdict, "accepted");
});
