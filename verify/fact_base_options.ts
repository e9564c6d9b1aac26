import type { Clingo } from "../logic/engines/clingo/clingo.ts";
import type { Souffle } from "../logic/engines/souffle/find_souffle.ts";
import type { Clock } from "../schema/clock.ts";
import type { Limits } from "../schema/limits.ts";
import type { EngineName } from "./engine_name.ts";

export interface FactBaseOptions {
  readonly clock: Clock;
  /** Bounds asked for by name; they go before those of the theories in force, and those before the defaults. */
  readonly limits?: Partial<Limits>;
  /**
   * The engines that judge deltas; two of them must agree. Where absent `incremental` judges, and `duckdb` in its place where the facts
   * pass its bounds on memory; an engine named is the one that judges, or the verdict is undecided.
   */
  readonly engines?: readonly EngineName[];
  /** Opens the clingo that judges answer set programs and looks for repairs, when it is first needed; `openClingo()` where absent. */
  readonly clingo?: () => Clingo;
  /** Finds the Soufflé that judges where `engines` names it; the one on the PATH where absent. */
  readonly souffle?: () => Souffle;
}
