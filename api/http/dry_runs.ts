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
  readonly #answers: (() => void)[] = [];

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
        try {
          const [verdict] = await still.rehearse([delta]);
          this.#answer(() => resolve(verdict as Verdict));
        } catch (cause) {
          this.#answer(() => reject(cause));
        }
      }
    });
  }

  /** Answers with all that were judged in this round of the event loop: an answer wakes its reader, which costs more than a verdict. */
  #answer(answer: () => void): void {
    this.#answers.push(answer);
    if (this.#answers.length > 1) return;
    setImmediate(() => {
      for (const each of this.#answers.splice(0)) each();
    });
  }
}
