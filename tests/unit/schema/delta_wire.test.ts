import assert from "node:assert/strict";
import { test } from "node:test";
import { AssayError } from "../../../schema/assay_error.ts";
import { readDelta } from "../../../schema/delta_wire.ts";

const code = (text: string): string => {
  try {
    readDelta(text, { source: "d.json" });
  } catch (error) {
    if (error instanceof AssayError) return error.code;
    throw error;
  }
  return "read";
};

test("reads the documented form, with the place of every asserted row", () => {
  const text = `{"proposer": "alice", "reason": "nightly import", "base": 41, "key": "k",
 "assert":  {"depends": [["a", "b", 18446744073709551615, 1.5],
                         {"path": "x", "__proto__": "y"}]},
 "retract": {"license": [["a", "MIT"]]}}`;
  const delta = readDelta(Buffer.from(text), { source: "d.json" });
  assert.deepEqual([delta.proposer, delta.reason, delta.base, delta.key], ["alice", "nightly import", 41, "k"]);
  const rows = delta.assert.get("depends");
  assert.deepEqual(rows?.[0], ["a", "b", 18446744073709551615n, { decimal: "1.5" }]);
  assert.deepEqual(Object.entries(rows?.[1] ?? {}), [
    ["path", "x"],
    ["__proto__", "y"],
  ]);
  assert.deepEqual(delta.retract.get("license"), [["a", "MIT"]]);
  assert.deepEqual(delta.places.get("depends"), ["d.json:2", "d.json:3"]);
});

test("a delta without a source has no places", () => {
  assert.equal(readDelta('{"proposer":"a","assert":{"p":[[1]]}}', { source: null }).places.size, 0);
});

test("what is no delta has its own code", () => {
  assert.equal(code("[]"), "delta.member");
  assert.equal(code('{"assert":{}}'), "delta.member");
  assert.equal(code('{"proposer":"a"}'), "delta.empty");
  assert.equal(code('{"proposer":"a","assert":{},"asert":{}}'), "delta.member");
  assert.equal(code('{"proposer":1,"assert":{}}'), "delta.member");
  assert.equal(code('{"proposer":"a","base":-1,"assert":{}}'), "delta.member");
  assert.equal(code('{"proposer":"a","base":1.5,"assert":{}}'), "delta.member");
  assert.equal(code('{"proposer":"a","base":"1","assert":{}}'), "delta.member");
  assert.equal(code('{"proposer":"a","assert":[]}'), "delta.member");
  assert.equal(code('{"proposer":"a","assert":{"p":{}}}'), "delta.member");
  assert.equal(code('{"proposer":"a","assert":{"p":[1]}}'), "delta.row");
  assert.equal(code('{"proposer":"a","assert":{"p":[1.5]}}'), "delta.row");
  assert.equal(code('{"proposer":"a","assert":{"p":[[{}]]}}'), "delta.row");
  assert.equal(code('{"proposer":"a","assert":{},"assert":{}}'), "json.duplicate_key");
  assert.equal(code('{"proposer":"a","assert":{}}'), "read");
});
