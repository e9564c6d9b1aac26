import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { zstdDecompressSync } from "node:zlib";
import { CompressionType, compressionRegistry, type Data, type RecordBatch, RecordBatchReader, type Vector } from "apache-arrow";
import { AssayError } from "../../schema/assay_error.ts";
import { checkColumns } from "../columns.ts";
import { readFailure } from "../file_format.ts";
import type { RawColumn, RawTable } from "../raw_table.ts";
import { type ArrowCells, arrowCells, type CellReader, notUtf8 } from "./arrow_cells.ts";
import { checkData } from "./arrow_data.ts";
import { checkArrowMessages, fileSource } from "./arrow_messages.ts";
import { type RawCell, RawRows, type RecordFault } from "./raw_rows.ts";
import { type ReadRequest, type ReadResult, wantedColumns } from "./reader.ts";

const MAGIC = "ARROW1";
const ROWS_A_FLUSH = 16_384;
const BUFFER_BYTES_MAX = 1024 * 1024 * 1024;

interface ArrowColumn {
  readonly name: string;
  readonly index: number;
  readonly declared: string;
  readonly cells: ArrowCells;
}

/**
 * Reads an Arrow IPC file or stream batch by batch into a temporary table. Types stand for attributes as in Parquet. Buffers may be
 * compressed with ZSTD.
 * Errors: `ingest.bad_arrow`, `ingest.arrow_compression`, `ingest.missing_attribute`, `ingest.duplicate_column`.
 */
export async function readArrow(request: ReadRequest): Promise<ReadResult> {
  const { session, file, relation, bound } = request;
  const source = await openArrow(file.path);
  try {
    const reader = await guardArrow(file.path, async () => (await source.reader()).open());
    const { fields } = reader.schema;
    const names = fields.map(({ name }) => String(name ?? ""));
    const unused = checkColumns(relation.name, bound, names, file.path);
    const columns = wantedColumns(bound).map((name) => {
      const index = names.indexOf(name);
      const field = fields[index] as (typeof fields)[number];
      return { name, index, declared: String(field.type), cells: arrowCells(field) };
    });
    const rows = await RawRows.create(
      session,
      columns.map(({ cells }) => cells.carrier),
    );
    try {
      await fill(request, reader as AsyncIterable<RecordBatch>, columns, rows);
    } catch (cause) {
      await rows.drop();
      throw cause;
    }
    return { raw: rawTable(request, columns, rows), unused };
  } finally {
    await source.close();
  }
}

function rawTable(request: ReadRequest, columns: readonly ArrowColumn[], rows: RawRows): RawTable {
  const raw: RawColumn[] = columns.map(({ name, declared, cells }, i) => {
    const sql = cells.sql(`c${i}`);
    return { name, declared, kind: cells.kind, sql, bare: sql === `c${i}` };
  });
  return rows.table(raw, async (records) => records.map((record) => `${request.file.path}:${record}`));
}

async function fill(
  request: ReadRequest,
  batches: AsyncIterable<RecordBatch>,
  columns: readonly ArrowColumn[],
  rows: RawRows,
): Promise<void> {
  const { path } = request.file;
  const iterator = batches[Symbol.asyncIterator]();
  for (;;) {
    const step = await guardArrow(path, () => iterator.next());
    if (step.done === true) return;
    const batch = step.value;
    const readers = await guardArrow(path, () => columns.map((column) => readerOf(column, batch)));
    for (let row = 0; row < batch.numRows; row += 1) {
      rows.add(guardNow(path, () => rowOf(columns, readers, row)));
      if ((row + 1) % ROWS_A_FLUSH !== 0) continue;
      await rows.flush();
      request.onProgress(rows.records);
    }
    await rows.flush();
    request.onProgress(rows.records);
  }
}

function readerOf({ index, cells }: ArrowColumn, batch: RecordBatch): CellReader {
  const vector = batch.getChildAt(index) as Vector;
  checkData(vector.data[0] as Data, batch.numRows);
  return cells.read(vector);
}

function rowOf(columns: readonly ArrowColumn[], readers: readonly CellReader[], row: number): RawCell[] | RecordFault {
  const cells = readers.map((read) => read(row));
  const bad = cells.indexOf(notUtf8);
  if (bad === -1) return cells as RawCell[];
  return { code: "ingest.not_utf8", reason: `column \`${columns[bad]?.name}\` is not UTF-8`, text: "" };
}

/** What apache-arrow asks of a file handle; Node's has it. */
type ArrowHandle = Extract<Parameters<typeof RecordBatchReader.from>[0], { stat: unknown }>;

interface ArrowSource {
  reader(): Promise<RecordBatchReader>;
  close(): Promise<void>;
}

/** Opens the file, and looks over its messages before anything is decoded. */
async function openArrow(path: string): Promise<ArrowSource> {
  const known = compressionRegistry.get(CompressionType.ZSTD);
  compressionRegistry.set(CompressionType.ZSTD, { ...known, decode: decompress });
  try {
    const handle = await open(path, "r");
    try {
      const kind = await kindOf(handle, path);
      await guardArrow(path, async () => checkArrowMessages(await fileSource(handle), kind));
      if (kind === "file") return { reader: async () => RecordBatchReader.from(handle as ArrowHandle), close: () => handle.close() };
    } catch (cause) {
      await handle.close();
      throw cause;
    }
    await handle.close();
    const stream = createReadStream(path, { highWaterMark: 1024 * 1024 });
    return { reader: async () => RecordBatchReader.from(stream), close: async () => void stream.destroy() };
  } catch (cause) {
    throw readFailure(path, cause);
  }
}

async function kindOf(handle: FileHandle, path: string): Promise<"file" | "stream"> {
  const { size } = await handle.stat();
  const mark = async (at: number) =>
    (await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, Math.max(0, at))).buffer.toString("latin1");
  if ((await mark(0)) !== MAGIC) return "stream";
  if (size > 2 * MAGIC.length && (await mark(size - MAGIC.length)) === MAGIC) return "file";
  throw new AssayError("ingest.bad_arrow", `\`${path}\` does not end with Arrow's mark \`${MAGIC}\``, { place: path });
}

function decompress(bytes: Uint8Array): Uint8Array {
  return zstdDecompressSync(bytes, { maxOutputLength: BUFFER_BYTES_MAX });
}

function guardNow<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw arrowFailure(path, cause);
  }
}

async function guardArrow<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw arrowFailure(path, cause);
  }
}

function arrowFailure(path: string, cause: unknown): unknown {
  if (cause instanceof AssayError || cause instanceof ReferenceError || !(cause instanceof Error)) return cause;
  if (/compress|codec/i.test(cause.message)) {
    return new AssayError("ingest.arrow_compression", `the buffers of \`${path}\` are compressed, not with ZSTD`, { place: path, cause });
  }
  return new AssayError("ingest.bad_arrow", `\`${path}\` cannot be read as Arrow IPC`, { place: path, cause });
}
