import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlacedJson } from "../../../../ingest/alloy/placed_json.ts";
import { readPlacedJson } from "../../../../ingest/alloy/read_placed_json.ts";
import { limitsWith } from "../../../../schema/limits.ts";

const read = (text: string, limits = limitsWith()): PlacedJson => readPlacedJson(text, "a.json", limits);

function plain(value: PlacedJson): unknown {
  switch (value.kind) {
    case "object":
      return Object.fromEntries(value.names.map((name, at) => [name, plain(value.values[at] as PlacedJson)]));
    case "array":
      return value.items.map(plain);
    case "number":
      return Number(value.text);
    default:
      return value.value;
  }
}

test("a document reads as JSON.parse reads it", () => {
  const text = '\ufeff {"a": [1, -2.5e3, "x\\u00e9\\n\\/", true, false, null, {}, []], "": {"b\\"": "\u{1f600}"}}\n';
  assert.deepEqual(plain(read(text)), JSON.parse(text.slice(1)));
});

test("every value knows where it stands", () => {
  const text = '{"a": [10, "two"],\n "b": null}';
  const root = read(text);
  assert.ok(root.kind === "object");
  const [list, nothing] = root.values as [PlacedJson, PlacedJson];
  assert.ok(list.kind === "array");
  const written = [root, list, ...list.items, nothing].map(({ at, end }) => text.slice(at, end));
  assert.deepEqual(written, [text, '[10, "two"]', "10", '"two"', "null"]);
  assert.deepEqual(root.nameAts, [text.indexOf('"a"'), text.indexOf('"b"')]);
});

test("numbers keep every digit", () => {
  const root = read("[9007199254740993, 123456789012345678901234567890, 1.00, -0, 1e400]");
  assert.ok(root.kind === "array");
  const texts = root.items.map((item) => (item.kind === "number" ? item.text : ""));
  assert.deepEqual(texts, ["9007199254740993", "123456789012345678901234567890", "1.00", "-0", "1e400"]);
});

test("of members of one name the last counts, at the place of the first", () => {
  const few = read('{"a": 1, "b": 2, "a": 3}');
  assert.ok(few.kind === "object");
  assert.deepEqual([few.names, [...few.repeated], plain(few)], [["a", "b"], ["a"], { a: 3, b: 2 }]);
  const many = read(`{${Array.from({ length: 40 }, (_, at) => `"m${at % 30}": ${at}`).join(", ")}}`);
  assert.ok(many.kind === "object");
  assert.deepEqual([many.names.length, many.repeated.size, many.get("m5") !== undefined], [30, 10, true]);
});

const bad: readonly (readonly [string, string, string])[] = [
  ["nothing", "", "a.json:1:1"],
  ["NaN", '{"a":\n NaN}', "a.json:2:2"],
  ["Infinity", "[-Infinity]", "a.json:1:2"],
  ["a word", '{"a": nil}', "a.json:1:7"],
  ["a comma too many", '{"a": 1,}', "a.json:1:9"],
  ["a comma too many in a list", "[1,]", "a.json:1:4"],
  ["a comment", '{} // "x"', "a.json:1:4"],
  ["an unquoted name", "{a: 1}", "a.json:1:2"],
  ["no colon", '{"a" 1}', "a.json:1:6"],
  ["a leading zero", "[012]", "a.json:1:2"],
  ["two dots", "[1.2.3]", "a.json:1:2"],
  ["an open string", '["abc', "a.json:1:2"],
  ["a line feed in a string", '["a\nb"]', "a.json:1:4"],
  ["an unknown escape", '["\\x41"]', "a.json:1:3"],
  ["half an escape", '["\\u00"]', "a.json:1:3"],
  ["two documents", "{} {}", "a.json:1:4"],
  ["an open object", '{"a": {', "a.json:1:8"],
];

for (const [name, text, place] of bad) {
  test(`refused: ${name}`, () => {
    assert.throws(() => read(text), { name: "AssayError", code: "json.syntax", place });
  });
}

test("a name must be a symbol, a string need not be", () => {
  assert.throws(() => read('{"a\\u0000": 1}'), { code: "json.nul", place: "a.json:1:2" });
  assert.throws(() => read('{"\\ud800": 1}'), { code: "json.surrogate", place: "a.json:1:2" });
  assert.deepEqual(plain(read('["\\u0000", "\\ud800"]')), ["\0", "\ud800"]);
});

test("depth and count are bounded", () => {
  const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  assert.throws(() => read(deep), { code: "limit.json_depth", place: "a.json:1:201" });
  const many = `[${"0,".repeat(1000)}0]`;
  assert.throws(() => read(many, limitsWith({ alloy_values: 1000 })), { code: "limit.alloy_values" });
});
