import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { Pools } from "../../../../logic/engines/incremental/pools.ts";
import { readColumns } from "../../../../logic/engines/incremental/read_columns.ts";
import { SqlError } from "../../../../schema/sql_session.ts";
import type { Row, ValueType } from "../../../../schema/value.ts";
import { DuckDbSession } from "../../../../verify/store/duckdb_session.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-chunks-"));
let session: DuckDbSession;
before(async () => {
  const instance = await DuckDBInstance.create(join(folder, "facts.duckdb"), { threads: "2" });
  session = new DuckDbSession(await instance.connect());
});
after(() => {
  session.close();
  rmSync(folder, { recursive: true });
});

/** The rows of a query through cells. */
async function read(sql: string, types: readonly ValueType[]): Promise<Row[]> {
  const pools = new Pools();
  const rows: Row[] = [];
  await readColumns(session, pools, sql, types, (columns, count) => {
    for (let at = 0; at < count; at++) {
      rows.push(types.map((type, position) => pools.decode(columns[position]?.cells[at] ?? Number.NaN, type)));
    }
  });
  return rows;
}

test("columns of every type are read as rows are", async () => {
  await session.run("CREATE OR REPLACE TABLE mixed (n BIGINT, u UBIGINT, f DOUBLE, s VARCHAR)");
  const rows: Row[] = [
    [0n, 0n, 0, ""],
    [-(2n ** 63n), 2n ** 64n - 1n, 1.5, "twelve bytes"],
    [2n ** 63n - 1n, 2n ** 63n, -1e308, "thirteen byte"],
    [2n ** 30n, 2n ** 30n, 5e-324, "é👍".repeat(1000)],
    [-(2n ** 30n) - 1n, 7n, 0.1, "\u{10000}"],
  ];
  await session.append({ catalog: null, schema: null, table: "mixed" }, ["number", "unsigned", "float", "symbol"], rows);
  assert.deepEqual(await read("SELECT n, u, f, s FROM mixed", ["number", "unsigned", "float", "symbol"]), rows);
});

/** Expressions over `i` whose texts DuckDB keeps in different ways: inline, in dictionaries, compressed, far apart, shared. */
const TEXTS = {
  inline: "'s' || i",
  dictionary: "'node_modules/package/number/' || (i * 7919 % 1000)",
  compressed: "'https://registry.example/' || md5(i::VARCHAR) || '/index.js'",
  mixed: "CASE WHEN i % 3 = 0 THEN 'x' || i ELSE repeat('y' || i, (i % 70)::INT) END",
  long: "CASE WHEN i % 100 = 0 THEN repeat(md5(i::VARCHAR), (i % 300)::INT) ELSE 'short' END",
  constant: "'one and the same text of some length'",
  empty: "''",
} as const;

for (const [name, expression] of Object.entries(TEXTS)) {
  test(`texts that are ${name} are read from a table, from a checkpointed one and from a computation`, async () => {
    const query = `SELECT ${expression} FROM range(20000) r(i)`;
    const want = (await session.rows(query)).map(([text]) => [text as string]);
    assert.deepEqual(await read(query, ["symbol"]), want);
    await session.run(`CREATE OR REPLACE TABLE texts AS SELECT ${expression} AS s FROM range(20000) r(i)`);
    assert.deepEqual(await read("SELECT s FROM texts", ["symbol"]), want);
    await session.run("CHECKPOINT");
    assert.deepEqual(await read("SELECT s FROM texts", ["symbol"]), want);
    const sorted = (await session.rows("SELECT s FROM texts ORDER BY md5(s), s")).map(([text]) => [text as string]);
    assert.deepEqual(await read("SELECT s FROM texts ORDER BY md5(s), s", ["symbol"]), sorted);
  });
}

test("more rows than a batch come in order, and none for none", async () => {
  const rows = await read("SELECT i FROM range(600000) r(i)", ["number"]);
  assert.equal(rows.length, 600_000);
  assert.ok(rows.every(([value], at) => value === BigInt(at)));
  assert.deepEqual(await read("SELECT i FROM range(0) r(i)", ["number"]), []);
});

test("what the visitor throws ends the reading, and the session goes on", async () => {
  const boom = new Error("enough");
  const reading = session.chunks("SELECT i FROM range(1000000) r(i)", ["number"], () => {
    throw boom;
  });
  await assert.rejects(reading, boom);
  assert.deepEqual(await session.rows("SELECT 1"), [[1]]);
});

test("a query that fails rejects with DuckDB's failure", async () => {
  const nothing = (): void => undefined;
  await assert.rejects(session.chunks("SELECT i FROM nowhere", ["number"], nothing), SqlError);
  const late = "SELECT CASE WHEN i = 900000 THEN error('late')::BIGINT ELSE i END FROM range(1000000) r(i)";
  await assert.rejects(session.chunks(late, ["number"], nothing), SqlError);
  await assert.rejects(session.chunks("SELECT DATE '2026-01-01'", ["number"], nothing), SqlError);
});
