import { BIGINT, DOUBLE, type DuckDBDataChunk, type DuckDBType, UBIGINT, VARCHAR } from "@duckdb/node-api";
import type { SqlColumn } from "../../schema/sql_session.ts";
import type { ValueType } from "../../schema/value.ts";
import { Utf8Column } from "./utf8_column.ts";

export const columnType: Readonly<Record<ValueType, DuckDBType>> = { symbol: VARCHAR, number: BIGINT, unsigned: UBIGINT, float: DOUBLE };

/** What the vectors of these types hold; their classes keep it to themselves. */
interface RawVector {
  readonly items: BigInt64Array | BigUint64Array | Float64Array;
  readonly dataView: DataView;
}

/** The first columns of a chunk, of these types, with their first `rows` values. They are valid until the chunk is let go of. */
export function columnsOf(chunk: DuckDBDataChunk, types: readonly ValueType[], rows: number): SqlColumn[] {
  return types.map((type, position) => {
    const vector = chunk.getColumnVector(position);
    if (vector.type.typeId !== columnType[type].typeId) throw new Error(`a column of ${vector.type} is read as ${type}`);
    const { dataView, items } = vector as unknown as RawVector;
    return type === "symbol" ? new Utf8Column(dataView, rows) : ({ kind: type, values: items.subarray(0, rows) } as SqlColumn);
  });
}
