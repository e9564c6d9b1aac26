import type { Row } from "../../../schema/value.ts";
import type { Undecided } from "../../../schema/verdict.ts";
import type { IrProgram } from "../../language/ir.ts";
import { EngineLimit } from "../duckdb/engine_limit.ts";
import { copyRows } from "./copy_rows.ts";
import { type FactChange, IncrementalEngine } from "./incremental_engine.ts";
import { FactLoader, type FactSource } from "./load_engine.ts";
import { limitUndecided } from "./operators/undecided.ts";
import type { Captured } from "./subscriptions.ts";
import { upperProgram } from "./upper_program.ts";

export interface Advanced {
  /** Not null where a bound was passed or a rule failed: the engine is not to be used any more. */
  readonly undecided: Undecided | null;
  readonly added: readonly Row[];
  readonly removed: readonly Row[];
}

/** One relation, maintained from relations that another engine keeps and, where that lacks some, from facts in DuckDB. */
export class UpperEngine {
  /** The relations whose changes it must be told. */
  readonly inputs: readonly string[];
  readonly #engine: IncrementalEngine;
  readonly #root: string;

  private constructor(engine: IncrementalEngine, root: string, inputs: readonly string[]) {
    this.#engine = engine;
    this.#root = root;
    this.inputs = inputs;
  }

  /**
   * Computes `root` of a program that has all relations of the lower engine's. `undecided` not null: to be released. Errors: `SqlError`.
   */
  static async over(
    lower: IncrementalEngine,
    program: IrProgram,
    root: string,
    source: Omit<FactSource, "program">,
  ): Promise<{ readonly upper: UpperEngine; readonly undecided: Undecided | null }> {
    const cut = upperProgram(program, root, (relation) => lower.tables.table(relation) !== null);
    const { limits, clock } = source;
    const engine = IncrementalEngine.create({ program: cut.program, limits, clock, watch: [root], pools: lower.pools });
    const upper = new UpperEngine(engine, root, cut.inputs);
    const loader = new FactLoader({ ...source, program: cut.program });
    for (const name of cut.inputs) {
      const table = lower.tables.table(name);
      try {
        if (table !== null) copyRows(table, engine, name);
      } catch (error) {
        if (error instanceof EngineLimit) return { upper, undecided: limitUndecided(error.limit, name, limits) };
        throw error;
      }
      const undecided = table === null ? await loader.load(engine, name) : null;
      if (undecided !== null) return { upper, undecided };
    }
    return { upper, undecided: engine.evaluate().undecided };
  }

  rows(): Row[] {
    return this.#engine.rows(this.#root);
  }

  /** Follows what happened below. */
  advance(captured: Captured): Advanced {
    const changes = (side: "added" | "removed"): FactChange[] =>
      this.inputs.flatMap((relation) => (captured.get(relation)?.[side] ?? []).map((row) => ({ relation, row })));
    const [assert, retract] = [changes("added"), changes("removed")];
    if (assert.length + retract.length === 0) return { undecided: null, added: [], removed: [] };
    const { undecided } = this.#engine.apply({ assert, retract });
    if (undecided !== null) return { undecided, added: [], removed: [] };
    const [added, removed] = [this.#engine.added(this.#root), this.#engine.removed(this.#root)];
    this.#engine.keep();
    return { undecided: null, added, removed };
  }

  release(): void {
    this.#engine.release();
  }
}
