import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { zstdCompressSync } from "node:zlib";
import {
  Binary,
  Bool,
  CompressionType,
  compressionRegistry,
  DateDay,
  Decimal,
  Dictionary,
  Float64,
  Int8,
  Int32,
  Int64,
  makeData,
  RecordBatchStreamWriter,
  Table,
  TimestampMicrosecond,
  tableToIPC,
  Uint64,
  Utf8,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import { relationOf, StagingBench } from "../../support/staging.ts";

const item = relationOf("item", { id: "number", name: "symbol", rate: "float" });
let bench: StagingBench;
before(async () => {
  bench = await StagingBench.open();
});
after(() => bench.close());

function items(): Table {
  return new Table({
    id: vectorFromArray([1n, 2n, 3n, null], new Int64()),
    name: vectorFromArray(["ann", "b\u00e9a", null, "dan"], new Utf8()),
    rate: vectorFromArray([1.5, Number.NaN, 2, 3], new Float64()),
  });
}

test("files and streams give the same rows, with nulls and non-finite floats set aside", async () => {
  for (const [name, kind] of [
    ["a.arrow", "file"],
    ["b.arrow", "stream"],
  ] as const) {
    const found = await bench.stageText(item, name, tableToIPC(items(), kind));
    assert.deepEqual(found.rows, [[1n, "ann", 1.5]]);
    assert.deepEqual(found.places, [`${name}:1`]);
    assert.deepEqual(
      found.quarantined.map(({ place, code }) => [place, code]),
      [
        [`${name}:2`, "ingest.float_range"],
        [`${name}:3`, "ingest.null"],
        [`${name}:4`, "ingest.null"],
      ],
    );
  }
  assert.deepEqual(await bench.leftovers(), []);
});

test("dictionaries, narrow integers and texts beyond ASCII are read", async () => {
  const table = new Table({
    id: vectorFromArray([-3, 4, 5], new Int8()),
    name: vectorFromArray(["x", "x", "\u{1f600}"], new Dictionary(new Utf8(), new Int32())),
    rate: vectorFromArray([1n, 2n, 3n], new Int64()),
  });
  const found = await bench.stageText(item, "narrow.arrow", tableToIPC(table, "stream"));
  assert.deepEqual(found.rows, [
    [-3n, "x", 1],
    [4n, "x", 2],
    [5n, "\u{1f600}", 3],
  ]);
});

test("several batches are numbered through", async () => {
  const table = items().concat(items());
  const found = await bench.stageText(item, "batches.arrow", tableToIPC(table, "file"));
  assert.deepEqual(found.records, [1n, 5n]);
  assert.deepEqual(
    found.quarantined.map(({ place }) => place),
    [2, 3, 4, 6, 7, 8].map((record) => `batches.arrow:${record}`),
  );
});

test("decimals, booleans, dates, times and unsigned integers keep every digit", async () => {
  const words = (value: bigint) => Uint32Array.from([0n, 32n, 64n, 96n].map((shift) => Number((value >> shift) & 0xffffffffn)));
  const decimals = Uint32Array.from([150n, -700n].flatMap((value) => [...words(BigInt.asUintN(128, value))]));
  const decimal = makeData({ type: new Decimal(2, 10), length: 2, data: decimals as unknown as Uint32Array });
  const micros = makeData({ type: new TimestampMicrosecond("UTC"), length: 2, data: BigInt64Array.from([1_700_000_000_123_456n, -1n]) });
  const table = new Table({
    d: new Vector([decimal]),
    b: vectorFromArray([true, false], new Bool()),
    day: vectorFromArray([new Date("2026-11-20"), new Date("1969-12-31")], new DateDay()),
    at: new Vector([micros]),
    u: vectorFromArray([2n ** 64n - 1n, 1n], new Uint64()),
  });
  const wide = relationOf("wide", { d: "symbol", b: "symbol", day: "symbol", at: "symbol", u: "unsigned" });
  const content = tableToIPC(table, "stream");
  const found = await bench.stageText(wide, "wide.arrow", content);
  assert.deepEqual(found.rows, [
    ["1.50", "true", "2026-11-20", "2023-11-14T22:13:20.123456Z", 2n ** 64n - 1n],
    ["-7.00", "false", "1969-12-31", "1969-12-31T23:59:59.999999Z", 1n],
  ]);
  const narrow = await bench.stageText(relationOf("narrow", { d: "number", u: "number" }), "wide.arrow", content);
  assert.deepEqual(
    narrow.quarantined.map(({ code }) => code),
    ["ingest.not_a_number"],
  );
  assert.deepEqual(narrow.rows, [[-7n, 1n]]);
});

test("a text that is not UTF-8 sets its row aside", async () => {
  const names = makeData({
    type: new Utf8(),
    length: 3,
    valueOffsets: Int32Array.from([0, 1, 3, 5]),
    data: Uint8Array.from([0x61, 0xff, 0xfe, 0xc3, 0xa9]),
  });
  const table = new Table({ name: new Vector([names]) });
  const found = await bench.stageText(relationOf("name", { name: "symbol" }), "latin.arrow", tableToIPC(table, "stream"));
  assert.deepEqual(found.rows, [["a"], ["\u00e9"]]);
  assert.deepEqual(
    found.quarantined.map(({ place, code }) => [place, code]),
    [["latin.arrow:2", "ingest.not_utf8"]],
  );
});

test("binary columns are refused, unless nothing takes them", async () => {
  const table = new Table({ v: vectorFromArray([Uint8Array.of(1)], new Binary()), n: vectorFromArray([1n], new Int64()) });
  const content = tableToIPC(table, "stream");
  await assert.rejects(bench.stageText(relationOf("v", { v: "symbol" }), "binary.arrow", content), { code: "ingest.column_type" });
  assert.deepEqual((await bench.stageText(relationOf("n", { n: "number" }), "binary.arrow", content)).rows, [[1n]]);
  assert.deepEqual(await bench.leftovers(), []);
});

async function compressed(compressionType: CompressionType): Promise<Uint8Array> {
  const writer = new RecordBatchStreamWriter({ compressionType });
  return writer.writeAll(new Table({ n: vectorFromArray([1n, 2n], new Int64()) })).toUint8Array();
}

test("buffers compressed with ZSTD are read, other compression is named", async () => {
  const number = relationOf("n", { n: "number" });
  compressionRegistry.set(CompressionType.ZSTD, { encode: (bytes: Uint8Array) => zstdCompressSync(bytes) });
  const found = await bench.stageText(number, "zstd.arrow", await compressed(CompressionType.ZSTD));
  assert.deepEqual(found.rows, [[1n], [2n]]);
  const lz4Frame = (bytes: Uint8Array) => Uint8Array.from([4, 34, 77, 24, 0x40, 0x40, 0xc0, ...bytes]);
  compressionRegistry.set(CompressionType.LZ4_FRAME, { encode: lz4Frame });
  const content = await compressed(CompressionType.LZ4_FRAME);
  await assert.rejects(bench.stageText(number, "lz4.arrow", content), { code: "ingest.arrow_compression" });
});
