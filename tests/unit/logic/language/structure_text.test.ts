import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { elementAt, elementsOf, quoteElement, structureText, unquoteElement } from "../../../../logic/language/structure_text.ts";
import { quoteText } from "../../../../schema/sql_session.ts";
import { type DuckDbSession, openMemory } from "../../../../verify/store/duckdb_session.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

const symbol = fc.string({ unit: "binary", maxLength: 8 }).filter((text) => text.isWellFormed() && !text.includes("\0"));

test("symbols and floats are quoted as DuckDB quotes them", async () => {
  const floats = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
  await fc.assert(
    fc.asyncProperty(fc.array(symbol, { minLength: 1 }), fc.array(floats, { minLength: 1 }), async (texts, numbers) => {
      const bySql = await session.rows(`SELECT to_json(unnest([${texts.map(quoteText).join(", ")}]))::VARCHAR`);
      assert.deepEqual(
        bySql.map(([text]) => text),
        texts.map((text) => quoteElement(text, "symbol")),
      );
      const values = numbers.map((value) => `'${value}'::DOUBLE`);
      const inSql = await session.rows(`SELECT '"' || unnest([${values.join(", ")}])::VARCHAR || '"'`);
      assert.deepEqual(
        inSql.map(([text]) => text),
        numbers.map((value) => quoteElement(value, "float")),
      );
    }),
    { numRuns: 60 },
  );
});

test("what is quoted comes back, at its position, here and in DuckDB", async () => {
  const element = fc.oneof(
    symbol.map((value) => ["symbol", value] as const),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ["number", value] as const),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => ["unsigned", value] as const),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ["float", value + 0] as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(element, { maxLength: 5 }), async (values) => {
      const quoted = values.map(([type, value]) => quoteElement(value, type));
      const text = structureText([...quoted, structureText(quoted), "null"]);
      assert.deepEqual(elementsOf(text), [...quoted, structureText(quoted), "null"]);
      for (const [at, [type, value]] of values.entries()) assert.deepEqual(unquoteElement(elementAt(text, at), type), value);
      const [row] = await session.rows(`SELECT json_extract(${quoteText(text)}, '$[${values.length}]')::VARCHAR`);
      assert.deepEqual(row, [structureText(quoted)]);
    }),
    { numRuns: 60 },
  );
  assert.deepEqual([elementsOf("null"), elementsOf("[]"), elementAt("[1]", 4), unquoteElement("null", "number")], [[], [], "null", 0n]);
});
