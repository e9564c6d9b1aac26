import { TimeUnit } from "apache-arrow";

/** How many of a unit make a second. */
export function perSecond(unit: TimeUnit): bigint {
  if (unit === TimeUnit.SECOND) return 1n;
  if (unit === TimeUnit.MILLISECOND) return 1_000n;
  return unit === TimeUnit.MICROSECOND ? 1_000_000n : 1_000_000_000n;
}

/** Division that rounds down, for times before 1970. */
export function floorDiv(value: bigint, by: bigint): bigint {
  return value / by - (value % by < 0n ? 1n : 0n);
}

/** The date of a day counted from 1970-01-01, by the proleptic Gregorian calendar. */
export function isoDate(day: bigint): string {
  const date = new Date(Number(day) * 86_400_000);
  return Number.isNaN(date.getTime()) ? `day ${day}` : date.toISOString().slice(0, -14);
}

/** `hh:mm:ss`, with as many decimals as are not zero. */
export function timeOfDay(value: bigint, second: bigint): string {
  const seconds = Number(value / second);
  const fraction = (value % second).toString().padStart(second.toString().length - 1, "0");
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const decimals = second === 1n ? "" : fraction.replace(/0+$/, "");
  return `${parts.join(":")}${decimals === "" ? "" : `.${decimals}`}`;
}
