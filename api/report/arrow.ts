import {
  Table as ArrowTable,
  type DataType,
  Field,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  tableToIPC,
  Uint64,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import type { Value, ValueType } from "../../schema/value.ts";
import type { Table } from "./table.ts";

const BATCH_ROWS = 65_536;

/** The Arrow type of each type of values. */
export const arrowType: Readonly<Record<ValueType, () => DataType>> = {
  symbol: () => new Utf8(),
  number: () => new Int64(),
  unsigned: () => new Uint64(),
  float: () => new Float64(),
};

/** The rows as an Arrow IPC stream, uncompressed, in batches of 65,536; every column is nullable. */
export function arrowStream(table: Table): Uint8Array {
  const schema = new Schema(table.columns.map((column) => new Field(column.name, arrowType[column.type](), true)));
  const batches: RecordBatch[] = [];
  for (let from = 0; from < table.rows.length; from += BATCH_ROWS) batches.push(batch(schema, table.rows.slice(from, from + BATCH_ROWS)));
  return tableToIPC(new ArrowTable(schema, batches), "stream");
}

function batch(schema: Schema, rows: readonly (readonly (Value | null)[])[]): RecordBatch {
  const children = schema.fields.map((field, index) => {
    const [data] = vectorFromArray(
      rows.map((row) => row[index] ?? null),
      field.type,
    ).data;
    if (data === undefined) throw new Error(`column \`${field.name}\` has no data`);
    return data;
  });
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows.length, children }));
}
