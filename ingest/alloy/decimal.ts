/** A number with a fraction or an exponent, in millionths, the half away from zero, and how many digits behind the point it is given to. */
export interface Decimal {
  readonly millionths: bigint;
  readonly places: number;
}

/** Whole numbers of this size and more are past what millionths in 64 bits hold. */
const SIZE_MAX = 10n ** 12n;
const PLACES_MAX = 400;

/** Reads a number as JSON writes it; null where it is of 10^12 or more in size, or given to more than 400 places. */
export function decimalOf(text: string): Decimal | null {
  const [, sign = "", whole = "", fraction = "", power = "0"] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (whole === "") return null;
  const exponent = Number(power);
  const places = fraction.length - exponent;
  if (whole.length + fraction.length > PLACES_MAX || Math.abs(exponent) > PLACES_MAX || places > PLACES_MAX) return null;
  const digits = BigInt(whole + fraction);
  const size = shifted(digits, 6 - places);
  if (size >= SIZE_MAX * 1_000_000n) return null;
  return { millionths: sign === "-" ? -size : size, places: Math.max(0, places) };
}

/** `digits` times ten to the power, the half up. */
function shifted(digits: bigint, power: number): bigint {
  if (power >= 0) return digits * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (digits + divisor / 2n) / divisor;
}
