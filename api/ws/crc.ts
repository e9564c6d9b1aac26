/** The polynomial of CRC-32 with its bits reversed, as ISO 3309 and zlib have it. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;
const X = 0x40000000;
const BYTE_POWER = 3;

/** The product of two polynomials over GF(2) modulo CRC-32's; the highest bit is the coefficient of x^0. */
function product(a: number, b: number): number {
  let sum = 0;
  let shifted = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) sum ^= shifted;
    shifted = (shifted & 1) === 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
  }
  return sum >>> 0;
}

/** x^(2^at) */
const powers = [X];
for (let at = 1; at < 32; at += 1) powers.push(product(powers[at - 1] as number, powers[at - 1] as number));

/** What a text of so many bytes does to the CRC-32 of what comes before it: x^(8 · bytes). For `joinedCrc`. */
export function crcShift(bytes: number): number {
  let shift = ONE;
  for (let at = BYTE_POWER, left = bytes; left > 0; at += 1, left = Math.floor(left / 2)) {
    if (left % 2 === 1) shift = product(powers[at % powers.length] as number, shift);
  }
  return shift;
}

/** The CRC-32 of two texts after each other, of their own and the second one's `crcShift`. */
export function joinedCrc(first: number, second: number, shift: number): number {
  return (product(shift, first) ^ second) >>> 0;
}
