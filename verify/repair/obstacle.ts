import type { Action } from "./action.ts";

/**
 * Something that keeps a delta from being accepted, and the ways around it: at least one must be taken whole. Ways are complete as far as
 * the derivation goes that was looked at: whatever makes the violation go takes away one of its facts or gives it one that it lacks.
 */
export interface Obstacle {
  /** Tells it from others: the law, the witness and what it rests on. */
  readonly id: string;
  readonly law: string;
  /** Actions that it came up by: it stands only where all of them are done. */
  readonly given: readonly Action[];
  readonly ways: readonly (readonly Action[])[];
}
