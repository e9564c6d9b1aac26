import type { Law } from "../logic/language/ir.ts";
import type { LawOutcome, Verdict } from "../schema/verdict.ts";
import type { LogicJudgement } from "./checks/logic.ts";
import type { TypedRows } from "./checks/types.ts";
import type { BaseState } from "./in_force.ts";
import type { PreparedDelta } from "./prepared_delta.ts";
import type { EffectiveChange } from "./store/speculation.ts";
import type { ViolationPage } from "./violation_page.ts";

/** What is known of a delta's id. */
export interface Recalled {
  /** True where a verdict of that id is kept; the one to come replaces it. */
  readonly kept: boolean;
  /** The verdict that holds for it still, marked `replayed`; null where it is to be judged. */
  readonly verdict: Verdict | null;
}

/** Facts, and an engine to judge deltas over them: DuckDB's tables within an open transaction, or their likeness in memory. */
export interface World {
  /** The engine's name, as verdicts give it. */
  readonly engine: string;
  /** A verdict given before is given again: that of a commit always, that of a refusal while head and theories are the same. */
  recall(id: string, state: BaseState): Promise<Recalled>;
  /** The id of the delta that an idempotency key belongs to, or null. */
  keyOwner(key: string): Promise<string | null>;
  /** Puts a delta on trial, one at a time: the caller ends it before the next. */
  trial(delta: PreparedDelta, state: BaseState): Promise<Trial>;
}

/** One delta over the facts of a world. */
export interface Trial {
  /** Check 3: the outcome of each law; violations go on the page. The base keeps these laws. */
  keys(laws: readonly Law[], page: ViolationPage): Promise<readonly LawOutcome[]>;
  /** Indexes of the rows, all of one relation, that are no facts now. */
  absent(rows: TypedRows): Promise<readonly number[]>;
  /** Check 5 over the facts that the delta leaves, for all laws but those of check 3, and what the delta changes. */
  logic(keyLaws: readonly Law[], page: ViolationPage): Promise<TrialJudgement>;
  /** Facts of the base as the trial has left it. */
  facts(): Promise<number>;
  /** Keeps the delta's effects in this world, or takes them back (where that is not left to the end of a transaction). */
  end(accepted: boolean): Promise<void>;
}

export interface TrialJudgement extends LogicJudgement {
  readonly changes: readonly EffectiveChange[];
}
