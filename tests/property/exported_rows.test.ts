import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { tableFromIPC } from "apache-arrow";
import fc from "fast-check";
import { arrowRows } from "../../api/http/rows/arrow_rows.ts";
import { csvRows } from "../../api/http/rows/csv_rows.ts";
import { ndjsonRows } from "../../api/http/rows/json_rows.ts";
import { csvField } from "../../api/report/csv.ts";
import { quoteName, sqlType } from "../../schema/sql_session.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { encodedBy, relationOf } from "../support/encoded_rows.ts";

const awkward = fc.constantFrom(" ", '"', "\\", ",", "\r", "\n", "\t", "\u0001", "\u007f", "é", "👍", "\u2028", "x");
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.array(awkward, { maxLength: 30 }).map((parts) => parts.join("")),
  fc.array(awkward, { maxLength: 4 }).map((parts) => parts.join("").repeat(300)),
);
const values: Readonly<Record<ValueType, fc.Arbitrary<Value>>> = {
  // No symbol holds NUL.
  symbol: text.map((value) => value.replaceAll("\0", "")),
  number: fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.bigInt({ min: -1_000n, max: 1_000_000n })),
  unsigned: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 1_000_000n })),
  float: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
};
const made = fc
  .array(fc.constantFrom<ValueType>("symbol", "number", "unsigned", "float"), { minLength: 1, maxLength: 5 })
  .chain((types) =>
    fc.record({ types: fc.constant(types), rows: fc.array(fc.tuple(...types.map((type) => values[type])), { maxLength: 40 }) }),
  );

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "2" });
});
after(() => session.close());

test("rows of any relation in Arrow, NDJSON and CSV say its values, byte for byte as plain writers do", async () => {
  await fc.assert(
    fc.asyncProperty(made, async ({ types, rows }) => {
      const names = types.map((type, at) => `${type}, "${at}"`);
      const columns = names.map((name, at) => `${quoteName(name)} ${sqlType[types[at] as ValueType]}`);
      await session.run(`CREATE OR REPLACE TABLE made (${columns.join(", ")})`);
      await session.append({ catalog: null, schema: null, table: "made" }, types, rows);
      const relation = relationOf(names.map((name, at) => ({ name, type: types[at] as ValueType })));
      const encoded = (make: typeof csvRows) => encodedBy(session, make(relation), "SELECT * FROM made", types);
      const arrow = tableFromIPC(await encoded(arrowRows));
      assert.deepEqual(
        arrow.toArray().map((row) => names.map((name) => row?.[name] as Value)),
        rows,
      );
      const json = (value: Value) => (typeof value === "string" ? JSON.stringify(value) : String(value));
      const object = (row: readonly Value[]) => `{${row.map((value, at) => `${JSON.stringify(names[at])}:${json(value)}`).join(",")}}\n`;
      assert.equal(Buffer.from(await encoded(ndjsonRows)).toString("utf8"), rows.map(object).join(""));
      const record = (row: readonly Value[]) => `${row.map(csvField).join(",")}\r\n`;
      assert.equal(Buffer.from(await encoded(csvRows)).toString("utf8"), [names, ...rows].map(record).join(""));
    }),
    { numRuns: 120 },
  );
});
