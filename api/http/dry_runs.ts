import type { ProposedDelta } from "../../schema/delta.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../../verify/fact_base.ts";

interface Waiting {
  readonly delta: ProposedDelta;
  resolve(verdict: Verdict): void;
  reject(cause: unknown): void;
}

/**
 * Verdicts without commits, each judged by itself: those asked for while others are judged, or in one round of the event loop, share a turn
 * of the fact base.
 */
export class DryRuns {
  readonly #base: FactBase;
  #waiting: Waiting[] = [];

  constructor(base: FactBase) {
    this.#base = base;
  }

  /** Errors: those of `FactBase.rehearse`. */
  verdict(delta: ProposedDelta): Promise<Verdict> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ delta, resolve, reject });
      if (this.#waiting.length > 1) return;
      setImmediate(() => {
        this.#turn().catch((cause: unknown) => {
          for (const one of this.#waiting.splice(0)) one.reject(cause);
        });
      });
    });
  }

  #turn(): Promise<void> {
    return this.#base.still(async (still) => {
      for (const { delta, resolve, reject } of this.#waiting.splice(0)) {
        const [verdict] = await still.rehearse([delta]).catch((cause: unknown) => {
          reject(cause);
          return [];
        });
        if (verdict !== undefined) resolve(verdict);
      }
    });
  }
}
