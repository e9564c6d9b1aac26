import type { Clock } from "../../../schema/clock.ts";
import { LimitReached } from "./limit_reached.ts";
import type { Meter } from "./rule_code.ts";

/** Steps between two looks at the clock: some tens of microseconds. */
const STEPS = 8192;

/** Ends work that takes too long. Generated loops count `fuel` down and call `tick` where it is used up. */
export class StepMeter implements Meter {
  fuel = STEPS;
  readonly #clock: Clock;
  readonly #bound_us: number;
  #deadline = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, bound_ms: number) {
    this.#clock = clock;
    this.#bound_us = bound_ms * 1000;
  }

  start(): void {
    this.fuel = STEPS;
    this.#deadline = this.#clock.micros() + this.#bound_us;
  }

  /** Errors: `LimitReached("verdict_ms")`. */
  tick(): number {
    if (this.#clock.micros() > this.#deadline) throw new LimitReached("verdict_ms", null);
    return STEPS;
  }
}
