import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { relationOf, StagingBench } from "../../support/staging.ts";

const item = relationOf("item", { id: "number", name: "symbol", rate: "float" });
let bench: StagingBench;
before(async () => {
  bench = await StagingBench.open();
});
after(() => bench.close());

test("objects by name and arrays in attribute order are rows, and integers are exact", async () => {
  const lines = ['{"name":"a","rate":0.1,"id":9223372036854775807,"more":[]}', "", '[-5,"b",2]', '{"id":"-7","name":true,"rate":1e2}'];
  const found = await bench.stageText(item, "rows.ndjson", `${lines.join("\n")}\n`);
  assert.deepEqual(found.rows, [
    [2n ** 63n - 1n, "a", 0.1],
    [-5n, "b", 2],
    [-7n, "true", 100],
  ]);
  assert.deepEqual(found.places, ["rows.ndjson:1", "rows.ndjson:3", "rows.ndjson:4"]);
  assert.deepEqual(found.notices, ["ingest.extra_columns"]);
});

test("each bad record is set aside with its own code", async () => {
  const bad: readonly (readonly [string, string])[] = [
    ['{"id":1,"id":2,"name":"a","rate":1}', "json.duplicate_key"],
    ['{"id":1', "json.syntax"],
    ['{"id":1.0,"name":"a","rate":1}', "ingest.not_a_number"],
    ['{"id":9223372036854775808,"name":"a","rate":1}', "ingest.number_range"],
    ['{"id":1,"name":"a","rate":1e400}', "ingest.float_range"],
    ['{"id":1,"name":"a","rate":"1"}', "ingest.type"],
    ['{"id":true,"name":"a","rate":1}', "ingest.type"],
    ['{"id":1,"name":{},"rate":1}', "ingest.type"],
    ['{"id":1,"name":1.5,"rate":1}', "ingest.type"],
    ['{"id":1,"name":null,"rate":1}', "ingest.null"],
    ['{"id":1,"name":"a"}', "ingest.null"],
    ['{"id":1,"name":"a\\u0000","rate":1}', "ingest.nul"],
    ['{"id":1,"name":"\\ud800","rate":1}', "json.surrogate"],
    ['[1,"a"]', "ingest.not_a_row"],
    ["7", "ingest.not_a_row"],
    [`${"[".repeat(500)}${"]".repeat(500)}`, "limit.json_depth"],
  ];
  const good = '{"id":1,"name":"a","rate":1}';
  const found = await bench.stageText(item, "bad.ndjson", [good, ...bad.map(([line]) => line), good].join("\n"));
  assert.deepEqual(
    found.quarantined.map(({ code }) => code),
    bad.map(([, code]) => code),
  );
  assert.deepEqual(
    found.quarantined.map(({ place }) => place),
    bad.map((_, i) => `bad.ndjson:${i + 2}`),
  );
  assert.equal(found.counts.rows, 2);
});

test("a JSON array is read element by element, with the line where each begins", async () => {
  const text = '\n[\n  {"id": 1, "name": "],[", "rate": 1},\n  {"id": 2,\n   "name": "b\\"", "rate": 2\n  }\n  , 3,\n [4,"d",4] ]\n';
  const found = await bench.stageText(item, "rows.json", text);
  assert.deepEqual(
    found.rows.map(([id, name]) => [id, name]),
    [
      [1n, "],["],
      [2n, 'b"'],
      [4n, "d"],
    ],
  );
  assert.deepEqual(found.places, ["rows.json:3", "rows.json:4", "rows.json:8"]);
  assert.deepEqual(found.quarantined, [{ place: "rows.json:7", code: "ingest.not_a_row", text: "3" }]);
});

test("top-level objects one after the other are records too", async () => {
  const found = await bench.stageText(
    item,
    "many.json",
    '{"id":1,"name":"a","rate":1}\n{"id":2,\n"name":"b","rate":2} {"id":3,"name":"c","rate":3}',
  );
  assert.deepEqual(found.places, ["many.json:1", "many.json:2", "many.json:3"]);
});

test("an empty array is zero facts, and said", async () => {
  for (const text of ["[]", " [ ]\n"]) {
    const found = await bench.stageText(item, "none.json", text);
    assert.deepEqual(found.counts, { rows: 0, quarantined: 0, skipped: 0 });
    assert.deepEqual(found.notices, ["ingest.no_records"]);
  }
});

test("an array that does not end, or goes on behind its end, is refused as a whole", async () => {
  const good = '{"id":1,"name":"a","rate":1}';
  for (const text of [
    `[${good}, ${good}`,
    `[${good}, {"id":`,
    `[${good}] x`,
    `[${good}], ${good}`,
    `[${good}}`,
    `[${good}] "`,
    `${good}} ${good}`,
  ]) {
    await assert.rejects(bench.stageText(item, "cut.json", text), { code: "json.syntax" }, text);
  }
  assert.deepEqual(await bench.leftovers(), []);
});

test("a comma with nothing behind it is a bad record", async () => {
  const found = await bench.stageText(item, "comma.json", '[{"id":1,"name":"a","rate":1},]');
  assert.deepEqual(
    found.quarantined.map(({ code }) => code),
    ["json.syntax"],
  );
});

test("an attribute that no object has is an error, not a file of nulls", async () => {
  await assert.rejects(bench.stageText(item, "typo.ndjson", '{"id":1,"nane":"a","rate":1}\n'), {
    code: "ingest.missing_attribute",
    help: /`nane`/,
  });
  assert.deepEqual(await bench.leftovers(), []);
});
