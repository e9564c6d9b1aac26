import { isUtf8 } from "node:buffer";
import { AssayError } from "../../schema/assay_error.ts";
import { type ExactValue, isDecimal, readExactJson } from "../../schema/exact_json.ts";
import { type BoundAttribute, checkColumns } from "../columns.ts";
import type { RawTable } from "../raw_table.ts";
import { reasonOf } from "../reasons.ts";
import { jsonCell, jsonText } from "./json_cell.ts";
import { JsonSplitter, LineSplitter } from "./json_splitter.ts";
import { type RawCell, RawRows, type RecordFault } from "./raw_rows.ts";
import type { ReadRequest, ReadResult } from "./reader.ts";
import { textChunks } from "./text_chunks.ts";
import { linesOf } from "./text_places.ts";
import { type TextRecord, textRecords } from "./text_records.ts";

const NAMES_MAX = 10_000;

/**
 * Reads NDJSON, or a JSON array of records, exactly: an object gives its members to the columns of their names, an array gives its
 * elements to the attributes in order (those with a constant left out). A member that is absent is a missing value; an attribute
 * that no object of the file has is an error.
 * Errors: `json.syntax` (an array that does not end), `ingest.missing_attribute`.
 */
export async function readJson(request: ReadRequest): Promise<ReadResult> {
  const { session, file, bound, relation } = request;
  const taken = bound.filter(({ column }) => column !== null);
  const rows = await RawRows.create(
    session,
    taken.map(({ attribute }) => attribute.type),
  );
  const seen = new Seen();
  try {
    await fill(request, rows, taken, seen);
    if (seen.objects > 0) checkColumns(relation.name, bound, [...seen.names], file.path);
  } catch (cause) {
    await rows.drop();
    throw cause;
  }
  return { raw: rawTable(request, rows, taken), unused: seen.unused(taken) };
}

/** The member names met so far. */
class Seen {
  readonly names = new Set<string>();
  objects = 0;

  add(members: ReadonlyMap<string, ExactValue>): void {
    this.objects += 1;
    for (const name of members.keys()) if (this.names.size < NAMES_MAX) this.names.add(name);
  }

  unused(taken: readonly BoundAttribute[]): string[] {
    return [...this.names].filter((name) => !taken.some(({ column }) => column === name));
  }
}

function rawTable(request: ReadRequest, rows: RawRows, taken: readonly BoundAttribute[]): RawTable {
  const kinds = { symbol: "text", number: "integer", unsigned: "wide", float: "float" } as const;
  const columns = taken.map(({ attribute, column }, i) => {
    return { name: column ?? attribute.name, declared: "JSON", kind: kinds[attribute.type], sql: `c${i}`, bare: true };
  });
  return rows.table(columns, (records) => linesOf(request.file, (chunks) => elements(chunks, request), records));
}

async function fill(request: ReadRequest, rows: RawRows, taken: readonly BoundAttribute[], seen: Seen): Promise<void> {
  for await (const batch of elements(textChunks(request.file), request)) {
    for (const record of batch) rows.add(cellsOf(record, request, taken, seen));
    await rows.flush();
    request.onProgress(rows.records);
  }
}

function cellsOf(record: TextRecord, request: ReadRequest, taken: readonly BoundAttribute[], seen: Seen): RawCell[] | RecordFault {
  const { limits } = request;
  const text = record.head.toString("utf8");
  if (record.bytes === null) {
    const reason = `the record has ${record.length} bytes, the bound json_line_bytes is ${limits.json_line_bytes}`;
    return { code: "limit.json_line_bytes", reason, text };
  }
  if (!isUtf8(record.bytes)) return { code: "ingest.not_utf8", reason: "the record is not UTF-8", text };
  let value: ExactValue;
  try {
    const bounds = { json_bytes: limits.json_line_bytes, json_depth: limits.json_depth };
    value = readExactJson(record.bytes.toString("utf8"), { source: null, limits: bounds });
  } catch (cause) {
    if (cause instanceof AssayError) return { code: cause.code, reason: cause.detail, text };
    throw cause;
  }
  const given = valuesOf(value, taken, seen);
  if (given === null) {
    const reason = `the record is neither an object nor an array of ${taken.length} values`;
    return { code: "ingest.not_a_row", reason, text };
  }
  return typedCells(given, request, taken);
}

