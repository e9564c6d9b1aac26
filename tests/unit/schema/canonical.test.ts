import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson, canonicalScalar, sha256 } from "../../../schema/canonical.ts";

test("follows the examples of RFC 8785, section 3.2", () => {
  const sample = {
    numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27],
    string: '\u20ac$\u000f\nA\'B"\\\\"/',
    literals: [null, true, false],
  };
  const expected =
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}';
  assert.equal(canonicalJson(sample), expected);
});

test("members stand in the order of their UTF-16 units (RFC 8785, section 3.2.3)", () => {
  const keys = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
  const text = canonicalJson(Object.fromEntries(keys.map((key) => [key, 0])));
  assert.deepEqual(Object.keys(JSON.parse(text)).length, keys.length);
  const at = (key: string) => text.indexOf(`${JSON.stringify(key)}:`);
  const inOrder = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"].map(at);
  assert.deepEqual(
    inOrder,
    inOrder.toSorted((a, b) => a - b),
  );
});

test("integers are numbers while a double is exact, strings past it", () => {
  assert.equal(canonicalJson([2n ** 53n - 1n, -(2n ** 53n - 1n)]), "[9007199254740991,-9007199254740991]");
  assert.equal(canonicalJson([2n ** 53n, -(2n ** 53n)]), '["9007199254740992","-9007199254740992"]');
});

test("the form for hot loops is the form", () => {
  const value = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: "binary" }),
  );
  fc.assert(fc.property(value, (scalar) => assert.equal(canonicalScalar(scalar), canonicalJson(scalar))));
});

test("what has no form throws", () => {
  assert.throws(() => canonicalJson(Number.NaN));
  assert.throws(() => canonicalJson("\ud800"));
  assert.throws(() => canonicalJson(undefined));
});

test("digests are SHA-256 (FIPS 180-2, appendix B.1)", () => {
  assert.equal(sha256("abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});
