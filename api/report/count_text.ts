const digits = new Intl.NumberFormat("en-US");

/** `1 fact`, `21,873 facts`. */
export function countText(count: number, noun: string, plural = `${noun}s`): string {
  return `${digits.format(count)} ${count === 1 ? noun : plural}`;
}

/** `85 µs`, `12 ms`, `3.4 s`. */
export function durationText(micros: number): string {
  if (micros < 1000) return `${Math.round(micros)} µs`;
  if (micros < 1_000_000) return `${Math.round(micros / 1000)} ms`;
  return `${(micros / 1_000_000).toFixed(1)} s`;
}
