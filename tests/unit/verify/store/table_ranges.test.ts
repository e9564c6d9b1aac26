import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DuckDBInstance } from "@duckdb/node-api";
import { type SqlColumn, SqlError } from "../../../../schema/sql_session.ts";
import { DuckDbSession } from "../../../../verify/store/duckdb_session.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-ranges-"));
let instance: DuckDBInstance;
let session: DuckDbSession;
let beside: DuckDbSession;
before(async () => {
  instance = await DuckDBInstance.create(join(folder, "facts.duckdb"), { threads: "2" });
  session = new DuckDbSession(await instance.connect());
  beside = new DuckDbSession(await instance.connect());
});
after(() => {
  session.close();
  beside.close();
  instance.closeSync();
  rmSync(folder, { recursive: true });
});

/** The values of the one column `i` of a table, as they come; `during` is done at the first chunk. */
async function read(table: string, during: () => Promise<void> = async () => undefined): Promise<bigint[]> {
  const values: bigint[] = [];
  await session.run("BEGIN TRANSACTION READ ONLY");
  try {
    let isFirst = true;
    await session.tableChunks({ table, columns: "i", types: ["number"] }, async ([column]) => {
      values.push(...(column as Extract<SqlColumn, { kind: "number" }>).values);
      if (isFirst) await during();
      isFirst = false;
    });
  } finally {
    await session.run("COMMIT");
  }
  return values;
}

async function fill(table: string, rows: number, where = "true"): Promise<bigint[]> {
  await beside.run(`CREATE OR REPLACE TABLE ${table} AS SELECT i FROM range(${rows}) r(i)`);
  await beside.run(`DELETE FROM ${table} WHERE NOT (${where})`);
  return (await beside.rows(`SELECT i FROM ${table}`)).map(([value]) => value as bigint);
}

for (const rows of [0, 1, 2_047, 2_048, 2_049, 122_879, 122_880, 122_881, 300_001]) {
  test(`${rows} rows of a table come in order`, async () => {
    const want = await fill("t", rows);
    assert.equal(want.length, rows);
    assert.deepEqual(await read("t"), want);
  });
}

test("deleted rows leave no trace, whole row groups neither", async () => {
  for (const where of ["i % 7 = 3", "i > 250000", "i < 5", "i BETWEEN 122880 AND 122890", "false"]) {
    const want = await fill("t", 400_000, where);
    assert.deepEqual(await read("t"), want, where);
  }
});

test("rows that a checkpoint moves while they are read are all met, once each, in order", async () => {
  await fill("packed", 1_000_000);
  await beside.run("CHECKPOINT");
  await beside.run("DELETE FROM packed WHERE i % 10 <> 3");
  const lastRow = async () => (await beside.rows("SELECT max(rowid) FROM packed"))[0]?.[0] as bigint;
  const [want, before] = [(await beside.rows("SELECT i FROM packed")).map(([value]) => value as bigint), await lastRow()];
  const met = await read("packed", () => beside.run("CHECKPOINT"));
  assert.ok((await lastRow()) < before, "the checkpoint packed the table");
  assert.equal(met.length, 100_000);
  assert.deepEqual(met, want);
});

test("what commits while a table is read is not met", async () => {
  const want = await fill("grows", 400_000);
  const met = await read("grows", async () => {
    await beside.run("DELETE FROM grows WHERE i % 2 = 0");
    await beside.run("INSERT INTO grows SELECT i FROM range(1000000, 1200000) r(i)");
    await beside.run("CHECKPOINT");
  });
  assert.deepEqual(met, want);
});

test("values of every type of number are exact", async () => {
  await beside.run("CREATE OR REPLACE TABLE exact (n BIGINT, u UBIGINT, f DOUBLE)");
  const rows = [
    [-(2n ** 63n), 2n ** 64n - 1n, 5e-324],
    [2n ** 63n - 1n, 2n ** 63n, -1e308],
    [0n, 0n, 0.1],
  ] as const;
  const types = ["number", "unsigned", "float"] as const;
  await beside.append({ catalog: null, schema: null, table: "exact" }, types, rows);
  const met: unknown[][] = [];
  await session.tableChunks({ table: "exact", columns: "n, u, f", types }, (columns, count) => {
    for (let at = 0; at < count; at += 1) met.push(columns.map((column) => (column.kind === "symbol" ? null : column.values[at])));
  });
  assert.deepEqual(met, rows);
});

test("what the visitor throws ends the reading, at once or late, and the session goes on", async () => {
  await fill("t", 500_000);
  const boom = new Error("enough");
  for (const patience of [0, 70]) {
    let chunks = 0;
    const reading = session.tableChunks({ table: "t", columns: "i", types: ["number"] }, async () => {
      if (chunks++ === patience) throw boom;
    });
    await assert.rejects(reading, boom);
    assert.equal(chunks, patience + 1);
    assert.deepEqual(await session.rows("SELECT 1"), [[1]]);
  }
});

test("a failure is DuckDB's, early or in the midst, and never an end", async () => {
  await fill("t", 500_000);
  const nothing = (): void => undefined;
  await assert.rejects(session.tableChunks({ table: "nowhere", columns: "i", types: ["number"] }, nothing), SqlError);
  let rows = 0;
  const columns = "CASE WHEN i = 400000 THEN error('late')::BIGINT ELSE i END";
  const reading = session.tableChunks({ table: "t", columns, types: ["number"] }, (_, count) => {
    rows += count;
  });
  await assert.rejects(reading, SqlError);
  assert.ok(rows > 0 && rows < 400_000);
  await assert.rejects(session.tableChunks({ table: "t", columns: "i", types: ["float"] }, nothing));
  assert.deepEqual(await session.rows("SELECT 1"), [[1]]);
});
