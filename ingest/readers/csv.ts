import { isUtf8 } from "node:buffer";
import { resolve } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import { quoteText, SqlError } from "../../schema/sql_session.ts";
import { checkColumns } from "../columns.ts";
import type { RawColumn, RawTable } from "../raw_table.ts";
import { csvFields } from "./csv_fields.ts";
import { isRegularCsv } from "./csv_regular.ts";
import { CsvSplitter } from "./csv_splitter.ts";
import { globEscaped } from "./duckdb_path.ts";
import { RawRows, type RecordFault } from "./raw_rows.ts";
import { type ReadRequest, wantedColumns } from "./reader.ts";
import { textChunks } from "./text_chunks.ts";
import { linesOf } from "./text_places.ts";
import { type TextRecord, textRecords } from "./text_records.ts";

/** The header of a CSV file and whether it stands on the first line, where alone DuckDB finds it. */
interface Header {
  readonly columns: readonly string[];
  readonly onFirstLine: boolean;
}

/**
 * Reads CSV with a header. `fast` reads through DuckDB, which refuses a file with any irregular record; `careful` reads record by
 * record and sets the irregular ones aside. DuckDB gets only what it reads in one way: no file of one column (blank lines) and no
 * irregular quoting. On files that `fast` takes both give the same (a property test).
 */
export interface CsvReading {
  readonly unused: readonly string[];
  readonly fast: RawTable | null;
  careful(): Promise<RawTable>;
}

/** Errors: `ingest.missing_attribute`, `ingest.duplicate_column`, `ingest.not_utf8` (the header), `limit.csv_record_bytes` (the header). */
export async function readCsv(request: ReadRequest): Promise<CsvReading> {
  const { file, bound, relation, limits, delimiter } = request;
  const header = await readHeader(request);
  const unused = checkColumns(relation.name, bound, header.columns, file.path);
  const placeOf = (records: readonly bigint[]) =>
    linesOf(file, (chunks) => dataRecords(textRecords(chunks, new CsvSplitter(delimiter), limits.csv_record_bytes)), records);
  const simple = header.onFirstLine && header.columns.length > 1;
  return {
    unused,
    fast: simple && (await isRegularCsv(textChunks(file), delimiter)) ? fastTable(request, header, placeOf) : null,
    careful: () => carefulTable(request, header, placeOf),
  };
}

function fastTable(request: ReadRequest, header: Header, placeOf: RawTable["placeOf"]): RawTable {
  const { file, delimiter, bound } = request;
  const names = header.columns.map((_, i) => `'c${i}': 'VARCHAR'`).join(", ");
  const options = `auto_detect = false, header = true, delim = ${quoteText(delimiter)}, quote = '"', escape = '"', comment = '', columns = {${names}}`;
  const compression = file.gzip ? "gzip" : "none";
  const path = quoteText(globEscaped(resolve(file.path)));
  return {
    expression: `read_csv(${path}, ${options}, strict_mode = true, compression = '${compression}')`,
    columns: wantedColumns(bound).map((name) => textColumn(name, `coalesce(c${header.columns.indexOf(name)}, '')`)),
    record: null,
    stored: false,
    faults: null,
    placeOf,
    drop: async () => undefined,
  };
}

/** Whether a failure of the fast reading is about the file's text, so that the careful reading can tell more. */
export function isIrregular(cause: unknown): boolean {
  return cause instanceof SqlError && !cause.interrupted && !/Memory|Catalog|Binder|Parser|Permission/.test(cause.kind);
}

function textColumn(name: string, sql: string): RawColumn {
  return { name, declared: "text", kind: "text", sql, bare: false };
}

