import assert from "node:assert/strict";
import { test } from "node:test";
import { membersOf, plain, readJsonTree } from "../../../../ingest/npm/json_tree.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { limitsWith } from "../../../../schema/limits.ts";

const read = (text: string | Uint8Array, duplicates: "refuse" | "last" = "refuse", limits = limitsWith()) =>
  readJsonTree(typeof text === "string" ? new TextEncoder().encode(text) : text, { source: "a.json", limits, duplicates });

const failure = (code: string, place: string) => (error: unknown) => {
  assert.ok(error instanceof AssayError);
  assert.deepEqual({ code: error.code, place: error.place }, { code, place });
  return true;
};

test("values come back with the lines of their members", () => {
  const tree = read('{\n  "a": [1, true, null],\r\n  "b": {"c": "x"}\n}');
  assert.deepEqual(plain(tree.root), { a: [1, true, null], b: { c: "x" } });
  const places = [...membersOf(tree.root).values()].map((member) => tree.place(member.offset));
  assert.deepEqual(places, ["a.json:2", "a.json:3"]);
});

test("a byte order mark is no part of the text", () => {
  assert.deepEqual(plain(read("\uFEFF[1]").root), [1]);
});

test("names that JavaScript's objects treat specially are names like any", () => {
  assert.deepEqual([...membersOf(read('{"__proto__": 1, "constructor": 2}').root).keys()], ["__proto__", "constructor"]);
});

for (const [name, text, code, place] of [
  ["a truncated document", '{\n "a": {', "json.syntax", "a.json:2:8"],
  ["nothing", "", "json.syntax", "a.json:1:1"],
  ["a comment", "{} // x", "json.syntax", "a.json:1:4"],
  ["a trailing comma", '{"a": 1,}', "json.syntax", "a.json:1:9"],
  ["a member twice", '{\n "a": 1,\n "a": 2}', "json.duplicate_key", "a.json:3:2"],
  ["a NUL", '{"a":\n "x\\u0000"}', "npm.text", "a.json:2:2"],
  ["half a character", '["\\ud800"]', "json.surrogate", "a.json:1:2"],
] as const) {
  test(`refused with its place: ${name}`, () => {
    assert.throws(() => read(text), failure(code, place));
  });
}

test("bytes that are not UTF-8 are refused with their line", () => {
  assert.throws(() => read(new Uint8Array([0x7b, 0x0a, 0x22, 0xff, 0x22, 0x7d])), failure("json.not_utf8", "a.json:2"));
});

test("a member twice is the last where that is asked for", () => {
  assert.deepEqual(plain(read('{"a": 1, "a": 2}', "last").root), { a: 2 });
});

test("nesting is bounded before the stack is", () => {
  assert.throws(() => read("[".repeat(100_000)), failure("limit.json_depth", "a.json:1:201"));
});

test("a document larger than its bound is not read", () => {
  assert.throws(() => read("[1, 2, 3]", "refuse", limitsWith({ json_bytes: 5 })), failure("limit.json_bytes", "a.json"));
});
