import assert from "node:assert/strict";
import { test } from "node:test";
import { tableFromIPC } from "apache-arrow";
import { arrowStream } from "../../../../api/report/arrow.ts";
import { csvChunks } from "../../../../api/report/csv.ts";
import { jsonChunks, ndjsonChunks } from "../../../../api/report/ndjson.ts";
import { plainStyle } from "../../../../api/report/style.ts";
import type { Table } from "../../../../api/report/table.ts";
import { tableText } from "../../../../api/report/table_text.ts";
import { NUMBER_MAX, NUMBER_MIN, UNSIGNED_MAX } from "../../../../schema/value.ts";

const table: Table = {
  columns: [
    { name: "name", type: "symbol" },
    { name: "n", type: "number" },
    { name: "u", type: "unsigned" },
    { name: "f", type: "float" },
  ],
  rows: [
    ['a "quoted", text\r\n', NUMBER_MIN, UNSIGNED_MAX, 1.5],
    ["", NUMBER_MAX, 0n, 2],
    [null, null, null, null],
  ],
};
const none: Table = { columns: table.columns, rows: [] };

test("csv follows RFC 4180 and tells NULL from the empty symbol", () => {
  assert.equal(
    [...csvChunks(table)].join(""),
    ["name,n,u,f", '"a ""quoted"", text\r\n",-9223372036854775808,18446744073709551615,1.5', '"",9223372036854775807,0,2', ",,,", ""].join(
      "\r\n",
    ),
  );
  assert.equal([...csvChunks(none)].join(""), "name,n,u,f\r\n");
});

test("ndjson and json keep every digit of an integer", () => {
  const lines = [...ndjsonChunks(table)].join("").trimEnd().split("\n");
  assert.equal(lines.length, 3);
  assert.equal(lines[1], '{"name":"","n":9223372036854775807,"u":0,"f":2}');
  assert.equal((JSON.parse(lines[0] as string) as { name: string }).name, table.rows[0]?.[0]);
  assert.equal((JSON.parse([...jsonChunks(table)].join("")) as unknown[]).length, 3);
  assert.deepEqual(JSON.parse([...jsonChunks(none)].join("")), []);
});

test("an Arrow stream reads back as the rows that went in", () => {
  const back = tableFromIPC(arrowStream(table));
  assert.deepEqual(
    back.toArray().map((row: { toArray(): unknown }) => row.toArray()),
    table.rows.map((row) => [...row]),
  );
  assert.deepEqual(
    back.schema.fields.map((field) => `${field.name}:${field.type}`),
    ["name:Utf8", "n:Int64", "u:Uint64", "f:Float64"],
  );
  assert.equal(tableFromIPC(arrowStream(none)).schema.fields.length, 4);
});

test("an Arrow stream of more rows than a batch holds keeps them all, in order", () => {
  const rows = Array.from({ length: 70_000 }, (_, index) => [BigInt(index)]);
  const back = tableFromIPC(arrowStream({ columns: [{ name: "n", type: "number" }], rows }));
  assert.equal(back.numRows, 70_000);
  assert.equal(back.get(69_999)?.toArray()[0], 69_999n);
});

test("the terminal's table aligns numbers to the right and shows no control character", () => {
  const text = tableText({ columns: table.columns, rows: [["\u001b[31mred", 5n, 10n, 1]] }, plainStyle);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it must not be there
  assert.doesNotMatch(text, /\u001b/);
  const [head = "", , row = ""] = text.split("\n");
  assert.equal(head.indexOf(" u") + 2, row.indexOf("10") + 2);
});

test("a table without columns answers yes or no", () => {
  assert.notEqual(tableText({ columns: [], rows: [[]] }, plainStyle), tableText({ columns: [], rows: [] }, plainStyle));
});
