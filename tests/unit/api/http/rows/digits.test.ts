import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { digitWriter, INTEGER_BYTES } from "../../../../../api/http/rows/digits.ts";

/** What the writer makes of all values, each beside a byte on both sides that must stay. */
function written(values: BigInt64Array | BigUint64Array): string[] {
  const write = digitWriter(values);
  return Array.from(values, (_, index) => {
    const target = new Uint8Array(INTEGER_BYTES + 2).fill(0x2e);
    const end = write(target, 1, index);
    assert.deepEqual([target[0], ...new Set(target.subarray(end))], [0x2e, 0x2e]);
    return Buffer.from(target.subarray(1, end)).toString("latin1");
  });
}

/** Every power of ten and of two, and what lies beside them. */
function edges(): bigint[] {
  const powers = [2n, 10n].flatMap((base) => Array.from({ length: 64 }, (_, exponent) => base ** BigInt(exponent)));
  return powers.flatMap((power) => [power - 1n, power, power + 1n, -power - 1n, -power, -power + 1n]);
}

test("digits at every edge are those of JavaScript", () => {
  const signed = edges().filter((value) => value >= -(2n ** 63n) && value < 2n ** 63n);
  const unsigned = edges().filter((value) => value >= 0n && value < 2n ** 64n);
  assert.deepEqual(written(BigInt64Array.from(signed)), signed.map(String));
  assert.deepEqual(written(BigUint64Array.from(unsigned)), unsigned.map(String));
});

test("digits of any integer are those of JavaScript, in the midst of a longer memory too", () => {
  const magnitude = fc
    .integer({ min: 0, max: 63 })
    .chain((bits) => fc.bigInt({ min: -(2n ** BigInt(bits)), max: 2n ** BigInt(bits) - 1n }));
  fc.assert(
    fc.property(fc.array(magnitude, { minLength: 1, maxLength: 20 }), (values) => {
      const all = BigInt64Array.from([7n, ...values, 7n]);
      assert.deepEqual(written(all.subarray(1, -1)), values.map(String));
      assert.deepEqual(
        written(new BigUint64Array(all.buffer)),
        Array.from(all, (value) => String(BigInt.asUintN(64, value))),
      );
    }),
    { numRuns: 300 },
  );
});
