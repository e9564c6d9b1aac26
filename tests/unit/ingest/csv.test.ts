import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { stageFile } from "../../../ingest/stage_file.ts";
import { limitsWith } from "../../../schema/limits.ts";
import { relationOf, StagingBench } from "../../support/staging.ts";

const order = relationOf("order", { id: "number", name: "symbol", rate: "float" });
const tally = relationOf("tally", { name: "symbol", count: "unsigned" });
let bench: StagingBench;
before(async () => {
  bench = await StagingBench.open();
});
after(() => bench.close());

test("columns feed attributes by name, in any order, and extra ones are said", async () => {
  const found = await bench.stageText(order, "a.csv", "rate,extra,name,id\n1.5,x,ann,1\n-2e3,y,,2\n");
  assert.deepEqual(found.rows, [
    [1n, "ann", 1.5],
    [2n, "", -2000],
  ]);
  assert.deepEqual(found.counts, { rows: 2, quarantined: 0, skipped: 0 });
  assert.deepEqual(found.notices, ["ingest.extra_columns"]);
  assert.deepEqual(found.places, ["a.csv:2", "a.csv:3"]);
});

test("byte order mark, carriage returns, gzip and tabs change nothing", async () => {
  const plain = "id,name,rate\n1,ann,1\n2,bob,2\n";
  const expected = [
    [1n, "ann", 1],
    [2n, "bob", 2],
  ];
  const crlf = plain.replaceAll("\n", "\r\n");
  for (const [name, content] of [
    ["bom.csv", `\uFEFF${plain}`],
    ["crlf.csv", crlf],
    ["returns.csv", plain.replaceAll("\n", "\r")],
    ["mixed.csv", `id,name,rate\r\n1,ann,1\n2,bob,2\r\n`],
    ["zipped.csv.gz", gzipSync(plain)],
    ["tabs.tsv", plain.replaceAll(",", "\t")],
    ["no_end.csv", plain.trimEnd()],
    ["blank.csv", "\n\nid,name,rate\n\n1,ann,1\n\n2,bob,2\n\n"],
  ] as const) {
    const found = await bench.stageText(order, name, content);
    assert.deepEqual(found.rows, expected, name);
    assert.deepEqual(found.records, [1n, 2n], name);
  }
});

test("quoted fields hold delimiters, quotes and newlines, and lines are counted through them", async () => {
  const text = 'id,name,rate\n1,"a,b ""c""",1\n2,"two\nlines\n",2\r\n3,end,3\n';
  const found = await bench.stageText(order, "quoted.csv", text);
  assert.deepEqual(
    found.rows.map((row) => row[1]),
    ['a,b "c"', "two\nlines\n", "end"],
  );
  assert.deepEqual(found.places, ["quoted.csv:2", "quoted.csv:3", "quoted.csv:6"]);
});

test("numbers are digits and fit 64 bits, nothing is rounded", async () => {
  const whole = relationOf("whole", { n: "number", pad: "symbol" });
  const good = ["0", "-0", "+5", "007", "9223372036854775807", "-9223372036854775808"];
  const bad = ["1.5", "1.0", "1e3", " 5", "5 ", "+", "0x10", "1_000", "9223372036854775808", "-9223372036854775809", "1".repeat(400), ""];
  const found = await bench.stageText(whole, "whole.csv", `n,pad\n${[...good, ...bad].map((text) => `${text},x\n`).join("")}`);
  assert.deepEqual(
    found.rows.map(([n]) => n),
    [0n, 0n, 5n, 7n, 2n ** 63n - 1n, -(2n ** 63n)],
  );
  assert.deepEqual(
    found.quarantined.map(({ code }) => code),
    [...Array(8).fill("ingest.not_a_number"), ...Array(3).fill("ingest.number_range"), "ingest.null"],
  );
  assert.deepEqual(
    found.quarantined.map(({ text }) => text),
    bad.map((text) => text.slice(0, 200)),
  );
  assert.equal(found.quarantined[0]?.place, "whole.csv:8");
});

test("unsigned numbers reach 2^64 - 1 and no sign below zero", async () => {
  const found = await bench.stageText(tally, "tally.csv", "name,count\na,18446744073709551615\nb,18446744073709551616\nc,-1\n");
  assert.deepEqual(found.rows, [["a", 2n ** 64n - 1n]]);
  assert.deepEqual(
    found.quarantined.map(({ code }) => code),
    ["ingest.number_range", "ingest.number_range"],
  );
});

