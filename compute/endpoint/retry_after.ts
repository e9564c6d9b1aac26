const FIRST_WAIT_MS = 500;

/**
 * How long to wait before a request is sent again: what `Retry-After` asks (RFC 9110, section 10.2.3: seconds, or a date, which is read against
 * the response's own `Date`), else half a second, doubled with each try.
 */
export function retryWait_ms(headers: Headers, tries: number): number {
  const asked = headers.get("retry-after");
  const otherwise = FIRST_WAIT_MS * 2 ** (tries - 1);
  if (asked === null) return otherwise;
  if (/^\d{1,6}$/.test(asked)) return Number(asked) * 1_000;
  const wait = Date.parse(asked) - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(wait) ? otherwise : Math.max(wait, 0);
}
