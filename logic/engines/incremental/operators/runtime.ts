import type { RE2JS } from "re2js";
import type { Limits } from "../../../../schema/limits.ts";
import type { Pools } from "../pools.ts";

/** What operators work on: the values behind cells, the bounds on what they build, and the patterns compiled so far. */
export class Runtime {
  readonly pools: Pools;
  /** The longest symbol that `cat` may build. */
  readonly symbol_bytes: number;
  /** The most values that one range may have. */
  readonly range_rows: number;
  /** By the cell of their text; null where the text is no pattern. Mutable: a cache. */
  readonly patterns = new Map<number, RE2JS | null>();

  constructor(pools: Pools, limits: Pick<Limits, "symbol_bytes" | "rows_derived">) {
    this.pools = pools;
    this.symbol_bytes = limits.symbol_bytes;
    this.range_rows = limits.rows_derived;
  }
}

/** An operator over cells. Its failure is a cell too: see `failure.ts`. */
export type Operator = (runtime: Runtime, ...cells: number[]) => number;
