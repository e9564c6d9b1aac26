/** No 64-bit integer has more characters. */
export const INTEGER_BYTES = 20;

const ZERO = 48;
const MINUS = 45;
const BILLION = 1e9;
const TWO_32 = 2 ** 32;
/** The high words of integers within 2^53, which a double holds. */
const EXACT_HIGH = 2 ** 21;
const PAIRS = Uint8Array.from({ length: 200 }, (_, at) => ZERO + (at % 2 === 0 ? Math.floor(at / 20) : (at >> 1) % 10));

/** Writes the decimal digits of the integer at `index` of `values` from `at` on; returns where they end. The caller has made room for `INTEGER_BYTES`. */
export type DigitWriter = (target: Uint8Array, at: number, index: number) => number;

/**
 * A writer of 64-bit integers that makes no bigint of those within 2^53. Words are read as DuckDB lays them, the lower one first, on every
 * platform that it runs on.
 */
export function digitWriter(values: BigInt64Array | BigUint64Array): DigitWriter {
  const low = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const isSigned = values instanceof BigInt64Array;
  const high = isSigned ? new Int32Array(values.buffer, values.byteOffset, 2 * values.length) : low;
  return (target, at, index) => {
    const word = high[2 * index + 1] as number;
    if (word >= EXACT_HIGH || word < -EXACT_HIGH) return writeAscii(target, at, String(values[index]));
    const value = word * TWO_32 + (low[2 * index] as number);
    if (value >= 0) return writeNatural(target, at, value);
    target[at] = MINUS;
    return writeNatural(target, at + 1, -value);
  };
}

/** Writes a text of ASCII alone; returns where it ends. */
export function writeAscii(target: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) target[at + index] = text.charCodeAt(index);
  return at + text.length;
}

function writeNatural(target: Uint8Array, at: number, value: number): number {
  if (value < BILLION) return writeSmall(target, at, value, lengthOf(value));
  const upper = Math.floor(value / BILLION);
  return writeSmall(target, writeNatural(target, at, upper), value - upper * BILLION, 9);
}

/** Writes `length` digits of an integer below 10^9. */
function writeSmall(target: Uint8Array, at: number, value: number, length: number): number {
  const end = at + length;
  let rest = value | 0;
  let to = end;
  while (to - at >= 2) {
    const quotient = (rest / 100) | 0;
    const pair = 2 * (rest - 100 * quotient);
    target[--to] = PAIRS[pair + 1] as number;
    target[--to] = PAIRS[pair] as number;
    rest = quotient;
  }
  if (to > at) target[at] = ZERO + rest;
  return end;
}

function lengthOf(value: number): number {
  if (value < 100) return value < 10 ? 1 : 2;
  if (value < 10_000) return value < 1_000 ? 3 : 4;
  if (value < 1_000_000) return value < 100_000 ? 5 : 6;
  if (value < 100_000_000) return value < 10_000_000 ? 7 : 8;
  return 9;
}
