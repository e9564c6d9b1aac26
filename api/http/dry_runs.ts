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

  /** Errors: those of `StillBase.rehearseEach`. */
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
      const waiting = this.#waiting.splice(0);
      try {
        // Answered together: an answer wakes its reader, which costs more than a verdict.
        const answers = await still.rehearseEach(waiting.map(({ delta }) => delta));
        for (const [index, answer] of answers.entries()) {
          if ("error" in answer) waiting[index]?.reject(answer.error);
          else waiting[index]?.resolve(answer.verdict);
        }
      } catch (cause) {
        for (const { reject } of waiting) reject(cause);
      }
    });
  }
}
