import assert from "node:assert/strict";
import { test } from "node:test";
import { ALTERNATIVES_MAX, licenceAlternatives } from "../../../../ingest/npm/spdx.ts";

for (const [expression, alternatives] of [
  ["MIT", [["MIT"]]],
  ["(MIT)", [["MIT"]]],
  ["MIT OR Apache-2.0", [["MIT"], ["Apache-2.0"]]],
  ["(MIT AND CC-BY-3.0)", [["MIT", "CC-BY-3.0"]]],
  ["MIT OR Apache-2.0 AND ISC", [["MIT"], ["Apache-2.0", "ISC"]]],
  [
    "(MIT OR ISC) AND 0BSD",
    [
      ["MIT", "0BSD"],
      ["ISC", "0BSD"],
    ],
  ],
  ["GPL-2.0-only WITH Classpath-exception-2.0 OR MIT", [["GPL-2.0-only WITH Classpath-exception-2.0"], ["MIT"]]],
  ["GPL-2.0+", [["GPL-2.0+"]]],
  ["MIT and ISC", [["MIT", "ISC"]]],
  ["MIT AND MIT", [["MIT"]]],
  ["UNLICENSED", [["UNLICENSED"]]],
] as const) {
  test(`an expression is written out: ${expression}`, () => {
    assert.deepEqual(licenceAlternatives(expression), alternatives);
  });
}

for (const text of [
  "",
  "  ",
  "Apache 2.0",
  "MIT/X11",
  "SEE LICENSE IN LICENSE.md",
  "(MIT",
  "MIT)",
  "MIT OR",
  "AND MIT",
  "MIT WITH",
  "()",
]) {
  test(`no expression: \`${text}\``, () => {
    assert.equal(licenceAlternatives(text), null);
  });
}

test("an expression that would be written out to too many alternatives is none", () => {
  const clause = "(A OR B)";
  assert.equal(licenceAlternatives(Array(8).fill(clause).join(" AND "))?.length, ALTERNATIVES_MAX);
  assert.equal(licenceAlternatives(Array(9).fill(clause).join(" AND ")), null);
});

test("nesting is bounded before the stack is", () => {
  assert.equal(licenceAlternatives(`${"(".repeat(100_000)}MIT${")".repeat(100_000)}`), null);
});
