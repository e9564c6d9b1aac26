import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { Int64, Table, tableToIPC, vectorFromArray } from "apache-arrow";
import { stageFile } from "../../ingest/stage_file.ts";
import type { registry } from "../../schema/errors.ts";
import { limitsWith } from "../../schema/limits.ts";
import { relationOf, StagingBench } from "../support/staging.ts";

const item = relationOf("item", { id: "number", name: "symbol" });
const MEGABYTE = 1024 * 1024;
let bench: StagingBench;
before(async () => {
  bench = await StagingBench.open();
});
after(() => bench.close());

/** Asserts that a file is refused as a whole by this code, at this line, with a next step, and that nothing stays behind. */
async function refused(path: string, code: keyof typeof registry, line: string | null = null): Promise<void> {
  await assert.rejects(bench.stage(item, path), (error: { code?: string; place?: string; help?: string }) => {
    assert.equal(error.code, code, path);
    assert.equal(error.place, line === null ? path : `${path}:${line}`);
    assert.ok((error.help ?? "").length > 0);
    return true;
  });
  assert.deepEqual(await bench.leftovers(), []);
}

test("a file that is not there, a directory, a pipe", async () => {
  await refused(bench.path("none.csv"), "ingest.not_found");
  await refused(`${await bench.write("file", "x")}/below.csv`, "ingest.not_found");
  await mkdir(bench.path("folder.csv"));
  await refused(bench.path("folder.csv"), "ingest.directory");
  await refused("/dev/null", "ingest.not_a_file");
});

test("a file that may not be read", async () => {
  const path = await bench.write("secret.csv", "id,name\n1,a\n");
  await chmod(path, 0o000);
  const root = process.geteuid?.() === 0;
  if (root) {
    await chmod(bench.folder, 0o755);
    process.seteuid?.(65_534);
  }
  try {
    await refused(path, "ingest.unreadable");
  } finally {
    if (root) process.seteuid?.(0);
  }
});

test("an empty file, and one of blank lines", async () => {
  for (const name of ["empty.csv", "empty.ndjson", "empty.json", "empty.parquet", "empty.arrow"]) {
    await refused(await bench.write(name, ""), "ingest.empty_file");
  }
  await refused(await bench.write("blank.csv", "\n\r\n\n"), "ingest.empty_file");
});

test("a file that is not what its name says", async () => {
  await bench.session.run(`COPY (SELECT 1 AS id, 'a' AS name) TO '${bench.path("real.parquet")}'`);
  const parquet = await readFile(bench.path("real.parquet"));
  const csv = "id,name\n1,a\n";
  await refused(await bench.write("really_parquet.csv", parquet), "ingest.wrong_format");
  await refused(await bench.write("really_json.csv", '[{"id":1}]'), "ingest.wrong_format");
  await refused(await bench.write("really_csv.parquet", csv), "ingest.wrong_format");
  await refused(await bench.write("really_csv.arrow", csv), "ingest.wrong_format");
  await refused(await bench.write("really_csv.json", csv), "ingest.wrong_format");
  await refused(await bench.write("really_zip.csv", "PK\u0003\u0004zip"), "ingest.wrong_format");
  await refused(await bench.write("really_gzip.parquet", gzipSync(csv)), "ingest.wrong_format");
  await refused(await bench.write("nameless", csv), "ingest.unknown_format");
  const told = await bench.stage(item, await bench.write("rows.txt", csv), { format: "csv" });
  assert.deepEqual(told.rows, [[1n, "a"]]);
  const known = await bench.stage(item, await bench.write("no_extension", parquet));
  assert.deepEqual(known.rows, [[1n, "a"]]);
});

test("text that is not UTF-8: the record and its line, the header, UTF-16", async () => {
  const latin = Buffer.concat([Buffer.from('id,name\n1,"a\nb"\n2,caf'), Buffer.of(0xe9), Buffer.from("\n3,c\n")]);
  const csv = await bench.stageText(item, "latin.csv", latin);
  assert.deepEqual(csv.rows, [
    [1n, "a\nb"],
    [3n, "c"],
  ]);
  assert.deepEqual(
    csv.quarantined.map(({ place, code }) => [place, code]),
    [["latin.csv:4", "ingest.not_utf8"]],
  );
  const line = Buffer.concat([Buffer.from('{"id":1,"name":"'), Buffer.of(0xe9), Buffer.from('"}\n{"id":2,"name":"b"}\n')]);
  const json = await bench.stageText(item, "latin.ndjson", line);
  assert.deepEqual(
    json.quarantined.map(({ place, code }) => [place, code]),
    [["latin.ndjson:1", "ingest.not_utf8"]],
  );
  await refused(await bench.write("header.csv", Buffer.concat([Buffer.of(0xe9), latin])), "ingest.not_utf8", "1");
  await refused(await bench.write("wide.csv", Buffer.from("\uFEFFid,name\n1,a\n", "utf16le")), "ingest.not_utf8");
});

test("a quote that is never closed is refused at its record, however long the rest", async () => {
  const rest = "3,c\n".repeat(1000);
  await refused(await bench.write("open.csv", `id,name\n1,a\n2,"b\n${rest}`), "ingest.unterminated_quote", "3");
  const path = await bench.write("open_long.csv", `id,name\n1,a\n2,"b\n${rest}`);
  await assert.rejects(bench.stage(item, path, { limits: limitsWith({ csv_record_bytes: 100 }) }), { code: "ingest.unterminated_quote" });
});

