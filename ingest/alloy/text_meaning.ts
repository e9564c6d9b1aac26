/** A count with a letter for its size, `3.8B`. */
export interface CountText {
  readonly value: bigint;
  /** Half a unit of the last digit given. */
  readonly half: bigint;
}

const POWERS: Readonly<Record<string, number>> = { K: 3, M: 6, B: 9, G: 9, T: 12 };
const NUMBER_MAX = 2n ** 63n - 1n;

/** The count that a text names, or null. Letters are K, M, B or G, T in either case: powers of a thousand. */
export function countOf(text: string): CountText | null {
  const [, whole = "", fraction = "", letter = ""] = /^(\d{1,12})(?:\.(\d{1,6}))?\s?([KMBGTkmbgt])$/.exec(text) ?? [];
  if (whole === "") return null;
  const power = (POWERS[letter.toUpperCase()] ?? 0) - fraction.length;
  const unit = power >= 0 ? 10n ** BigInt(power) : 0n;
  const value = power >= 0 ? BigInt(whole + fraction) * unit : null;
  if (value === null || value > NUMBER_MAX) return null;
  return { value, half: unit / 2n };
}

/** What stands in every text with an amount of memory, tried first since few texts have one. */
const MEMORY = /\d\s?[GTM]i?B/i;

/** The one amount of memory that a text names, `RTX 5090 32GB`, in millionths of a GB; null where it names none or several. */
export function memoryOf(text: string): bigint | null {
  if (!MEMORY.test(text)) return null;
  const found = [...text.matchAll(/(?<![\w.])(\d{1,7})(?:\.(\d{1,6}))?\s?([GgTtMm])i?[Bb]\b/g)];
  const [only] = found;
  if (only === undefined || found.length > 1) return null;
  const [, whole = "", fraction = "", letter = ""] = only;
  const millionths = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0"));
  const size = letter.toUpperCase();
  if (size === "T") return millionths * 1000n;
  return size === "M" ? millionths / 1000n : millionths;
}

/** A version of three numbers with nothing before or behind them. */
export function versionOf(text: string): readonly [bigint, bigint, bigint] | null {
  const found = /^(\d{1,18})\.(\d{1,18})\.(\d{1,18})$/.exec(text);
  return found === null ? null : [BigInt(found[1] as string), BigInt(found[2] as string), BigInt(found[3] as string)];
}

/** How many bytes a nonce decodes to: hexadecimal digits where it is that, else base64 or base64url; 0 where it is neither. */
export function nonceBytes(text: string): number {
  if (/^(?:[0-9a-fA-F]{2})+$/.test(text)) return text.length / 2;
  if (!/^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={0,2}$/.test(text)) return 0;
  const digits = text.replace(/=+$/, "");
  if (digits.length % 4 === 1 || (text.length !== digits.length && text.length % 4 !== 0)) return 0;
  return Math.floor((digits.length * 3) / 4);
}
