import { AsyncByteQueue, type Data, Field, makeData, RecordBatch, RecordBatchStreamWriter, Schema, Struct } from "apache-arrow";
import type { Relation } from "../../../schema/relation.ts";
import type { SqlColumn } from "../../../schema/sql_session.ts";
import type { ValueType } from "../../../schema/value.ts";
import { arrowType } from "../../report/arrow.ts";
import { ARROW_MEDIA } from "../delta_body.ts";
import type { RowEncoder } from "./row_encoder.ts";

const BATCH_ROWS = 65_536;
const TEXT_BYTES_A_ROW = 16;

/** An Arrow IPC stream, uncompressed, in batches of about 65,536 rows whose buffers are filled from DuckDB's own. */
export function arrowRows(relation: Relation): RowEncoder {
  const metadata = new Map([["assay.relation", relation.name]]);
  const schema = new Schema(
    relation.attributes.map(({ name, type }) => new Field(name, arrowType[type](), false)),
    metadata,
  );
  const pieces = new Pieces();
  const writer = new RecordBatchStreamWriter({ autoDestroy: false });
  writer.reset(pieces, schema);
  let columns = relation.attributes.map(({ type }) => new ColumnBuffer(type));
  let filled = 0;
  const flush = (): void => {
    const children = columns.map((column) => column.data(filled));
    writer.write(new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: filled, nullCount: 0, children })));
    columns = relation.attributes.map(({ type }) => new ColumnBuffer(type));
    filled = 0;
  };
  return {
    media: ARROW_MEDIA,
    begin: () => null,
    chunk(chunk, rows) {
      for (const [index, column] of columns.entries()) column.add(chunk[index] as SqlColumn, filled, rows);
      filled += rows;
      if (filled < BATCH_ROWS) return null;
      flush();
      return pieces.take();
    },
    end() {
      if (filled > 0) flush();
      writer.finish();
      return pieces.take();
    },
  };
}

/** What a writer writes, to be taken away. */
class Pieces extends AsyncByteQueue {
  #pieces: Uint8Array[] = [];

  override write(value: ArrayBufferLike | ArrayBufferView | string): void {
    if (value instanceof Uint8Array && value.byteLength > 0) this.#pieces.push(value);
  }

  take(): Uint8Array {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return bytes;
  }
}

/** One column of a batch while it fills. DuckDB's chunks have 2,048 rows at most. */
class ColumnBuffer {
  readonly #type: ValueType;
  readonly #values: BigInt64Array | BigUint64Array | Float64Array | null;
  readonly #offsets: Int32Array | null;
  #bytes: Uint8Array;
  #end = 0;

  constructor(type: ValueType) {
    const room = BATCH_ROWS + 2_048;
    this.#type = type;
    this.#values =
      type === "symbol"
        ? null
        : type === "number"
          ? new BigInt64Array(room)
          : type === "unsigned"
            ? new BigUint64Array(room)
            : new Float64Array(room);
    this.#offsets = type === "symbol" ? new Int32Array(room + 1) : null;
    this.#bytes = new Uint8Array(type === "symbol" ? room * TEXT_BYTES_A_ROW : 0);
  }

  add(column: SqlColumn, from: number, rows: number): void {
    if (column.kind !== "symbol") {
      (this.#values as BigInt64Array).set(column.values.subarray(0, rows) as BigInt64Array, from);
      return;
    }
    const offsets = this.#offsets as Int32Array;
    column.forEach((bytes, start, end, at) => {
      this.#reserve(end - start);
      const target = this.#bytes;
      let to = this.#end;
      if (end - start > 24) {
        target.set(bytes.subarray(start, end), to);
        to += end - start;
      } else for (let byte = start; byte < end; byte += 1) target[to++] = bytes[byte] as number;
      this.#end = to;
      offsets[from + at + 1] = to;
    });
  }

  data(rows: number): Data {
    const type = arrowType[this.#type]();
    const common = { type, length: rows, nullCount: 0 };
    if (this.#offsets === null) return makeData({ ...common, data: this.#values?.subarray(0, rows) } as Parameters<typeof makeData>[0]);
    const valueOffsets = this.#offsets.subarray(0, rows + 1);
    return makeData({ ...common, valueOffsets, data: this.#bytes.subarray(0, this.#end) } as Parameters<typeof makeData>[0]);
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end + bytes));
    grown.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = grown;
  }
}
