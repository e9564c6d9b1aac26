import type { TrainRelation } from "./facts.ts";

/** One fact that appears or goes. */
export interface FactChange {
  readonly relation: TrainRelation;
  readonly row: readonly number[];
}

/** The net change of one transformation: a fact that goes and comes back, or comes and goes, is not in it. */
export class ChangeSet {
  readonly #asserted = new Map<string, FactChange>();
  readonly #retracted = new Map<string, FactChange>();

  get assert(): FactChange[] {
    return [...this.#asserted.values()];
  }

  get retract(): FactChange[] {
    return [...this.#retracted.values()];
  }

  /** The fact was absent and is present now. */
  appears(relation: TrainRelation, ...row: number[]): void {
    const key = `${relation} ${row.join(" ")}`;
    if (!this.#retracted.delete(key)) this.#asserted.set(key, { relation, row });
  }

  /** The fact was present and is absent now. */
  goes(relation: TrainRelation, ...row: number[]): void {
    const key = `${relation} ${row.join(" ")}`;
    if (!this.#asserted.delete(key)) this.#retracted.set(key, { relation, row });
  }
}
