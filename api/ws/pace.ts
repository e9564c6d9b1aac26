const MICROS = 1_000;

/**
 * Spaces rounds of work on a thread that has other work, so that they take about one part in `parts` of it: a round that took t begins the
 * next no sooner than `parts`·t after it began, nor later than `most_ms` after. After a pause a round may begin at once.
 */
export class Pace {
  readonly #parts: number;
  readonly #most_us: number;
  #spent_us = 0;
  #due_us = 0;
  #began_us = 0;

  constructor(parts: number, most_ms: number) {
    this.#parts = parts;
    this.#most_us = most_ms * MICROS;
  }

  /** A round begins. */
  begin(now_us: number): void {
    this.#began_us = now_us;
    this.#spent_us = 0;
  }

  /** A round took so much more of the thread. */
  spend(micros: number): void {
    this.#spent_us += micros;
    this.#due_us = this.#began_us + Math.min(this.#most_us, this.#parts * this.#spent_us);
  }

  /** Milliseconds until the next round may begin; 0 if it may at once. */
  wait_ms(now_us: number): number {
    return Math.max(0, Math.ceil((this.#due_us - now_us) / MICROS));
  }
}
