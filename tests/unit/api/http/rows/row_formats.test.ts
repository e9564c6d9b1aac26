import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { RecordBatchReader } from "apache-arrow";
import { arrowRows } from "../../../../../api/http/rows/arrow_rows.ts";
import { csvRows } from "../../../../../api/http/rows/csv_rows.ts";
import { ndjsonRows } from "../../../../../api/http/rows/json_rows.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { encodedBy, relationOf } from "../../../../support/encoded_rows.ts";

const NAMES = ["n", "u", "f", "s"] as const;
const TYPES = ["number", "unsigned", "float", "symbol"] as const;
const relation = relationOf(NAMES.map((name, at) => ({ name, type: TYPES[at] as (typeof TYPES)[number] })));

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "2" });
});
after(() => session.close());

function query(rows: number, text: string): string {
  return `SELECT (i - 1000) * 4000000007 AS n, (18446744073709551615 - i)::UBIGINT AS u, i / 7.0::DOUBLE AS f, ${text} AS s FROM range(${rows}) r(i)`;
}

async function batchesOf(bytes: Uint8Array) {
  // Of a stream without batches the reader makes an empty one.
  return [...(await RecordBatchReader.from(bytes))].filter(({ numRows }) => numRows > 0);
}

for (const rows of [0, 1, 2_047, 2_048, 2_049, 32_767, 32_768, 32_769, 131_073]) {
  test(`${rows} rows are the same in every format`, async () => {
    const sql = query(rows, "'text \"' || i");
    const want = await session.rows(sql);
    const batches = await batchesOf(await encodedBy(session, arrowRows(relation), sql, TYPES));
    const met = batches.flatMap((batch) => Array.from(batch, (row) => NAMES.map((name) => row?.[name] as unknown)));
    assert.deepEqual(met, want);
    assert.equal(batches.length, Math.ceil(rows / 32_768));
    const lines = Buffer.from(await encodedBy(session, ndjsonRows(relation), sql, TYPES)).toString("utf8");
    const line = ([n, u, f, s]: readonly unknown[]) => `{"n":${n},"u":${u},"f":${f},"s":${JSON.stringify(s)}}\n`;
    assert.equal(lines, want.map(line).join(""));
    const csv = Buffer.from(await encodedBy(session, csvRows(relation), sql, TYPES)).toString("utf8");
    const record = ([n, u, f, s]: readonly unknown[]) => `${n},${u},${f},"${String(s).replaceAll('"', '""')}"\r\n`;
    assert.equal(csv, `n,u,f,s\r\n${want.map(record).join("")}`);
  });
}

test("a batch of long texts ends with the chunk that brings it to 4 MiB", async () => {
  const sql = query(20_000, "repeat('é', 500)");
  const batches = await batchesOf(await encodedBy(session, arrowRows(relation), sql, TYPES));
  assert.deepEqual(
    batches.map(({ numRows }) => numRows),
    [6_144, 6_144, 6_144, 1_568],
  );
  assert.ok(batches.every((batch) => batch.getChild("s")?.get(batch.numRows - 1) === "é".repeat(500)));
});

test("chunks that fill a batch unevenly begin the next one whole", async () => {
  const encoder = arrowRows(relationOf([{ name: "n", type: "number" }]));
  const pieces: Uint8Array[] = [...encoder.begin()];
  const chunk = (from: number, rows: number) =>
    ({ kind: "number", values: BigInt64Array.from({ length: rows }, (_, at) => BigInt(from + at)) }) as const;
  let from = 0;
  for (let at = 0; at < 40; at += 1) {
    pieces.push(...encoder.chunk([chunk(from, 1_500)], 1_500));
    from += 1_500;
  }
  pieces.push(...encoder.end());
  const batches = await batchesOf(Buffer.concat(pieces));
  assert.deepEqual(
    batches.map(({ numRows }) => numRows),
    [31_500, 28_500],
  );
  const values = batches.flatMap((batch) => [...(batch.getChild("n") ?? [])]);
  assert.deepEqual(
    values,
    Array.from({ length: 60_000 }, (_, at) => BigInt(at)),
  );
});

test("pieces stay as they are while later rows are written", async () => {
  for (const make of [arrowRows, csvRows, ndjsonRows]) {
    const encoder = make(relation);
    const [pieces, copies]: Uint8Array[][] = [[], []];
    const keep = (more: readonly Uint8Array[]): void => {
      pieces?.push(...more);
      copies?.push(...more.map((piece) => Uint8Array.from(piece)));
    };
    keep(encoder.begin());
    await session.chunks(query(100_000, "'text ' || i"), TYPES, (columns, rows) => keep(encoder.chunk(columns, rows)));
    keep(encoder.end());
    assert.ok((pieces?.length ?? 0) > 3);
    assert.ok(Buffer.concat(pieces ?? []).equals(Buffer.concat(copies ?? [])), encoder.media);
  }
});
