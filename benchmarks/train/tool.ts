import type { ChangeSet } from "./change_set.ts";
import type { FactFiles } from "./fact_files.ts";
import type { Railway } from "./model.ts";
import type { MatchCounts } from "./rules.ts";

/** What a contender starts from: the same railway as objects and as files. */
export interface TrainFacts {
  readonly railway: Railway;
  readonly files: FactFiles;
}

/** A contender of the Train Benchmark. The calls come in this order: `load`, `check`, then `change` and `check` for each round, `close`. */
export interface TrainTool {
  readonly name: string;
  /** True for a tool that reads all facts from the files at each check: they are written anew between rounds, on nobody's clock. */
  readonly readsFiles: boolean;
  load(facts: TrainFacts): Promise<void>;
  change(changes: ChangeSet): Promise<void>;
  /** The match counts of all six rules. Rejects with `OverBudget` where the tool was stopped. */
  check(): Promise<MatchCounts>;
  close(): Promise<void>;
}

export class OverBudget extends Error {
  override readonly name = "OverBudget";
}
