/** The seam for time: owned by the composition root, so that nothing inside a verdict depends on when it ran. */
export interface Clock {
  /** The present as an RFC 3339 UTC text, `2026-11-20T12:00:00.000Z`. */
  now(): string;
  /** Monotonic microseconds, for durations only. */
  micros(): number;
}

let shown = { millis: Number.NaN, text: "" };

export const systemClock: Clock = {
  // Writing a time as text costs more than reading it, and thousands of deltas share a millisecond.
  now: () => {
    const millis = Date.now();
    if (millis !== shown.millis) shown = { millis, text: new Date(millis).toISOString() };
    return shown.text;
  },
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
  /** What the clock behind it said last, and what was shown last, each read and written once a millisecond. */
  #said = { text: "", millis: 0 };
  #shown = { millis: Number.NaN, text: "" };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Times from here on are later than `text`; the empty text changes nothing. */
  keepAfter(text: string): void {
    if (text !== "") this.#last = Math.max(this.#last, (Date.parse(text) + 1) * MICROS);
  }

  now(): string {
    const said = this.#clock.now();
    if (said !== this.#said.text) this.#said = { text: said, millis: Date.parse(said) };
    this.#last = Math.max(this.#said.millis * MICROS, this.#last + 1);
    const micros = this.#last % MICROS;
    const millis = (this.#last - micros) / MICROS;
    if (millis !== this.#shown.millis) this.#shown = { millis, text: new Date(millis).toISOString().slice(0, TEXT_MS) };
    return `${this.#shown.text}${String(micros).padStart(3, "0")}Z`;
  }

  micros(): number {
    return this.#clock.micros();
  }
}