test("a header that lacks attributes names all of them, and the near ones", async () => {
  const path = await bench.write("typo.csv", "ID,nam\n1,a\n");
  await assert.rejects(bench.stage(item, path), (error: { code?: string; help?: string; also?: { code: string; help: string }[] }) => {
    assert.equal(error.code, "ingest.missing_attribute");
    assert.match(error.help ?? "", /`ID`/);
    assert.deepEqual(
      error.also?.map(({ code }) => code),
      ["ingest.missing_attribute"],
    );
    assert.match(error.also?.[0]?.help ?? "", /`nam`/);
    return true;
  });
  await refused(await bench.write("twice.csv", "id,name,id\n1,a,2\n"), "ingest.duplicate_column");
});

test("NUL and symbols beyond the bound set their records aside", async () => {
  const big = "x".repeat(10 * MEGABYTE);
  const found = await bench.stageText(item, "symbols.csv", `id,name\n1,a\0b\n2,${big}\n3,${"y".repeat(MEGABYTE)}\n4,ok\n`);
  assert.deepEqual(found.records, [3n, 4n]);
  assert.deepEqual(
    found.quarantined.map(({ place, code, text }) => [place, code, text.length]),
    [
      ["symbols.csv:2", "ingest.nul", 3],
      ["symbols.csv:3", "limit.symbol_bytes", 200],
    ],
  );
  await bench.session.run(`COPY (SELECT 1 AS id, repeat('x', ${10 * MEGABYTE}) AS name) TO '${bench.path("symbols.parquet")}'`);
  const parquet = await bench.stage(item, bench.path("symbols.parquet"));
  assert.deepEqual(
    parquet.quarantined.map(({ code, text }) => [code, text.length]),
    [["limit.symbol_bytes", 200]],
  );
});

test("a CSV record beyond the bound sets itself aside", async () => {
  const options = { limits: limitsWith({ csv_record_bytes: 100 }) };
  const found = await bench.stageText(item, "long.csv", `id,name\n1,${"x".repeat(200)}\0\n2,b\n`, options);
  assert.deepEqual(found.rows, [[2n, "b"]]);
  assert.deepEqual(
    found.quarantined.map(({ place, code }) => [place, code]),
    [["long.csv:2", "limit.csv_record_bytes"]],
  );
});

test("a JSON line of 200 MB is set aside without being held", async () => {
  const path = bench.path("huge.ndjson");
  const stream = createWriteStream(path);
  const block = Buffer.alloc(4 * MEGABYTE, "x");
  stream.write('{"id":1,"name":"a"}\n{"id":2,"name":"');
  for (let i = 0; i < 50; i += 1) if (!stream.write(block)) await new Promise<void>((resolve) => stream.once("drain", resolve));
  stream.end('"}\n{"id":3,"name":"c"}\n');
  await new Promise<void>((resolve) => stream.once("close", resolve));
  const before = process.memoryUsage.rss();
  const found = await bench.stage(item, path);
  const grown = process.memoryUsage.rss() - before;
  assert.deepEqual(found.records, [1n, 3n]);
  assert.deepEqual(
    found.quarantined.map(({ place, code }) => [place, code]),
    [["huge.ndjson:2", "limit.json_line_bytes"]],
  );
  assert.ok(grown < 180 * MEGABYTE, `${grown} bytes`);
});

test("files cut short: Parquet at any length, Arrow, gzip", async () => {
  await bench.session.run(`COPY (SELECT i AS id, 'name ' || i AS name FROM range(2000) t(i)) TO '${bench.path("whole.parquet")}'`);
  const parquet = await readFile(bench.path("whole.parquet"));
  for (const length of [4, 5, 12, 300, Math.floor(parquet.length / 2), parquet.length - 1]) {
    await refused(await bench.write("cut.parquet", parquet.subarray(0, length)), "ingest.bad_parquet");
  }
  const table = new Table({ id: vectorFromArray([1n, 2n, 3n], new Int64()), name: vectorFromArray(["a", "b", "c"]) });
  const file = tableToIPC(table, "file");
  for (const length of [8, 100, file.length - 1])
    await refused(await bench.write("cut.arrow", file.subarray(0, length)), "ingest.bad_arrow");
  const stream = tableToIPC(table, "stream");
  for (const length of [100, stream.length - 100]) {
    await refused(await bench.write("cut_stream.arrow", stream.subarray(0, length)), "ingest.bad_arrow");
  }
  const zipped = gzipSync(`id,name\n${Array.from({ length: 5000 }, (_, i) => `${i},name ${i * 7919}\n`).join("")}`);
  await refused(await bench.write("cut.csv.gz", zipped.subarray(0, zipped.length - 20)), "ingest.bad_gzip");
});

test("damage inside a Parquet page is told, at once or when it is asked for", async () => {
  await bench.session.run(`COPY (SELECT i AS id, 'name ' || i AS name FROM range(2000) t(i)) TO '${bench.path("sound.parquet")}'`);
  const sound = await readFile(bench.path("sound.parquet"));
  const names = Buffer.from(sound);
  names.fill(0x5a, sound.length - 4000, sound.length - 2000);
  await refused(await bench.write("names.parquet", names), "ingest.bad_parquet");
  const ids = Buffer.from(sound);
  ids.fill(0x5a, 20, 400);
  for (const [name, content, code] of [
    ["ids.parquet", ids, "ingest.bad_parquet"],
    ["sound.parquet", sound, undefined],
  ] as const) {
    const staged = await stageFile(bench.session, item, await bench.write(name, content), { limits: limitsWith() });
    assert.equal((await staged.damage())?.code, code);
    await staged.close();
  }
});
