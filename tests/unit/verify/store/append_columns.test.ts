import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SqlTableName } from "../../../../schema/sql_session.ts";
import type { Value, ValueType } from "../../../../schema/value.ts";
import { openMemory } from "../../../../verify/store/duckdb_session.ts";

const TYPES: readonly ValueType[] = ["number", "symbol", "unsigned", "symbol", "float", "symbol"];
const SEED = 20261121;
const TABLE: SqlTableName = { catalog: null, schema: null, table: "mixed" };

/** Texts that come again, short ones, ones at the edge of what an entry holds, and ones that are not ASCII. */
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 30 }).filter((value) => !value.includes("\0")),
  fc.constantFrom("", "elevenchars", "twelve chars", "thirteen char", "zwölf Zeichen", "🜁🜂🜃🜄"),
);

test("columns come back as they were appended", async () => {
  const session = await openMemory();
  try {
    for (const count of [0, 1, 2047, 2048, 2049, 5000]) {
      await session.run("CREATE OR REPLACE TEMP TABLE mixed (i BIGINT, a VARCHAR, u UBIGINT, b VARCHAR, f DOUBLE, c VARCHAR)");
      const varied = fc.sample(text, { seed: SEED + count, numRuns: Math.max(count, 1) });
      const columns: Value[][] = [
        Array.from({ length: count }, (_, at) => (at % 2 === 0 ? BigInt(at) - 2n ** 63n : at - 5)),
        varied.slice(0, count),
        Array.from({ length: count }, (_, at) => 2n ** 64n - 1n - BigInt(at)),
        Array.from({ length: count }, (_, at) => (at % 3 === 0 ? "the same each third time" : `long enough for the heap ${at % 50}`)),
        Array.from({ length: count }, (_, at) => at / 7),
        Array.from({ length: count }, (_, at) => `never the same, and too long for an entry ${at}`),
      ];
      await session.appendColumns(TABLE, TYPES, columns, count);
      const rows = await session.rows("SELECT i, a, u, b, f, c FROM mixed ORDER BY rowid");
      const expected = Array.from({ length: count }, (_, at) =>
        columns.map((column, position) => (position === 0 ? BigInt(column[at] as bigint) : (column[at] as Value))),
      );
      assert.deepEqual(rows, expected);
    }
  } finally {
    session.close();
  }
});

test("a table that is not there is an error of SQL", async () => {
  const session = await openMemory();
  try {
    await assert.rejects(session.appendColumns(TABLE, TYPES, [], 0), { name: "SqlError" });
  } finally {
    session.close();
  }
});

test("NULLs stand where they were given, whatever chunk they fall in", async () => {
  const session = await openMemory();
  try {
    await session.run("CREATE TEMP TABLE mixed (i BIGINT, a VARCHAR)");
    const count = 5_000;
    const columns = [
      Array.from({ length: count }, (_, at) => (at % 7 === 0 ? null : at)),
      Array.from({ length: count }, (_, at) => (at < 2_048 || at % 3 === 0 ? null : `text ${at}`)),
    ];
    await session.appendColumns(TABLE, ["number", "symbol"], columns, count);
    const expected = Array.from({ length: count }, (_, at) => {
      const number = columns[0]?.[at] ?? null;
      return [number === null ? null : BigInt(number), columns[1]?.[at] ?? null];
    });
    assert.deepEqual(await session.rows("SELECT i, a FROM mixed ORDER BY rowid"), expected);
  } finally {
    session.close();
  }
});
