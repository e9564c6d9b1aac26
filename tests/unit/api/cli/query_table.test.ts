import assert from "node:assert/strict";
import { test } from "node:test";
import { answerTable } from "../../../../api/cli/query_table.ts";
import type { SqlValue } from "../../../../schema/sql_session.ts";

const table = (types: string[], ...rows: SqlValue[][]) =>
  answerTable({ columns: types.map((_, index) => `c${index}`), types, rows, more: false, asOf: 0 });

test("SQL's types become ours, and what is none of ours becomes text", () => {
  const found = table(
    ["BIGINT", "INTEGER", "UBIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", "DATE"],
    [1n, 2, 3n, 0.5, "s", true, "2026-01-01"],
    [null, null, null, null, null, null, null],
  );
  assert.deepEqual(
    found.columns.map(({ type }) => type),
    ["number", "number", "unsigned", "float", "symbol", "symbol", "symbol"],
  );
  assert.deepEqual(found.rows, [
    [1n, 2n, 3n, 0.5, "s", "true", "2026-01-01"],
    [null, null, null, null, null, null, null],
  ]);
});

test("a 128-bit integer is a number where it fits 64 bits, and its digits where it does not", () => {
  assert.deepEqual(table(["HUGEINT"], [5n]).columns[0]?.type, "number");
  assert.deepEqual(table(["HUGEINT"], [5n], [2n ** 100n]).rows, [["5"], ["1267650600228229401496703205376"]]);
});
