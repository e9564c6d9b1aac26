import assert from "node:assert/strict";
import { test } from "node:test";
import { matchesFolder } from "../../../../ingest/npm/folder_glob.ts";

for (const [pattern, folder, expected] of [
  ["packages/*", "packages/a", true],
  ["packages/*", "packages/a/b", false],
  ["packages/**", "packages/a/b", true],
  ["**/core", "a/b/core", true],
  ["**/core", "core", true],
  ["apps/web", "apps/web", true],
  ["apps/web", "apps/webx", false],
  ["packages/{ui,core}-*", "packages/core-x", true],
  ["packages/{ui,core}-*", "packages/api-x", false],
  ["p?ckages/a*b*c", "packages/aXbYc", true],
  ["p?ckages/a*b*c", "packages/aXcYb", false],
  ["{a,{b,c}}/d", "c/d", true],
] as const) {
  test(`\`${pattern}\` ${expected ? "matches" : "does not match"} ${folder}`, () => {
    assert.equal(matchesFolder(pattern, folder), expected);
  });
}

test("no pattern takes long", () => {
  const folder = `packages/${"a".repeat(5_000)}`;
  for (const pattern of [
    "{1..100000000}",
    "{a,b}".repeat(1_000),
    `packages/${"*a".repeat(2_000)}b`,
    "**/".repeat(2_000),
    "{".repeat(50_000),
  ]) {
    assert.equal(matchesFolder(pattern, folder), false, pattern.slice(0, 20));
  }
});
