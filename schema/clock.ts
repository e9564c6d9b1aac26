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

const TEXT_MS = "2026-11-20T12:00:00.000".length;
const MICROS = 1_000;

/**
 * A clock whose times are in microseconds and never repeat or go back, whatever the one behind it does: each is later than the one before
 * it and than `after`, an RFC 3339 text that may be empty. So times order what was written with them.
 */
export class StrictClock implements Clock {
  readonly #clock: Clock;
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Times from here on are later than `text`; the empty text changes nothing. */
  keepAfter(text: string): void {
    if (text !== "") this.#last = Math.max(this.#last, (Date.parse(text) + 1) * MICROS);
  }

  now(): string {
    this.#last = Math.max(Date.parse(this.#clock.now()) * MICROS, this.#last + 1);
    const micros = this.#last % MICROS;
    const text = new Date((this.#last - micros) / MICROS).toISOString();
    return `${text.slice(0, TEXT_MS)}${String(micros).padStart(3, "0")}Z`;
  }

  micros(): number {
    return this.#clock.micros();
  }
}
