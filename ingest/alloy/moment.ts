/** A time as a document writes it, in seconds since 1970-01-01T00:00:00Z, fractions cut off. */
export interface Moment {
  readonly seconds: number;
  /** `strict` is RFC 3339; `lenient` has an offset without a colon, or none and is read as UTC; `date` is a day's first second in UTC. */
  readonly form: "strict" | "lenient" | "date";
}

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?([Zz]|[+-]\d{2}:?\d{2})?)?$/;

/**
 * The moment that a text names, or null where it names none: no such day, no such time of day, another way of writing.
 * Follows RFC 3339, 5.6 and 5.7: a leap second may end a UTC day only, and counts as the second after it.
 */
export function momentOf(text: string): Moment | null {
  if (text.length < 10 || text.length > 40 || text.charCodeAt(4) !== 45) return null;
  const found = PATTERN.exec(text);
  if (found === null) return null;
  const [, year = "", month = "", day = "", hour, minute = "", second = "", zone] = found;
  const days = daysFromEpoch(Number(year), Number(month), Number(day));
  if (days === null) return null;
  if (hour === undefined) return { seconds: days * 86_400, form: "date" };
  const offset = zone === undefined ? 0 : offsetMinutes(zone);
  if (offset === null || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const minutes = Number(hour) * 60 + Number(minute) - offset;
  if (second === "60" && ((minutes % 1440) + 1440) % 1440 !== 1439) return null;
  const isStrict = zone !== undefined && (zone.length === 1 || zone[3] === ":") && text[10] !== " ";
  return { seconds: days * 86_400 + minutes * 60 + Number(second), form: isStrict ? "strict" : "lenient" };
}

function offsetMinutes(zone: string): number | null {
  if (zone.length === 1) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return null;
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
}

/** Days of a date of the Gregorian calendar since 1970-01-01, or null where there is no such day. */
function daysFromEpoch(year: number, month: number, day: number): number | null {
  const days = Date.UTC(2000 + (year % 400), month - 1, day) / 86_400_000;
  const back = new Date(days * 86_400_000);
  if (back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day) return null;
  return days + Math.floor(year / 400) * 146_097 - 5 * 146_097;
}
