import assert from "node:assert/strict";
import { test } from "node:test";
import { limitsOf } from "../../../../api/cli/options.ts";
import { limits } from "../../../../schema/limits.ts";

test("limits are overridden by name, the command line before the theory", () => {
  const found = limitsOf(["rows_derived=1_000"], { rows_derived: 7, rounds: 9 });
  assert.equal(found.rows_derived, 1000);
  assert.equal(found.rounds, 9);
  assert.equal(found.verdict_ms, limits.verdict_ms.value);
});

for (const text of [
  "rows_derived",
  "rows_derived=",
  "rows_derived=x",
  "rows_derived=0",
  "rows_derived=-1",
  "rows_derivd=5",
  "=5",
  "rounds=1e9",
  "rounds=99999999999999999999",
]) {
  test(`the limit \`${text}\` is a usage error`, () => {
    assert.throws(() => limitsOf([text]), { code: "usage.arguments" });
  });
}

test("a mistyped limit is answered with the nearest", () => {
  assert.throws(
    () => limitsOf(["rows_derivd=5"]),
    (error: { help: string }) => error.help.includes("rows_derived"),
  );
});
