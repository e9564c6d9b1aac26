import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson } from "../../../schema/canonical.ts";
import type { Delta } from "../../../schema/delta.ts";
import { deltaBody, deltaId, rowText } from "../../../schema/delta_id.ts";
import type { Row } from "../../../schema/value.ts";

const value = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.string({ unit: "binary" }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const side = fc.dictionary(
  fc.string({ unit: "binary", minLength: 1 }),
  fc.array(fc.array(value, { maxLength: 4 }), { minLength: 1, maxLength: 4 }),
  { maxKeys: 4 },
);
const delta = (assertRows: Record<string, Row[]>, retractRows: Record<string, Row[]>, base: number | null): Delta => ({
  proposer: "alice",
  reason: 'a "reason"',
  base,
  key: "k",
  assert: new Map(Object.entries(assertRows)),
  retract: new Map(Object.entries(retractRows)),
  places: new Map(),
});

test("the stored form is the RFC 8785 form without key, whatever the size of its pieces", () => {
  fc.assert(
    fc.property(side, side, fc.option(fc.nat()), fc.integer({ min: 1, max: 200 }), (asserted, retracted, base, length) => {
      const whole = {
        proposer: "alice",
        reason: 'a "reason"',
        ...(base === null ? {} : { base }),
        ...(Object.keys(asserted).length > 0 ? { assert: asserted } : {}),
        ...(Object.keys(retracted).length > 0 ? { retract: retracted } : {}),
      };
      const pieces = [...deltaBody(delta(asserted, retracted, base), length)];
      assert.equal(pieces.join(""), canonicalJson(whole));
      assert.equal(deltaId(pieces), `sha256:${createHash("sha256").update(canonicalJson(whole)).digest("hex")}`);
    }),
  );
});

test("key and places do not enter, base and order do", () => {
  const one = delta({ p: [["a"], ["b"]] }, {}, null);
  const id = (d: Delta) => deltaId(deltaBody(d));
  assert.equal(id(one), id({ ...one, key: null, places: new Map([["p", ["x:1", null]]]) }));
  assert.notEqual(id(one), id({ ...one, base: 0 }));
  assert.notEqual(id(one), id({ ...one, reason: "" }));
  assert.equal(id(one), id({ ...one, assert: new Map([...one.assert, ["q", []]]) }));
});

test("a row's text tells facts of one relation apart", () => {
  assert.equal(rowText(["a", 1n, 1.5, 2n ** 60n]), '["a",1,1.5,"1152921504606846976"]');
});
