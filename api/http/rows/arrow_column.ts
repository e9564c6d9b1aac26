import { type Data, makeData } from "apache-arrow";
import type { SqlColumn } from "../../../schema/sql_session.ts";
import type { ValueType } from "../../../schema/value.ts";
import { arrowType } from "../../report/arrow.ts";
import { TextBuffer } from "./text_buffer.ts";

/** One column of a batch while it fills. */
export interface ArrowColumn {
  /** The bytes of text that it holds. */
  readonly textBytes: number;
  /** Takes the first `rows` values of a column of DuckDB's behind the `from` that it holds. */
  add(column: SqlColumn, from: number, rows: number): void;
  /** The Arrow array of its first `rows` values. The column is not filled any further. */
  data(rows: number): Data;
}

/** An empty column with room for `room` values. */
export function arrowColumn(type: ValueType, room: number): ArrowColumn {
  return type === "symbol" ? new TextColumn(room) : new NumberColumn(type, room);
}

class NumberColumn implements ArrowColumn {
  readonly textBytes = 0;
  readonly #type: Exclude<ValueType, "symbol">;
  readonly #values: BigInt64Array | BigUint64Array | Float64Array;

  constructor(type: Exclude<ValueType, "symbol">, room: number) {
    const { buffer } = Buffer.allocUnsafeSlow(8 * room);
    this.#type = type;
    this.#values =
      type === "number" ? new BigInt64Array(buffer) : type === "unsigned" ? new BigUint64Array(buffer) : new Float64Array(buffer);
  }

  add(column: SqlColumn, from: number, rows: number): void {
    if (column.kind !== this.#type) throw new Error(`a column of ${column.kind} where one of ${this.#type} is wanted`);
    (this.#values as BigInt64Array).set(column.values.subarray(0, rows) as BigInt64Array, from);
  }

  data(rows: number): Data {
    return makeData({ type: arrowType[this.#type](), length: rows, nullCount: 0, data: this.#values.subarray(0, rows) } as DataProps);
  }
}

class TextColumn implements ArrowColumn {
  readonly #offsets: Int32Array;
  readonly #texts = new TextBuffer();

  constructor(room: number) {
    this.#offsets = new Int32Array(room + 1);
  }

  get textBytes(): number {
    return this.#texts.end;
  }

  add(column: SqlColumn, from: number): void {
    if (column.kind !== "symbol") throw new Error(`a column of ${column.kind} where one of symbol is wanted`);
    const offsets = this.#offsets;
    const texts = this.#texts;
    column.forEach((bytes, start, end, at) => {
      texts.add(bytes, start, end);
      offsets[from + at + 1] = texts.end;
    });
  }

  data(rows: number): Data {
    const valueOffsets = this.#offsets.subarray(0, rows + 1);
    return makeData({ type: arrowType.symbol(), length: rows, nullCount: 0, valueOffsets, data: this.#texts.bytes() } as DataProps);
  }
}

type DataProps = Parameters<typeof makeData>[0];
