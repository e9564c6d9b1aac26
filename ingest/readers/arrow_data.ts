import { type Data, DataType } from "apache-arrow";

/**
 * Checks that the buffers of one column of a batch hold what its length says; apache-arrow reads beyond them without a word.
 * Errors: a `RangeError` that says what is short.
 */
export function checkData(data: Data, rows: number): void {
  if (data.length < rows) throw new RangeError("a column is shorter than its batch");
  const { nullBitmap } = data;
  if (data.nullCount > 0 && nullBitmap !== undefined && nullBitmap.byteLength * 8 < data.offset + data.length) {
    throw new RangeError("a null bitmap is too short");
  }
  const { type } = data;
  const physical = DataType.isDictionary(type) ? type.indices : type;
  if (DataType.isUtf8(physical) || DataType.isLargeUtf8(physical)) checkOffsets(data);
  else if (width(physical) * data.length > bitsOf(data)) throw new RangeError("a column's values are too short");
}

function bitsOf(data: Data): number {
  return ((data.values as ArrayBufferView | undefined)?.byteLength ?? 0) * 8;
}

/** Bits a value; 0 for types whose values are not read. */
function width(type: DataType): number {
  if (DataType.isInt(type) || DataType.isTime(type) || DataType.isDecimal(type)) return type.bitWidth;
  if (DataType.isBool(type)) return 1;
  if (DataType.isFloat(type)) return 16 << type.precision;
  if (DataType.isDate(type)) return type.unit === 0 ? 32 : 64;
  return DataType.isTimestamp(type) ? 64 : 0;
}

function checkOffsets(data: Data): void {
  if (data.length === 0) return;
  const offsets = data.valueOffsets as unknown as ArrayLike<number | bigint>;
  if (offsets.length < data.length + 1) throw new RangeError("a column's offsets are too short");
  const bytes = (data.values as Uint8Array).byteLength;
  let before = 0;
  for (let row = 0; row <= data.length; row += 1) {
    const offset = Number(offsets[row]);
    if (offset < before || offset > bytes) throw new RangeError("a text lies outside its buffer");
    before = offset;
  }
}
