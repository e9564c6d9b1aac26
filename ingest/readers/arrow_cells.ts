import { isAscii, isUtf8 } from "node:buffer";
import { type Data, DataType, type Decimal, type Field, type Time, type Timestamp, Vector } from "apache-arrow";
import type { ValueType } from "../../schema/value.ts";
import type { ColumnKind } from "../raw_table.ts";
import { checkData } from "./arrow_data.ts";
import { floorDiv, isoDate, perSecond, timeOfDay } from "./arrow_times.ts";
import type { RawCell } from "./raw_rows.ts";

/** A cell's text is not UTF-8. */
export const notUtf8: unique symbol = Symbol("not UTF-8");

export type CellReader = (row: number) => RawCell | typeof notUtf8;

/** How the values of one Arrow type travel into a raw table. */
export interface ArrowCells {
  readonly kind: ColumnKind;
  /** The type of the raw table's column. */
  readonly carrier: ValueType;
  /** The SQL that makes the value of the raw column `column`. */
  sql(column: string): string;
  /** Reads the cells of one batch; NULL is null. */
  read(vector: Vector): CellReader;
}

/**
 * The way of an Arrow type. Integers travel as they are, decimals as texts that SQL makes decimals again, times and booleans as the
 * texts that they are as symbols. Binary and nested types have no way: their kind is `other`.
 */
export function arrowCells(field: Field): ArrowCells {
  const type: DataType = DataType.isDictionary(field.type) ? field.type.dictionary : field.type;
  if (DataType.isDictionary(field.type)) return dictionaryCells(field, type);
  if (DataType.isInt(type)) {
    const carrier = type.bitWidth === 64 && !type.isSigned ? "unsigned" : "number";
    return bare(carrier === "unsigned" ? "wide" : "integer", carrier, (vector) => (row) => {
      const value = vector.get(row) as number | bigint | null;
      return typeof value === "number" ? BigInt(value) : value;
    });
  }
  if (DataType.isFloat(type)) return bare("float", "float", (vector) => (row) => vector.get(row) as number | null);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return bare("text", "symbol", readTexts);
  if (DataType.isDecimal(type)) return decimalCells(type);
  if (DataType.isBool(type)) return bare("label", "symbol", (vector) => (row) => textOrNull(vector.get(row)));
  if (DataType.isDate(type)) {
    const perDay = type.unit === 0 ? 1n : 86_400_000n;
    return bare(
      "label",
      "symbol",
      rawCells((value) => isoDate(floorDiv(value, perDay))),
    );
  }
  if (DataType.isTimestamp(type)) return bare("label", "symbol", timestamps(type));
  if (DataType.isTime(type))
    return bare(
      "label",
      "symbol",
      rawCells((value) => timeOfDay(value, perSecond((type as Time).unit))),
    );
  return bare("other", "symbol", () => () => null);
}

function bare(kind: ColumnKind, carrier: ValueType, read: ArrowCells["read"]): ArrowCells {
  return { kind, carrier, sql: (column) => column, read };
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

/** A dictionary is decoded once, however many batches share it. Only texts and integers are common enough to carry. */
function dictionaryCells(field: Field, type: DataType): ArrowCells {
  const inner = arrowCells({ ...field, type } as Field);
  if (inner.kind !== "text" && inner.kind !== "integer" && inner.kind !== "wide") return bare("other", "symbol", () => () => null);
  let known: Vector | null = null;
  let cells: (RawCell | typeof notUtf8)[] = [];
  return {
    ...inner,
    read(vector) {
      const { dictionary, values } = vector.data[0] as { dictionary?: Vector; values: ArrayLike<number> };
      if (dictionary === undefined) return () => null;
      if (dictionary !== known) cells = dictionary.data.flatMap((data) => decoded(inner, data));
      known = dictionary;
      return (row) => (vector.isValid(row) ? dictionaryCell(cells, Number(values[row])) : null);
    },
  };
}

function dictionaryCell(cells: readonly (RawCell | typeof notUtf8)[], index: number): RawCell | typeof notUtf8 {
  const cell = cells[index];
  if (cell === undefined) throw new RangeError("an index points outside its dictionary");
  return cell;
}

function decoded(cells: ArrowCells, data: Data): (RawCell | typeof notUtf8)[] {
  checkData(data, data.length);
  const read = cells.read(new Vector([data]));
  return Array.from({ length: data.length }, (_, row) => read(row));
}

/** Texts of a batch: in one piece where all of it is ASCII, which is the common case and several times faster. */
function readTexts(vector: Vector): CellReader {
  const data = vector.data[0];
  if (data === undefined) return () => null;
  const offsets = data.valueOffsets as unknown as ArrayLike<number | bigint>;
  const values = data.values as Uint8Array;
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const [first, last] = [Number(offsets[0] ?? 0), Number(offsets[data.length] ?? 0)];
  const slice = bytes.subarray(first, last);
  if (isAscii(slice)) {
    const text = slice.toString("latin1");
    return (row) => (vector.isValid(row) ? text.slice(Number(offsets[row]) - first, Number(offsets[row + 1]) - first) : null);
  }
  return (row) => {
    if (!vector.isValid(row)) return null;
    const cell = bytes.subarray(Number(offsets[row]), Number(offsets[row + 1]));
    return isUtf8(cell) ? cell.toString("utf8") : notUtf8;
  };
}

function decimalCells(type: Decimal): ArrowCells {
  if (type.bitWidth !== 128 || type.precision > 38 || type.scale < 0) return bare("other", "symbol", () => () => null);
  return {
    kind: "decimal",
    carrier: "symbol",
    sql: (column) => `CAST(${column} AS DECIMAL(38, ${type.scale}))`,
    read: (vector) => (row) => {
      const words = vector.get(row) as Uint32Array | null;
      return words === null ? null : decimalText(words, type.scale);
    },
  };
}

function decimalText(words: Uint32Array, scale: number): string {
  let bits = 0n;
  for (let at = words.length - 1; at >= 0; at -= 1) bits = (bits << 32n) | BigInt(words[at] as number);
  const value = BigInt.asIntN(words.length * 32, bits);
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${value < 0n ? "-" : ""}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ""}`;
}

/** Reads the stored integers, which Arrow's own getters round to milliseconds. */
function rawCells(print: (value: bigint) => string): ArrowCells["read"] {
  return (vector) => {
    const values = vector.data[0]?.values as ArrayLike<number | bigint>;
    return (row) => (vector.isValid(row) ? print(BigInt(values[row] as number | bigint)) : null);
  };
}

function timestamps(type: Timestamp): ArrowCells["read"] {
  const second = perSecond(type.unit);
  const zone = type.timezone ? "Z" : "";
  return rawCells((value) => {
    const day = floorDiv(value, second * 86_400n);
    return `${isoDate(day)}T${timeOfDay(value - day * second * 86_400n, second)}${zone}`;
  });
}
