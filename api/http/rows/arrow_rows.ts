import { AsyncByteQueue, Field, makeData, RecordBatch, RecordBatchStreamWriter, Schema, Struct } from "apache-arrow";
import type { Relation } from "../../../schema/relation.ts";
import type { SqlColumn } from "../../../schema/sql_session.ts";
import { arrowType } from "../../report/arrow.ts";
import { ARROW_MEDIA } from "../delta_body.ts";
import { arrowColumn } from "./arrow_column.ts";
import type { Pieces, RowEncoder } from "./row_encoder.ts";

/** A batch is full with so many rows: 16 of DuckDB's chunks. */
const BATCH_ROWS = 32_768;
/** A batch is full with so many bytes of text, too. */
const BATCH_TEXT_BYTES = 4 * 1024 * 1024;
/** Buffers below this size are joined. */
const SMALL_BYTES = 4_096;

/**
 * An Arrow IPC stream, uncompressed. Chunks are joined to batches of 32,768 rows or 4 MiB of text and no more than the chunk that fills them;
 * values are copied once, from DuckDB's memory to that which is sent.
 */
export function arrowRows(relation: Relation): RowEncoder {
  const metadata = new Map([["assay.relation", relation.name]]);
  const schema = new Schema(
    relation.attributes.map(({ name, type }) => new Field(name, arrowType[type](), false)),
    metadata,
  );
  const written = new Written();
  const writer = new RecordBatchStreamWriter({ autoDestroy: false });
  writer.reset(written, schema);
  const empty = () => relation.attributes.map(({ type }) => arrowColumn(type, BATCH_ROWS));
  let columns = empty();
  let filled = 0;
  const flush = (): void => {
    if (filled === 0) return;
    const children = columns.map((column) => column.data(filled));
    writer.write(new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: filled, nullCount: 0, children })));
    filled = 0;
  };
  return {
    media: ARROW_MEDIA,
    begin: () => [],
    chunk(chunk, rows) {
      if (filled + rows > BATCH_ROWS) flush();
      if (filled === 0) columns = empty();
      for (const [index, column] of columns.entries()) column.add(chunk[index] as SqlColumn, filled, rows);
      filled += rows;
      const isFull = filled === BATCH_ROWS || columns.reduce((sum, { textBytes }) => sum + textBytes, 0) >= BATCH_TEXT_BYTES;
      if (isFull) flush();
      return written.take();
    },
    end() {
      flush();
      writer.finish();
      return written.take();
    },
  };
}

/** What a writer writes, to be taken away. */
class Written extends AsyncByteQueue {
  #pieces: Uint8Array[] = [];
  #small: Uint8Array[] = [];

  override write(value: ArrayBufferLike | ArrayBufferView | string): void {
    if (!(value instanceof Uint8Array) || value.byteLength === 0) return;
    if (value.byteLength < SMALL_BYTES) {
      this.#small.push(value);
      return;
    }
    this.#join();
    this.#pieces.push(value);
  }

  take(): Pieces {
    this.#join();
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #join(): void {
    if (this.#small.length > 0) this.#pieces.push(Buffer.concat(this.#small));
    this.#small = [];
  }
}
