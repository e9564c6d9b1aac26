import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { stageFile } from "../../../ingest/stage_file.ts";
import { limitsWith } from "../../../schema/limits.ts";
import type { Relation } from "../../../schema/relation.ts";
import { relationOf, StagingBench } from "../../support/staging.ts";

const item = relationOf("item", { id: "number", name: "symbol", rate: "float" });
let bench: StagingBench;
before(async () => {
  bench = await StagingBench.open();
});
after(() => bench.close());

async function parquet(name: string, select: string): Promise<string> {
  await bench.session.run(`COPY (${select}) TO '${bench.path(name)}' (FORMAT parquet)`);
  return bench.path(name);
}

async function codes(relation: Relation, name: string, select: string): Promise<{ rows: unknown; codes: string[] }> {
  const found = await bench.stage(relation, await parquet(name, select));
  return { rows: found.rows.map(([value]) => value), codes: found.quarantined.map(({ code }) => code) };
}

test("a file whose columns have the types is a view: nothing is copied", async () => {
  const path = await parquet("a.parquet", "SELECT i AS id, 'n' || i AS name, i / 4 AS rate, i AS more FROM range(5) t(i)");
  const staged = await stageFile(bench.session, item, path, { limits: limitsWith() });
  assert.match(staged.expression, /read_parquet/);
  assert.equal(staged.rows, 5);
  assert.deepEqual(await staged.placeOf([5n, 1n]), [`${path}:5`, `${path}:1`]);
  assert.deepEqual(
    staged.notices.map(({ code }) => code),
    ["ingest.extra_columns"],
  );
  const found = await bench.session.rows(`SELECT count(*), sum(id), max("_record") FROM ${staged.expression}`);
  assert.deepEqual(found, [[5n, 10n, 5n]]);
  await staged.close();
  assert.deepEqual(await bench.leftovers(), []);
});

test("nulls, NUL and what is not finite are set aside by row number, and the view leaves them out", async () => {
  const path = await parquet(
    "b.parquet",
    `SELECT * FROM (VALUES (1, 'a', 1.5::DOUBLE), (NULL, 'b', 1), (3, NULL, 1), (4, 'd' || chr(0), 1), (5, 'e', 'nan'), (6, 'f', 'inf'),
     (7, 'g', NULL), (8, 'h', 2)) t(id, name, rate)`,
  );
  const found = await bench.stage(item, path);
  assert.deepEqual(
    found.rows.map(([id]) => id),
    [1n, 8n],
  );
  assert.deepEqual(
    found.quarantined.map(({ place, code }) => [place, code]),
    [
      ["b.parquet:2", "ingest.null"],
      ["b.parquet:3", "ingest.null"],
      ["b.parquet:4", "ingest.nul"],
      ["b.parquet:5", "ingest.float_range"],
      ["b.parquet:6", "ingest.float_range"],
      ["b.parquet:7", "ingest.null"],
    ],
  );
});

test("wide and negative integers are held to 64 bits", async () => {
  const number = relationOf("n", { v: "number" });
  const unsigned = relationOf("u", { v: "unsigned" });
  const wide = "SELECT unnest([18446744073709551615::UBIGINT, 5::UBIGINT]) AS v";
  assert.deepEqual(await codes(number, "wide.parquet", wide), { rows: [5n], codes: ["ingest.number_range"] });
  assert.deepEqual(await codes(unsigned, "wide_u.parquet", wide), { rows: [2n ** 64n - 1n, 5n], codes: [] });
  assert.deepEqual(await codes(unsigned, "negative.parquet", "SELECT unnest([-1, 5]) AS v"), {
    rows: [5n],
    codes: ["ingest.number_range"],
  });
});

test("decimals are numbers where they are whole, and symbols as written", async () => {
  const select = "SELECT unnest([1.50::DECIMAL(10,2), 12.00::DECIMAL(10,2)]) AS v";
  assert.deepEqual(await codes(relationOf("n", { v: "number" }), "dec.parquet", select), { rows: [12n], codes: ["ingest.not_a_number"] });
  assert.deepEqual(await codes(relationOf("s", { v: "symbol" }), "dec_s.parquet", select), { rows: ["1.50", "12.00"], codes: [] });
  assert.deepEqual(await codes(relationOf("f", { v: "float" }), "dec_f.parquet", select), { rows: [1.5, 12], codes: [] });
});

test("booleans, dates and times are symbols in one form", async () => {
  const label = relationOf("label", { b: "symbol", d: "symbol", t: "symbol", z: "symbol", i: "symbol" });
  const path = await parquet(
    "label.parquet",
    `SELECT true AS b, DATE '2026-11-20' AS d, TIMESTAMP '2026-11-20 01:02:03.45' AS t, TIMESTAMPTZ '2026-11-20 01:02:03+02' AS z, -7 AS i`,
  );
  const found = await bench.stage(label, path);
  assert.deepEqual(found.rows, [["true", "2026-11-20", "2026-11-20T01:02:03.45", "2026-11-19T23:02:03Z", "-7"]]);
});

test("text columns are parsed like CSV", async () => {
  const found = await codes(relationOf("n", { v: "number" }), "text.parquet", "SELECT unnest(['5', '1.5', '', NULL]) AS v");
  assert.deepEqual(found, { rows: [5n], codes: ["ingest.not_a_number", "ingest.not_a_number", "ingest.null"] });
});

test("a column that can never be the attribute's type is refused as a whole", async () => {
  const cases: readonly (readonly [string, Relation])[] = [
    ["SELECT 1.5::DOUBLE AS v", relationOf("n", { v: "number" })],
    ["SELECT 1.5::DOUBLE AS v", relationOf("s", { v: "symbol" })],
    ["SELECT true AS v", relationOf("n", { v: "number" })],
    ["SELECT [1] AS v", relationOf("s", { v: "symbol" })],
    ["SELECT {'a': 1} AS v", relationOf("s", { v: "symbol" })],
    ["SELECT 'x'::BLOB AS v", relationOf("s", { v: "symbol" })],
  ];
  for (const [i, [select, relation]] of cases.entries()) {
    await assert.rejects(codes(relation, `type_${i}.parquet`, select), { code: "ingest.column_type" }, select);
  }
});
