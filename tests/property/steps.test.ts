import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { pairKey, type StepRecord, type StepStream } from "../../ingest/steps/step_stream.ts";
import { MemoryMachine } from "../support/memory_machine.ts";
import { TheoryOver } from "../support/theory_over.ts";

const NAMES = ["a", "b", "c", "d"];
const pairs = NAMES.flatMap((a, i) => NAMES.slice(i + 1).map((b) => [a, b] as const));

interface Case {
  readonly independent: readonly (readonly [string, string])[];
  /** Which thread does which step, in the order of the stream. */
  readonly word: readonly { readonly thread: number; readonly step: string }[];
  readonly choices: readonly number[];
}

const arbitrary: fc.Arbitrary<Case> = fc.record({
  independent: fc.subarray(pairs),
  word: fc.array(fc.record({ thread: fc.nat(2), step: fc.constantFrom(...NAMES) }), { maxLength: 7 }),
  choices: fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 }),
});

function recordsOf({ word }: Case): StepRecord[] {
  const counts = new Map<number, number>();
  return word.map(({ thread, step }, index) => {
    const seq = (counts.get(thread) ?? 0) + 1;
    counts.set(thread, seq);
    const cells = new Map([["notes", new Map([[`t${thread}.${seq}`, step]])]]);
    return { thread: `t${thread}`, seq, step, cells, place: `s:${index + 1}` };
  });
}

function streamOf({ independent }: Case, records: readonly StepRecord[]): StepStream {
  const keys = new Set(independent.flatMap(([a, b]) => [pairKey(a, b), pairKey(b, a)]));
  return { port: { steps: new Set(NAMES), independent: keys }, records };
}

/** The same records with neighbours swapped that belong to different threads and commute, some of them delivered again later. */
function delivered(one: Case, records: readonly StepRecord[]): StepRecord[] {
  const commute = new Set(one.independent.flatMap(([a, b]) => [`${a}${b}`, `${b}${a}`]));
  const order = [...records];
  for (const choice of one.choices) {
    const at = choice % Math.max(1, order.length - 1);
    const [left, right] = [order[at], order[at + 1]];
    if (left === undefined || right === undefined || left.thread === right.thread || !commute.has(left.step + right.step)) continue;
    order.splice(at, 2, right, left);
  }
  for (const choice of one.choices.slice(0, 5)) {
    const at = choice % (order.length + 1);
    const earlier = order[Math.floor((choice / 7) % Math.max(1, at))];
    if (earlier !== undefined && at > order.indexOf(earlier)) order.splice(at, 0, earlier);
  }
  return order;
}

test("a stream gives one state, whatever the interleaving of steps that commute, the repeats and the batches", () => {
  fc.assert(
    fc.property(arbitrary, (one) => {
      const records = recordsOf(one);
      const whole = new MemoryMachine();
      whole.take(streamOf(one, records));
      const apart = new MemoryMachine();
      apart.take(streamOf(one, []));
      let batch: StepRecord[] = [];
      for (const [index, record] of delivered(one, records).entries()) {
        batch.push(record);
        if ((one.choices[index] ?? 0) % 3 === 0) {
          apart.take(streamOf(one, batch));
          batch = [];
        }
      }
      apart.take(streamOf(one, batch));
      assert.equal(apart.root(), whole.root());
    }),
    { numRuns: 300 },
  );
});

test("steps of one thread may come in any order, where no other thread's hang on them", () => {
  fc.assert(
    fc.property(arbitrary, fc.boolean(), (one, together) => {
      const word = one.word.map(({ step }) => ({ thread: 0, step }));
      const records = recordsOf({ ...one, word });
      const whole = new MemoryMachine();
      whole.take(streamOf(one, records));
      const order = records.toSorted((x, y) => (one.choices[x.seq] ?? 0) - (one.choices[y.seq] ?? 0));
      const late = new MemoryMachine();
      late.take(streamOf(one, []));
      if (together) late.take(streamOf(one, order));
      else for (const record of order) late.take(streamOf(one, [record]));
      assert.equal(late.root(), whole.root());
    }),
    { numRuns: 150 },
  );
});

test("what a stream gives is lawful", async () => {
  const theory = await TheoryOver.open("machine");
  for (const one of fc.sample(arbitrary, { numRuns: 8, seed: 11 })) {
    const machine = new MemoryMachine();
    machine.take(streamOf(one, recordsOf(one)));
    assert.deepEqual(await theory.broken(machine.facts()), [], JSON.stringify(one));
  }
});

test("a step under a number taken for another, and one that is not in the port, are refused by law", async () => {
  const theory = await TheoryOver.open("machine");
  const one: Case = { independent: [], word: [{ thread: 0, step: "a" }], choices: [] };
  const [record] = recordsOf(one);
  assert.ok(record !== undefined);
  const machine = new MemoryMachine();
  machine.take(streamOf(one, [record, { ...record, step: "b" }]));
  assert.deepEqual(await theory.broken(machine.facts()), ["machine.head_taken", "machine.taken_fun"]);
  const other = new MemoryMachine();
  other.take(streamOf(one, [record, { ...record, seq: 2, step: "z" }]));
  assert.deepEqual(await theory.broken(other.facts()), ["machine.unknown_step"]);
});
