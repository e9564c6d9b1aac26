import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import { jcsDigest, jcsForm } from "../../../../ingest/alloy/jcs.ts";
import type { PlacedJson } from "../../../../ingest/alloy/placed_json.ts";
import { pythonDigest, pythonFloat, pythonForm } from "../../../../ingest/alloy/python_form.ts";
import { readPlacedJson } from "../../../../ingest/alloy/read_placed_json.ts";
import { shardListForm } from "../../../../ingest/alloy/shard_list.ts";
import { limitsWith } from "../../../../schema/limits.ts";

const read = (text: string): PlacedJson => readPlacedJson(text, "a.json", limitsWith());
const jcs = (text: string): string | null => jcsForm(text, read(text));

test("RFC 8785: the example of section 3.2.2", () => {
  const text = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`;
  const expected = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`;
  assert.equal(jcs(text), expected);
});

test("RFC 8785: names sort by UTF-16 units, section 3.2.3", () => {
  const text = String.raw`{"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7}`;
  assert.equal(jcs(text), '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\u{1f600}":5,"\ufb33":3}');
});

test("RFC 8785: numbers of appendix B", () => {
  const numbers: readonly (readonly [string, string])[] = [
    ["-0", "0"],
    ["-0.0", "0"],
    ["5e-324", "5e-324"],
    ["1.7976931348623157e308", "1.7976931348623157e+308"],
    ["9007199254740992.0", "9007199254740992"],
    ["295147905179352830000.0", "295147905179352830000"],
    ["9.999999999999997e22", "9.999999999999997e+22"],
    ["1e21", "1e+21"],
    ["1e23", "1e+23"],
    ["0.000001", "0.000001"],
    ["0.0000001", "1e-7"],
    ["333333333.33333325", "333333333.33333325"],
    ["1424953923781206.2", "1424953923781206.2"],
    ["36.0", "36"],
    ["0.10", "0.1"],
  ];
  for (const [written, expected] of numbers) assert.equal(jcs(`[${written}]`), `[${expected}]`, written);
});

test("what has no form of its own has none", () => {
  assert.equal(jcs("[9007199254740993]"), null);
  assert.equal(jcs("[1e999]"), null);
  assert.equal(jcs('["\\ud800"]'), null);
  assert.equal(jcs("[9007199254740991]"), "[9007199254740991]");
});

test("Python: json.dumps(indent=2) of a document", () => {
  const text = String.raw`{"é": "\u2014 😀 \u007f \" \\ \n \t \b \f \r \u0001", "empty": {}, "list":[],
    "nested": [[1, [2.50, {"a": null}]], true], "big": 123456789012345678901234567890, "f": 0.00001}`;
  const expected = String.raw`{
  "\u00e9": "\u2014 \ud83d\ude00 \u007f \" \\ \n \t \b \f \r \u0001",
  "empty": {},
  "list": [],
  "nested": [
    [
      1,
      [
        2.5,
        {
          "a": null
        }
      ]
    ],
    true
  ],
  "big": 123456789012345678901234567890,
  "f": 1e-05
}`;
  assert.equal(pythonForm(text, read(text)), expected);
  assert.equal(pythonDigest(text, read(text), null), "sha256:cc15b6a2d90958fac5c25208d36cc673768fe8600d1b86f21bca02396833d355");
});

test("Python: repr of floats", () => {
  const expected = [
    "0.0 -0.0 1.0 36.0 -4.9 0.1 0.0001 1e-05 1.5e-05 1.2345678901234568e+17 1e+16 9999999999999998.0 1000000000000000.0",
    "1e+22 5e-324 1.7976931348623157e+308 0.0002 0.000123 3.0382 100.0 1e+100 -1e-10 12345.678",
  ].join(" ");
  const given = [
    0, -0, 1, 36, -4.9, 0.1, 1e-4, 1e-5, 1.5e-5, 123456789012345680, 1e16, 9999999999999998, 1e15, 1e22, 5e-324, 1.7976931348623157e308,
    2e-4, 0.000123, 3.0382, 100, 1e100, -1e-10, 12345.678,
  ];
  assert.equal(given.map(pythonFloat).join(" "), expected);
  const written = ["-0", "1.50", "1e5", "0.00001", "0.0001", "-0.0", "36.0"].map((text) => pythonForm(text, read(text)));
  assert.deepEqual(written, ["0", "1.5", "100000.0", "1e-05", "0.0001", "-0.0", "36.0"]);
});

test("a form leaves out the values it is told to, with their names", () => {
  const text = '{"b": [1, 2], "a": {"x": 1, "y": 2}}';
  const root = read(text);
  assert.ok(root.kind === "object");
  const a = root.get("a");
  assert.ok(a?.kind === "object");
  const omitted = new Set([a.get("x") as PlacedJson, root.get("b") as PlacedJson]);
  assert.equal(jcsForm(text, root, omitted), '{"a":{"y":2}}');
  assert.equal(pythonForm(text, root, omitted), '{\n  "a": {\n    "y": 2\n  }\n}');
  assert.equal(pythonForm(text, root, new Set([a, root.get("b") as PlacedJson])), "{}");
});

test("a digest is that of the form in UTF-8, whatever its size", () => {
  const value = { long: "é€😀".repeat(200_000), list: Array.from({ length: 20_000 }, (_, at) => at / 8) };
  const text = JSON.stringify(value);
  const form = jcsForm(text, read(text));
  assert.equal(form, `{"list":${JSON.stringify(value.list)},"long":${JSON.stringify(value.long)}}`);
  assert.equal(jcsDigest(text, read(text)), `sha256:${hash("sha256", form ?? "", "hex")}`);
});

test("shards: sorted by code points, in ASCII", () => {
  const shards = [
    { filename: "\u{1f600}.bin", sha256: "22" },
    { filename: "b\u00e9.bin", sha256: "00" },
    { filename: "\uffee.bin", sha256: "33" },
    { filename: "a.bin", sha256: "11" },
  ];
  const names = ["a.bin", "b\\u00e9.bin", "\\uffee.bin", "\\ud83d\\ude00.bin"];
  const digests = ["11", "00", "33", "22"];
  assert.equal(shardListForm(shards), `[${names.map((name, at) => `{"filename":"${name}","sha256":"${digests[at]}"}`).join(",")}]`);
});
