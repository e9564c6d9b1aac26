/** The seam for time: owned by the composition root, so that nothing inside a verdict depends on when it ran. */
export interface Clock {
  /** The present as an RFC 3339 UTC text, `2026-11-20T12:00:00.000Z`. */
  now(): string;
  /** Monotonic microseconds, for durations only. */
  micros(): number;
}

export const systemClock: Clock = {
  now: () => new Date().toISOString(),
  micros: () => Math.round(performance.now() * 1000),
};
