import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FairQueue } from "../../../../compute/pool/fair_queue.ts";

function item(principal: string, name: string, priority = 0) {
  return { principal, priority, name };
}

function drained(queue: FairQueue<ReturnType<typeof item>>): string[] {
  const names: string[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) names.push(next.name);
  return names;
}

test("principals take turns, whoever asks for more", () => {
  const queue = new FairQueue<ReturnType<typeof item>>(100);
  for (const name of ["a1", "a2", "a3", "a4"]) queue.add(item("a", name));
  for (const name of ["b1", "b2"]) queue.add(item("b", name));
  assert.deepEqual(drained(queue), ["a1", "b1", "a2", "b2", "a3", "a4"]);
});

test("a higher priority goes first", () => {
  const queue = new FairQueue<ReturnType<typeof item>>(100);
  queue.add(item("a", "low", -1));
  queue.add(item("a", "usual"));
  queue.add(item("b", "high", 5));
  assert.deepEqual(drained(queue), ["high", "usual", "low"]);
});

test("a full queue takes nothing, and what was removed is not taken", () => {
  const queue = new FairQueue<ReturnType<typeof item>>(2);
  const first = item("a", "a1");
  assert.deepEqual([queue.add(first), queue.add(item("a", "a2")), queue.add(item("b", "b1"))], [true, true, false]);
  assert.deepEqual([queue.remove(first), queue.remove(first), queue.size], [true, false, 1]);
  assert.deepEqual(drained(queue), ["a2"]);
});

test("what is not ready keeps back its principal at its priority, and nobody else", () => {
  const queue = new FairQueue<ReturnType<typeof item>>(100);
  for (const [who, name] of [
    ["a", "slow 1"],
    ["a", "quick 1"],
    ["b", "quick 2"],
    ["c", "slow 2"],
  ] as const)
    queue.add(item(who, name));
  const isQuick = ({ name }: { readonly name: string }): boolean => name.startsWith("quick");
  assert.equal(queue.take(isQuick)?.name, "quick 2");
  assert.equal(queue.take(isQuick), undefined);
  assert.deepEqual(drained(queue), ["slow 1", "slow 2", "quick 1"]);
});

test("whatever is added and removed, each principal's work leaves in order, by turns, the highest priority first", () => {
  const step = fc.record({ principal: fc.constantFrom("a", "b", "c"), priority: fc.integer({ min: -1, max: 1 }), isRemoved: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const queue = new FairQueue<{ principal: string; priority: number; at: number }>(30);
      const items = steps.map(({ principal, priority }, at) => ({ principal, priority, at }));
      const kept = items.filter((one) => queue.add(one));
      assert.equal(kept.length, Math.min(30, steps.length));
      const left = kept.filter((one) => !(steps[one.at]?.isRemoved && queue.remove(one)));
      const taken = Array.from({ length: left.length }, () => queue.take());
      assert.equal(queue.take(), undefined);
      const expected: typeof left = [];
      for (const priority of [1, 0, -1]) {
        const level = kept.filter((one) => one.priority === priority && left.includes(one));
        const principals = [...new Set(kept.filter((one) => one.priority === priority).map(({ principal }) => principal))];
        const own = principals.map((principal) => level.filter((one) => one.principal === principal));
        for (let round = 0; own.some((list) => list.length > round); round++)
          for (const list of own) expected.push(...list.slice(round, round + 1));
      }
      assert.deepEqual(taken, expected);
    }),
  );
});
