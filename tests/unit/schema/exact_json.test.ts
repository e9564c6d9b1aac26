import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AssayError } from "../../../schema/assay_error.ts";
import { type ExactValue, isDecimal, lineFinder, readExactJson, readExactJsonBytes } from "../../../schema/exact_json.ts";

const read = (text: string, limits = { json_bytes: 1_000_000, json_depth: 50 }) => readExactJson(text, { source: "in.json", limits });

function failure(action: () => unknown): { code: string; place: string | null } {
  try {
    action();
  } catch (error) {
    if (error instanceof AssayError) return { code: error.code, place: error.place };
    throw error;
  }
  throw new assert.AssertionError({ message: "nothing was refused" });
}

/** The same value as JSON.parse gives, as far as doubles can tell. */
/** As `JSON.parse` reads it, but for the sign of zero, which an exact integer has not. */
function plain(value: ExactValue): unknown {
  if (typeof value === "bigint") return Number(value);
  if (isDecimal(value)) return Number(value.decimal) + 0;
  if (Object.is(value, -0)) return 0;
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

test("numbers keep every digit", () => {
  const text = "[9223372036854775807, -9223372036854775808, 18446744073709551616, 0, -0, 1e400, 1.10, 0.1e-7]";
  assert.deepEqual(read(text), [
    9223372036854775807n,
    -9223372036854775808n,
    18446744073709551616n,
    0n,
    0n,
    { decimal: "1e400" },
    { decimal: "1.10" },
    { decimal: "0.1e-7" },
  ]);
  assert.deepEqual(read("1".repeat(500_000)), { decimal: "1".repeat(500_000) });
});

test("objects are maps, with __proto__ as a member like any", () => {
  const value = read('{"b": 1, "a": {"__proto__": null}, "1": []}');
  assert.ok(value instanceof Map);
  assert.deepEqual([...value.keys()], ["b", "a", "1"]);
  assert.deepEqual(value.get("a"), new Map([["__proto__", null]]));
});

test("agrees with JSON.parse on every document that JSON.stringify writes", () => {
  fc.assert(
    fc.property(fc.jsonValue({ depthSize: "medium" }), fc.constantFrom(0, 2, "\t"), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      if (!JSON.stringify(value).isWellFormed()) return;
      assert.deepEqual(plain(read(text)), plain(JSON.parse(text)));
    }),
  );
});

test("accepts nothing that JSON.parse refuses, and refuses only for its own four reasons", () => {
  const alphabet = fc.constantFrom(
    ...'[]{},:"\\truefalsn01.-+eEu \n\u0000\ud83d\ude00é'.split(""),
    "null",
    '"a"',
    "true",
    "\\u00e9",
    "1.5",
  );
  fc.assert(
    fc.property(fc.array(alphabet, { maxLength: 14 }), (parts) => {
      const text = parts.join("");
      let expected: unknown;
      let parsed = true;
      try {
        expected = JSON.parse(text);
      } catch {
        parsed = false;
      }
      try {
        const value = read(text);
        assert.ok(parsed, `accepted ${JSON.stringify(text)}`);
        assert.deepEqual(plain(value), plain(expected as ExactValue));
      } catch (error) {
        if (!(error instanceof AssayError)) throw error;
        if (parsed) assert.ok(["json.duplicate_key", "json.surrogate"].includes(error.code), `${error.code} for ${JSON.stringify(text)}`);
      }
    }),
    { numRuns: 5_000 },
  );
});

test("each bad document has its code and place", () => {
  assert.deepEqual(
    failure(() => read('{"a": 1,\n "a": 2}')),
    { code: "json.duplicate_key", place: "in.json:2:2" },
  );
  assert.deepEqual(
    failure(() => read("[1,\n2,]")),
    { code: "json.syntax", place: "in.json:2:3" },
  );
  for (const text of [
    "",
    "01",
    "1.",
    "'a'",
    "[1 2]",
    '{"a" 1}',
    '"\\x"',
    '"\\u12"',
    '"a',
    '"\n"',
    "nul",
    "[1]]",
    "-",
    "NaN",
    "{a:1}",
    "1e",
  ]) {
    assert.equal(failure(() => read(text)).code, "json.syntax", text);
  }
  assert.equal(failure(() => read('"\\ud800"')).code, "json.surrogate");
  assert.equal(failure(() => read('"\ud800"')).code, "json.surrogate");
  assert.equal(read('"\\ud83d\\ude00"'), "😀");
});

test("depth and bytes are bounded", () => {
  const limits = { json_bytes: 100, json_depth: 3 };
  assert.deepEqual(read("[[[]]]", limits), [[[]]]);
  assert.equal(failure(() => read("[[[[]]]]", limits)).code, "limit.json_depth");
  assert.equal(failure(() => read("[".repeat(100_000))).code, "limit.json_depth");
  assert.equal(failure(() => read(`"${"a".repeat(100)}"`, limits)).code, "limit.json_bytes");
});

test("bytes that are not UTF-8 are refused with their line, a byte order mark is skipped", () => {
  const bad = Buffer.concat([Buffer.from('{"a":\n"é'), Buffer.from([0xff]), Buffer.from('"}')]);
  assert.deepEqual(
    failure(() => readExactJsonBytes(bad, { source: "x.json" })),
    { code: "json.not_utf8", place: "x.json:2" },
  );
  assert.deepEqual(readExactJsonBytes(Buffer.from("\ufeff[1]"), { source: null }), [1n]);
});

test("positions tell where each array and object of a depth begins", () => {
  const offsets = new Map<object, number>();
  const text = '[[1],\n {"a": []},\n [[]]]';
  const value = readExactJson(text, { source: null, positions: { depth: 1, offsets } });
  assert.ok(Array.isArray(value));
  const lineOf = lineFinder(text);
  assert.deepEqual(
    value.map((item) => lineOf(offsets.get(item as object) ?? -1)),
    [1, 2, 3],
  );
  assert.equal(lineOf(0), 1);
  assert.equal(offsets.size, 3);
});
