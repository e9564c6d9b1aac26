import assert from "node:assert/strict";
import { test } from "node:test";
import { JavaRandom, shuffle } from "../../../../benchmarks/train/java_random.ts";

const MASK = (1n << 48n) - 1n;

/** The recurrence of java.util.Random's documentation, word for word, in unbounded integers. */
function* documented(seed: bigint): Generator<bigint> {
  let state = (seed ^ 0x5deece66dn) & MASK;
  for (;;) {
    state = (state * 0x5deece66dn + 0xbn) & MASK;
    yield state >> 17n;
  }
}

test("draws are those of the documented recurrence", () => {
  for (const seed of [0, 1, 42, 19871053, 2 ** 40 + 7]) {
    const random = new JavaRandom(seed);
    const bits = documented(BigInt(seed));
    for (let draw = 0; draw < 2000; draw += 1) {
      assert.equal(random.nextInt(1 << 20), Number(((bits.next().value as bigint) << 20n) >> 31n), `seed ${seed}, draw ${draw}`);
    }
  }
});

test("a bound that is no power of two takes the remainder", () => {
  const random = new JavaRandom(19871053);
  const bits = documented(19871053n);
  for (let draw = 0; draw < 2000; draw += 1) assert.equal(random.nextInt(100), Number((bits.next().value as bigint) % 100n));
});

test("known draws of Java's own generator", () => {
  const random = new JavaRandom(42);
  assert.deepEqual(
    Array.from({ length: 5 }, () => random.nextInt(10)),
    [0, 3, 8, 4, 0],
  );
  const list = [1, 2, 3, 4, 5, 6];
  shuffle(list, new JavaRandom(42));
  assert.deepEqual(list, [2, 1, 5, 6, 4, 3]);
  const other = new JavaRandom(19871053);
  assert.deepEqual(
    [100, 19, 1000, 1 << 30].map((bound) => other.nextInt(bound)),
    [3, 0, 59, 968132903],
  );
});