async function carefulTable(request: ReadRequest, header: Header, placeOf: RawTable["placeOf"]): Promise<RawTable> {
  const { session, file, bound, limits, delimiter } = request;
  const wanted = wantedColumns(bound);
  const indexes = wanted.map((name) => header.columns.indexOf(name));
  const rows = await RawRows.create(
    session,
    wanted.map(() => "symbol"),
  );
  try {
    const splitter = new CsvSplitter(delimiter);
    let lastLine = 1;
    for await (const batch of dataRecords(textRecords(textChunks(file), splitter, limits.csv_record_bytes))) {
      for (const record of batch) {
        const fields = fieldsOf(record, request, header);
        rows.add("code" in fields ? fields : indexes.map((index) => fields[index] ?? ""));
      }
      lastLine = batch.at(-1)?.line ?? lastLine;
      await rows.flush();
      request.onProgress(rows.records);
    }
    if (splitter.insideQuotes) {
      throw new AssayError("ingest.unterminated_quote", "a quoted field runs to the end of the file", {
        place: `${file.path}:${lastLine}`,
      });
    }
  } catch (cause) {
    await rows.drop();
    throw cause;
  }
  return rows.table(
    wanted.map((name, i) => textColumn(name, `c${i}`)),
    placeOf,
  );
}

function fieldsOf(record: TextRecord, request: ReadRequest, header: Header): readonly string[] | RecordFault {
  const { delimiter, limits } = request;
  const head = record.head.toString("utf8");
  if (record.bytes === null) {
    const reason = `the record has ${record.length} bytes, the bound csv_record_bytes is ${limits.csv_record_bytes}`;
    return { code: "limit.csv_record_bytes", reason, text: head };
  }
  if (!isUtf8(record.bytes)) return { code: "ingest.not_utf8", reason: "the record is not UTF-8", text: head };
  const { fields, fault } = csvFields(lineText(record.bytes), delimiter, header.columns.length);
  if (fault !== null) return { code: "ingest.bad_quote", reason: "text stands behind a closing quote", text: head };
  if (fields.length === header.columns.length) return fields;
  const reason = `the record has ${fields.length} fields, the header has ${header.columns.length}`;
  return { code: "ingest.ragged", reason, text: head };
}

function lineText(bytes: Buffer): string {
  return bytes.toString("utf8").replace(/\r?\n$|\r$/, "");
}

/** The records behind the header; blank lines are none. */
async function* dataRecords(records: AsyncIterable<readonly TextRecord[]>): AsyncGenerator<readonly TextRecord[]> {
  let behindHeader = false;
  for await (const batch of records) {
    let kept = batch;
    if (!behindHeader) {
      const at = batch.findIndex((record) => !isBlank(record));
      if (at === -1) continue;
      behindHeader = true;
      kept = batch.slice(at + 1);
    }
    yield kept.filter((record) => !isBlank(record));
  }
}

function isBlank({ length, bytes }: TextRecord): boolean {
  return length <= 2 && bytes !== null && bytes.every((byte) => byte === 10 || byte === 13);
}

async function readHeader({ file, limits, delimiter }: ReadRequest): Promise<Header> {
  const place = `${file.path}:1`;
  for await (const batch of textRecords(textChunks(file), new CsvSplitter(delimiter), limits.csv_record_bytes)) {
    const record = batch.find((candidate) => !isBlank(candidate));
    if (record === undefined) continue;
    if (record.bytes === null) {
      const detail = `the header has ${record.length} bytes, the bound csv_record_bytes is ${limits.csv_record_bytes}`;
      throw new AssayError("limit.csv_record_bytes", detail, { place });
    }
    if (!isUtf8(record.bytes)) throw new AssayError("ingest.not_utf8", "the header is not UTF-8", { place });
    const { fields, fault } = csvFields(lineText(record.bytes), delimiter, null);
    if (fault === "unterminated") throw new AssayError("ingest.unterminated_quote", "a quoted name runs to the end of the file", { place });
    if (fault === "bad_quote") throw new AssayError("ingest.bad_quote", "text stands behind a closing quote in the header", { place });
    return { columns: fields, onFirstLine: record.line === 1 && batch[0] === record };
  }
  throw new AssayError("ingest.empty_file", `\`${file.path}\` holds nothing but blank lines`, { place: file.path });
}
