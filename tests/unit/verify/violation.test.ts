import assert from "node:assert/strict";
import { test } from "node:test";
import { fillMessage, fingerprint } from "../../../verify/violation.ts";

test("holes take the witness's values, and an empty symbol stays visible", () => {
  const witness = { path: "", name: "zod", count: -3n };
  assert.equal(fillMessage("{path} needs {name}, {count} times; {other} {}", witness), '"" needs zod, -3 times; {other} {}');
  assert.equal(fillMessage("{constructor}", witness), "{constructor}");
});

test("a hole with places tells a whole number as a decimal", () => {
  const filled = (value: bigint | string): string => fillMessage("{value/6}", { value });
  assert.deepEqual([88_400_000n, -3_700_000n, 5n, 0n, 12_000_000n].map(filled), ["88.4", "-3.7", "0.000005", "0", "12"]);
  assert.equal(fillMessage("{price/2} {price} {price/0}", { price: 1999n }), "19.99 1999 1999");
  assert.equal(filled("text"), "text");
  assert.equal(fillMessage("{other/6}", { value: 1n }), "{other/6}");
});

test("a fingerprint depends on the law and on every value, not on the order of attributes", () => {
  const one = fingerprint("a.b", { x: "1", y: 1n });
  assert.equal(fingerprint("a.b", { y: 1n, x: "1" }), one);
  assert.notEqual(fingerprint("a.c", { x: "1", y: 1n }), one);
  assert.notEqual(fingerprint("a.b", { x: "1", y: 2n }), one);
  assert.match(one, /^[0-9a-f]{32}$/);
});
