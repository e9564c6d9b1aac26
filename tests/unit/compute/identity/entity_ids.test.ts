import assert from "node:assert/strict";
import { test } from "node:test";
import { Float64, Int64, LargeUtf8, Table, tableFromIPC, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import fc from "fast-check";
import pl from "nodejs-polars";
import { v5 } from "uuid";
import { withEntityIds } from "../../../../compute/identity/entity_frame.ts";
import { entityIds } from "../../../../compute/identity/entity_ids.ts";
import { encodeKeys } from "../../../../compute/identity/entity_key.ts";
import { entityNamespace } from "../../../../compute/identity/namespace.ts";
import { IDENTITY_MACROS } from "../../../../compute/identity/sql_macro.ts";
import { uuidText } from "../../../../compute/identity/uuid_text.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { quoteText } from "../../../../schema/sql_session.ts";
import { openMemory } from "../../../../verify/store/duckdb_session.ts";

const kind = { service: "https://fda.example/products", kind: "product" };

type Part = string | null;

function columns(rows: readonly (readonly Part[])[], type = new Utf8()) {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, at) => ({
    name: `k${at}`,
    values: vectorFromArray(
      rows.map((row) => row[at] ?? null),
      type,
    ),
  }));
}

/** The rule once more, the plain way. */
function expected(parts: readonly Part[]): string | null {
  if (parts.some((part) => part === null)) return null;
  const key = parts.map((part) => part?.normalize("NFC").trim() ?? "").map((part) => `${Buffer.byteLength(part)}:${part}`);
  const service = v5(kind.service, v5.URL);
  return v5(key.join(""), v5(kind.kind, service));
}

function ids(rows: readonly (readonly Part[])[]): (string | null)[] {
  const found = entityIds(kind, columns(rows));
  return rows.map((_, row) => (found.missing.includes(row) ? null : uuidText(found.ids.subarray(row * 16, row * 16 + 16))));
}

const part = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => text.replaceAll("\0", "")),
  fc.constantFrom(null, "", " ", "\t x \n", "\u00a0é\u3000", "e\u0301", "\ufeffk", "1:a", "a1:", "x".repeat(600)),
);
const keyRows = fc
  .integer({ min: 1, max: 3 })
  .chain((width) => fc.array(fc.tuple(...Array<typeof part>(width).fill(part)), { minLength: 1, maxLength: 12 }));

test("ids follow the rule, whatever the order and the chunks", () => {
  fc.assert(
    fc.property(keyRows, fc.nat(11), (rows, cut) => {
      const whole = ids(rows);
      assert.deepEqual(whole, rows.map(expected));
      assert.deepEqual(ids(rows.toReversed()).toReversed(), whole);
      if (cut > 0 && cut < rows.length) assert.deepEqual([...ids(rows.slice(0, cut)), ...ids(rows.slice(cut))], whole);
    }),
    { numRuns: 300 },
  );
});

test("where one part ends cannot shift, and only null is missing", () => {
  assert.equal(
    new Set(
      ids([
        ["a", "bc"],
        ["ab", "c"],
        ["abc", ""],
        ["", "abc"],
      ]),
    ).size,
    4,
  );
  assert.deepEqual(
    ids([
      [null, "x"],
      ["x", null],
    ]),
    [null, null],
  );
  assert.equal(ids([["é"]])[0], ids([["e\u0301 "]])[0]);
});

test("SQL's macro gives the same ids", async () => {
  const session = await openMemory();
  for (const macro of IDENTITY_MACROS) await session.run(macro);
  const sample = fc.sample(keyRows, { numRuns: 60, seed: 7 });
  for (const rows of sample) {
    const values = rows.map((row, at) => `(${at}, [${row.map((one) => (one === null ? "NULL" : quoteText(one))).join(", ")}]::VARCHAR[])`);
    const found = await session.rows(
      `SELECT entity_uuid(${quoteText(kind.service)}, ${quoteText(kind.kind)}, parts) FROM (VALUES ${values.join(", ")}) AS t(n, parts) ORDER BY n`,
    );
    assert.deepEqual(found.flat(), rows.map(expected));
  }
  session.close();
});