function valuesOf(record: ExactValue, taken: readonly BoundAttribute[], seen: Seen): ExactValue[] | null {
  if (Array.isArray(record)) return record.length === taken.length ? record : null;
  if (record === null || typeof record !== "object" || isDecimal(record)) return null;
  const members = record as ReadonlyMap<string, ExactValue>;
  seen.add(members);
  return taken.map(({ column }) => members.get(column as string) ?? null);
}

function typedCells(values: readonly ExactValue[], request: ReadRequest, taken: readonly BoundAttribute[]): RawCell[] | RecordFault {
  const cells: RawCell[] = [];
  for (const [i, { attribute }] of taken.entries()) {
    const value = values[i] ?? null;
    const cell = jsonCell(value, attribute);
    if ("code" in cell) {
      const text = jsonText(value);
      return { code: cell.code, reason: reasonOf(cell.code, attribute, text, request.limits), text };
    }
    cells.push(cell.value);
  }
  return cells;
}

/** The records as JSON texts of their own: blank lines, and the brackets and commas between elements, are taken off. */
function elements(chunks: AsyncIterable<Buffer>, request: ReadRequest): AsyncGenerator<readonly TextRecord[]> {
  const max = request.limits.json_line_bytes;
  if (request.file.format === "ndjson") return lines(textRecords(chunks, new LineSplitter(), max));
  const splitter = new JsonSplitter();
  return arrayElements(textRecords(chunks, splitter, max), splitter, request);
}

async function* lines(records: AsyncIterable<readonly TextRecord[]>): AsyncGenerator<readonly TextRecord[]> {
  for await (const batch of records) yield batch.filter((record) => !isBlank(record));
}

async function* arrayElements(
  records: AsyncIterable<readonly TextRecord[]>,
  splitter: JsonSplitter,
  request: ReadRequest,
): AsyncGenerator<readonly TextRecord[]> {
  let first = true;
  let held: TextRecord | null = null;
  for await (const batch of records) {
    const all: readonly TextRecord[] = held === null ? batch : [held, ...batch];
    held = all.at(-1) ?? null;
    const out = all.slice(0, -1).map((record) => {
      const element = elementOf(record, splitter, first, false);
      first = false;
      return element;
    });
    yield out.filter((record) => splitter.isArray === true || !isBlank(record));
  }
  if (held === null) return;
  if (!splitter.complete) {
    const place = `${request.file.path}:${held.line}`;
    throw new AssayError("json.syntax", "the document ends inside a value, or something follows its end", { place });
  }
  const last = elementOf(held, splitter, first, true);
  if (!isBlank(last) || (splitter.isArray === true && !first)) yield [last];
}

/** Takes the opening bracket off the first element, the comma off each but the last, the closing bracket off the last. */
function elementOf(record: TextRecord, splitter: JsonSplitter, first: boolean, last: boolean): TextRecord {
  const array = splitter.isArray === true;
  let from = afterSpace(record.head, 0);
  if (array && first) from = afterSpace(record.head, from + 1);
  const line = record.line + newlines(record.head.subarray(0, from));
  if (record.bytes === null) return { ...record, head: record.head.subarray(from), line };
  const end = array ? (last ? record.bytes.lastIndexOf(93) : record.bytes.length - 1) : record.bytes.length;
  const bytes = record.bytes.subarray(Math.min(from, end), end);
  return { bytes, head: bytes.subarray(0, record.head.length), length: record.length, line };
}

function afterSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && isSpace(bytes[at] as number)) at += 1;
  return at;
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (const byte of bytes) if (byte === 10) count += 1;
  return count;
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}

function isBlank({ bytes }: TextRecord): boolean {
  return bytes?.every(isSpace) ?? false;
}
