import assert from "node:assert/strict";
import { test } from "node:test";
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
