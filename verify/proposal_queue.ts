import { setImmediate } from "node:timers/promises";
import type { Clock } from "../schema/clock.ts";
import type { Limits } from "../schema/limits.ts";
import type { Verdict } from "../schema/verdict.ts";
import type { Answer, Proposal } from "./settle.ts";

const FILLING_MICROS = 4_000;

interface Waiting {
  readonly proposal: Proposal;
  resolve(verdict: Verdict): void;
  reject(error: unknown): void;
}

/** Proposals that will be judged in their order and committed together. */
export class ProposalGroup {
  readonly #limits: Pick<Limits, "group_deltas" | "group_rows">;
  readonly #waiting: Waiting[] = [];
  #rows = 0;

  constructor(limits: Pick<Limits, "group_deltas" | "group_rows">) {
    this.#limits = limits;
  }

  get proposals(): readonly Proposal[] {
    return this.#waiting.map(({ proposal }) => proposal);
  }

  hasRoomFor(proposal: Proposal): boolean {
    if (this.#waiting.length === 0) return true;
    return this.#waiting.length < this.#limits.group_deltas && this.#rows + rowsOf(proposal) <= this.#limits.group_rows;
  }

  /**
   * Waits until a round of the event loop brings no further proposal: what is on its way already shares the group's write. Not for long: under
   * a steady load there is always one more.
   */
  async filled(clock: Clock): Promise<void> {
    const end = clock.micros() + FILLING_MICROS;
    for (let size = 0; size < this.#waiting.length && clock.micros() < end; ) {
      size = this.#waiting.length;
      await setImmediate();
    }
  }

  /** The verdict comes with `settle`. */
  add(proposal: Proposal): Promise<Verdict> {
    this.#rows += rowsOf(proposal);
    return new Promise((resolve, reject) => this.#waiting.push({ proposal, resolve, reject }));
  }

  /** Tells every proposer its answer, in order. */
  settle(answers: readonly Answer[]): void {
    if (answers.length !== this.#waiting.length) throw new Error("a group has not one answer a proposal");
    for (const [index, { resolve, reject }] of this.#waiting.entries()) {
      const answer = answers[index] as Answer;
      if ("verdict" in answer) resolve(answer.verdict);
      else reject(answer.error);
    }
  }

  /** Tells every proposer that the group failed. */
  fail(error: unknown): void {
    for (const { reject } of this.#waiting) reject(error);
  }
}

function rowsOf({ delta }: Proposal): number {
  let rows = 0;
  for (const side of [delta.assert, delta.retract]) for (const list of side.values()) rows += list.length;
  return rows;
}