test("floats are decimal and finite", async () => {
  const float = relationOf("f", { x: "float", pad: "symbol" });
  const found = await bench.stageText(float, "f.csv", "x,pad\n.5,\n5.,\n1e-400,\n0.1,\n1e400,\ninf,\nnan,\n1_0,\n,\n");
  assert.deepEqual(
    found.rows.map(([x]) => x),
    [0.5, 5, 0, 0.1],
  );
  assert.deepEqual(
    found.quarantined.map(({ code }) => code),
    ["ingest.float_range", "ingest.not_a_float", "ingest.not_a_float", "ingest.not_a_float", "ingest.null"],
  );
});

test("ragged records are set aside alone, empty fields too many at the end are not", async () => {
  const found = await bench.stageText(order, "ragged.csv", "id,name,rate\n1,a,1\n2,b\n3,c,3,4\n4,d,4,,\n5,e,5\n");
  assert.deepEqual(
    found.rows.map(([id]) => id),
    [1n, 4n, 5n],
  );
  assert.deepEqual(found.quarantined, [
    { place: "ragged.csv:3", code: "ingest.ragged", text: "2,b\n" },
    { place: "ragged.csv:4", code: "ingest.ragged", text: "3,c,3,4\n" },
  ]);
  assert.deepEqual(found.places, ["ragged.csv:2", "ragged.csv:5", "ragged.csv:6"]);
});

test("text behind a closing quote sets the record aside", async () => {
  const found = await bench.stageText(order, "quote.csv", 'id,name,rate\n1,"a"b,1\n2,c"d,2\n');
  assert.deepEqual(found.rows, [[2n, 'c"d', 2]]);
  assert.deepEqual(found.quarantined, [{ place: "quote.csv:2", code: "ingest.bad_quote", text: '1,"a"b,1\n' }]);
});

test("a header alone is zero facts, and said", async () => {
  const found = await bench.stageText(order, "header.csv", "id,name,rate\n");
  assert.deepEqual(found.counts, { rows: 0, quarantined: 0, skipped: 0 });
  assert.deepEqual(found.notices, ["ingest.no_records"]);
});

test("a file of one column reads each line", async () => {
  const found = await bench.stageText(relationOf("one", { name: "symbol" }), "one.csv", 'name\na\n\n""\nb\n');
  assert.deepEqual(
    found.rows.map(([name]) => name),
    ["a", "", "b"],
  );
  assert.deepEqual(found.places, ["one.csv:2", "one.csv:4", "one.csv:5"]);
});

test("a path with pattern characters names itself", async () => {
  await bench.write("b1.csv", "id,name,rate\n9,wrong,9\n");
  const found = await bench.stageText(order, "b[1]*?.csv", "id,name,rate\n1,right,1\n");
  assert.deepEqual(found.rows, [[1n, "right", 1]]);
});

test("quarantine is paged in the file's order", async () => {
  const path = await bench.write("pages.csv", `id,name,rate\n${Array.from({ length: 50 }, (_, i) => `x${i},a,1\n`).join("")}`);
  const staged = await stageFile(bench.session, order, path, { limits: limitsWith() });
  const page = await staged.quarantine(20, 3);
  assert.equal(staged.quarantined, 50);
  assert.deepEqual(
    page.map(({ text }) => text),
    ["x20", "x21", "x22"],
  );
  await staged.close();
  assert.deepEqual(await bench.leftovers(), []);
});

test("rows find their places by value", async () => {
  const path = await bench.write("values.csv", "id,name,rate\n1,a,1\n2,b,0.1\n1,a,1\n");
  const progress: number[] = [];
  const staged = await stageFile(bench.session, order, path, { limits: limitsWith(), onProgress: (rows) => progress.push(rows) });
  const places = await staged.placesOfRows([
    [2n, "b", 0.1],
    [7n, "z", 1],
    [1n, "a", 1],
  ]);
  assert.deepEqual(places, [`${path}:3`, null, `${path}:2`]);
  assert.equal(progress.at(-1), 3);
  await staged.close();
});
