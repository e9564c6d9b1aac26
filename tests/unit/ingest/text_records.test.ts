import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { csvFields } from "../../../ingest/readers/csv_fields.ts";
import { CsvSplitter } from "../../../ingest/readers/csv_splitter.ts";
import { JsonSplitter, LineSplitter } from "../../../ingest/readers/json_splitter.ts";
import { type RecordSplitter, textRecords } from "../../../ingest/readers/text_records.ts";

async function* chunked(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % Math.max(1, sizes.length)] ?? bytes.length;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function cut(text: string, splitter: RecordSplitter, sizes: readonly number[], max = 1000): Promise<(string | number)[][]> {
  const out: (string | number)[][] = [];
  for await (const batch of textRecords(chunked(Buffer.from(text), sizes), splitter, max)) {
    for (const { bytes, length, line } of batch) out.push([bytes === null ? length : bytes.toString(), line]);
  }
  return out;
}

const csvText = fc
  .array(fc.constantFrom(",", '"', "\n", "\r\n", "\r", " ", "a", "\u00e9"), { maxLength: 30 })
  .map((parts) => parts.join(""));
const jsonText = fc
  .array(fc.constantFrom("[", "]", "{", "}", ",", '"', "\\", "\n", "1", " "), { maxLength: 30 })
  .map((parts) => parts.join(""));
const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 });

test("records do not depend on where chunks end, and together are the whole text", async () => {
  const kinds: readonly (readonly [fc.Arbitrary<string>, () => RecordSplitter])[] = [
    [csvText, () => new CsvSplitter(",")],
    [csvText, () => new LineSplitter()],
    [jsonText, () => new JsonSplitter()],
  ];
  for (const [texts, splitter] of kinds) {
    await fc.assert(
      fc.asyncProperty(texts, sizes, async (text, cuts) => {
        const whole = await cut(text, splitter(), []);
        assert.deepEqual(await cut(text, splitter(), cuts), whole);
        assert.equal(whole.map(([record]) => record).join(""), text);
      }),
    );
  }
});

test("lines are counted as editors do", async () => {
  const records = await cut('a\nb\r\n"c\n\r\n"\rd\n\ne', new CsvSplitter(","), [1]);
  assert.deepEqual(records, [
    ["a\n", 1],
    ["b\r\n", 2],
    ['"c\n\r\n"\r', 3],
    ["d\n", 6],
    ["\n", 7],
    ["e", 8],
  ]);
});

test("a record beyond the bound is counted and not kept", async () => {
  const records = await cut(`a\n${"x".repeat(50)}\n${"y".repeat(9)}\nb`, new LineSplitter(), [7], 10);
  assert.deepEqual(records, [
    ["a\n", 1],
    [51, 2],
    [`${"y".repeat(9)}\n`, 3],
    ["b", 4],
  ]);
});

test("fields are what was quoted", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom(",", '"', "\n", " ", "a", "b") }), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(",", ";", "\t"),
      (fields, delimiter) => {
        const record = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(delimiter);
        assert.deepEqual(csvFields(record, delimiter, fields.length), { fields, fault: null });
      },
    ),
  );
});
