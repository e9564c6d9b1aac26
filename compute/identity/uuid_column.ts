import { makeData, makeVector, Utf8, type Vector } from "apache-arrow";

const HEX = new Uint8Array(512);
for (let byte = 0; byte < 256; byte++) HEX.set(new TextEncoder().encode(byte.toString(16).padStart(2, "0")), byte * 2);
const TEXT_BYTES = 36;
/** Where each of the 16 bytes' two digits stand in the text. */
const DIGITS_AT = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const HYPHENS_AT = [8, 13, 18, 23];

/** UUIDs of 16 bytes each as an Arrow column of their lower-case texts, null in the rows that `missing` names. */
export function uuidColumn(ids: Uint8Array, missing: readonly number[]): Vector<Utf8> {
  const length = ids.length / 16;
  const data = new Uint8Array(length * TEXT_BYTES);
  const valueOffsets = new Int32Array(length + 1);
  const nullBitmap = new Uint8Array((length + 7) >> 3).fill(0xff);
  for (const row of missing) nullBitmap[row >> 3] = (nullBitmap[row >> 3] ?? 0) & ~(1 << (row & 7));
  for (let row = 0; row < length; row++) {
    const start = row * TEXT_BYTES;
    for (const at of HYPHENS_AT) data[start + at] = 0x2d;
    for (let index = 0; index < 16; index++) {
      const digits = (ids[row * 16 + index] ?? 0) * 2;
      const at = start + (DIGITS_AT[index] ?? 0);
      data[at] = HEX[digits] ?? 0;
      data[at + 1] = HEX[digits + 1] ?? 0;
    }
    valueOffsets[row + 1] = start + TEXT_BYTES;
  }
  return makeVector(makeData({ type: new Utf8(), length, nullCount: missing.length, nullBitmap, data, valueOffsets }));
}