test("whole numbers are their decimal text, in every engine", async () => {
  const numbers = [0n, -1n, 9223372036854775807n, -9223372036854775808n];
  const found = entityIds(kind, [{ name: "n", values: vectorFromArray(numbers, new Int64()) }]);
  const texts = numbers.map((_, row) => uuidText(found.ids.subarray(row * 16, row * 16 + 16)));
  assert.deepEqual(
    texts,
    numbers.map((one) => expected([String(one)])),
  );
});

test("Polars and Arrow of every text layout give the same ids, chunked or not", async () => {
  const rows = [
    ["a", "é"],
    [" b ", null],
    ["c", "d"],
    ["e", "f"],
  ];
  const plain = entityIds(kind, columns(rows));
  const large = entityIds(kind, columns(rows, new LargeUtf8() as unknown as Utf8));
  assert.deepEqual(large, plain);
  const half = (from: number, to: number) =>
    new Table(Object.fromEntries(columns(rows.slice(from, to)).map(({ name, values }) => [name, values])));
  const chunked = half(0, 1).concat(half(1, 4));
  const read = tableFromIPC(tableToIPC(chunked, "stream"));
  const ofTable = entityIds(
    kind,
    ["k0", "k1"].map((name) => ({ name, values: read.getChild(name) ?? assert.fail(name) })),
  );
  assert.deepEqual(ofTable, plain);
  const frame = pl.DataFrame({ k0: rows.map(([one]) => one), k1: rows.map(([, two]) => two), other: [1, 2, 3, 4] });
  const { identified, missing } = await withEntityIds(frame.lazy(), { ...kind, key: ["k0", "k1"], into: "id" });
  assert.deepEqual(
    identified.getColumn("id").toArray(),
    rows.map(expected).filter((id) => id !== null),
  );
  assert.deepEqual(identified.columns, ["id", "k0", "k1", "other"]);
  assert.deepEqual(missing.getColumn("other").toArray(), [2]);
});

test("what has no single form is refused by name", async () => {
  const isCode = (code: string) => (error: unknown) => error instanceof AssayError && error.code === code;
  const floats = { name: "f", values: vectorFromArray([1.5], new Float64()) };
  assert.throws(() => encodeKeys([floats]), isCode("identity.key_type"));
  const frame = pl.DataFrame({ k: ["a"], id: ["b"] }).lazy();
  await assert.rejects(withEntityIds(frame, { ...kind, key: ["x"], into: "new" }), isCode("identity.key_missing"));
  await assert.rejects(withEntityIds(frame, { ...kind, key: ["k"], into: "id" }), isCode("identity.taken"));
});

test("a large frame's ids, given in worker threads, are those of its rows alone", async () => {
  const rows = 500_000;
  const keys = Array.from({ length: rows }, (_, row) => (row === 77_777 ? null : `k${row}`));
  const { identified, missing } = await withEntityIds(pl.DataFrame({ k: keys }).lazy(), { ...kind, key: ["k"], into: "id" });
  assert.deepEqual([identified.height, missing.height], [rows - 1, 1]);
  const found = identified.getColumn("id");
  for (const row of [0, 65_535, 65_536, 77_776]) assert.equal(found.get(row), expected([`k${row}`]));
  assert.equal(found.get(rows - 2), expected([`k${rows - 1}`]));
});

test("a kind's namespace depends on service and kind", () => {
  const spaces = [
    entityNamespace("https://a.example", "x"),
    entityNamespace("https://a.example", "y"),
    entityNamespace("https://b.example", "x"),
  ];
  assert.equal(new Set(spaces.map(uuidText)).size, 3);
});
