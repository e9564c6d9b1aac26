import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type FileMapping, mappingsFor, matchesSource, parseMapping, readMapping } from "../../../ingest/mapping.ts";
import { relationOf, StagingBench } from "../../support/staging.ts";

const order = relationOf("order", { id: "number", customer: "symbol", channel: "symbol", total: "number" });
const licence = relationOf("licence", { id: "number", text: "symbol" });
const relations = new Map([order, licence].map((relation) => [relation.name, relation]));
let bench: StagingBench;
before(async () => {
  bench = await StagingBench.open();
});
after(() => bench.close());

function mapped(toml: string, path: string): FileMapping[] {
  return mappingsFor(parseMapping("MAP.toml", toml), path, relations);
}

test("one file feeds several relations, by its columns, constants, defaults and skips", async () => {
  const toml = `
[[map]]
source = "orders-*.csv"
relation = "order"
columns = { id = "order_id", customer = "cust" }
constants = { channel = "web" }
defaults = { total = -1 }
null_text = ["NULL"]
delimiter = ";"

[[map]]
source = "**/orders-*.csv"
relation = "licence"
columns = { id = "order_id", text = "note" }
null_text = ["", "NULL"]
skip_null = ["text"]
delimiter = ";"
`;
  const path = await bench.write("orders-1.csv", "order_id;cust;total;note\n1;ann;5;MIT\n2;NULL;6;\n3;cid;;NULL\n4;dan;NULL;ISC\n");
  const [first, second] = mapped(toml, path);
  assert.ok(first !== undefined && second !== undefined);
  const orders = await bench.stage(order, path, { mapping: first });
  assert.deepEqual(orders.rows, [
    [1n, "ann", "web", 5n],
    [3n, "cid", "web", -1n],
    [4n, "dan", "web", -1n],
  ]);
  assert.deepEqual(orders.quarantined, [{ place: "orders-1.csv:3", code: "ingest.null", text: "" }]);
  const licences = await bench.stage(licence, path, { mapping: second });
  assert.deepEqual(licences.rows, [
    [1n, "MIT"],
    [4n, "ISC"],
  ]);
  assert.deepEqual(licences.counts, { rows: 2, quarantined: 0, skipped: 2 });
  assert.ok(licences.notices.includes("ingest.skipped_records"));
});

test("defaults, skips and constants hold for JSON and Parquet alike", async () => {
  const toml = `
[[map]]
source = "o.*"
relation = "order"
constants = { channel = "shop" }
defaults = { total = 0 }
skip_null = ["customer"]
`;
  const expected = [
    [1n, "ann", "shop", 5n],
    [3n, "cid", "shop", 0n],
  ];
  const json = '{"id":1,"customer":"ann","total":5}\n{"id":2,"total":5}\n{"id":3,"customer":"cid","total":null}\n[4,null,1]\n';
  const options = { mapping: mapped(toml, "o.ndjson")[0] as FileMapping };
  const fromJson = await bench.stageText(order, "o.ndjson", json, options);
  assert.deepEqual(fromJson.rows, expected);
  assert.deepEqual(fromJson.counts, { rows: 2, quarantined: 0, skipped: 2 });
  await bench.session.run(
    `COPY (SELECT * FROM (VALUES (1, 'ann', 5), (2, NULL, 5), (3, 'cid', NULL)) t(id, customer, total)) TO '${bench.path("o.parquet")}'`,
  );
  const fromParquet = await bench.stage(order, bench.path("o.parquet"), options);
  assert.deepEqual(fromParquet.rows, expected);
  assert.deepEqual(fromParquet.counts, { rows: 2, quarantined: 0, skipped: 1 });
});

test("sources are patterns over the path or its last part", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["a.csv", "a.csv", true],
    ["a.csv", "deep/er/a.csv", true],
    ["deep/*/a.csv", "./deep/er/a.csv", true],
    ["deep/*/a.csv", "deep/e/r/a.csv", false],
    ["deep/**/a.csv", "deep/e/r/a.csv", true],
    ["?.csv", "ab.csv", false],
    ["a.csv", "axcsv", false],
    ["(a|b)+.csv", "(a|b)+.csv", true],
  ];
  for (const [pattern, path, expected] of cases) assert.equal(matchesSource(pattern, path), expected, `${pattern} ${path}`);
});

test("a mapping that does not fit is refused, with its place", () => {
  const entry = '[[map]]\nsource = "a.csv"\nrelation = "order"\n';
  const bad = [
    "",
    "map = 1",
    "[[map]\n",
    `${entry}colums = {}`,
    `${entry}delimiter = ";;"`,
    `${entry}delimiter = '"'`,
    `${entry}format = "xlsx"`,
    entry.replace("order", "ordre"),
    `${entry}columns = { idd = "x" }`,
    `${entry}skip_null = ["x"]`,
    `${entry}constants = { id = "x" }`,
    `${entry}constants = { id = 1.0 }`,
    `${entry}constants = { channel = 1 }`,
    `${entry}defaults = { id = "y" }`,
  ];
  for (const toml of bad) {
    assert.throws(
      () => mapped(toml, "a.csv"),
      (error: { code?: string; place?: string }) => error.code === "ingest.mapping" && error.place?.startsWith("MAP.toml") === true,
      toml,
    );
  }
  assert.throws(() => mapped(entry.replace("order", "ordre"), "a.csv"), { help: /`order`/ });
  assert.deepEqual(mapped(entry, "b.csv"), []);
});

test("a mapping is read from a file", async () => {
  const path = await bench.write("MAP.toml", '[[map]]\nsource = "a.csv"\nrelation = "order"\nconstants = { id = 9223372036854775807 }\n');
  const [entry] = mappingsFor(await readMapping(path), "a.csv", relations);
  assert.equal(entry?.constants.get("id"), 2n ** 63n - 1n);
  await assert.rejects(readMapping(bench.path("no.toml")), { code: "ingest.not_found" });
});
