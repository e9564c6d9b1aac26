import type { Clock } from "../../../schema/clock.ts";
import type { Fact } from "../../../schema/fact.ts";
import type { Limits } from "../../../schema/limits.ts";
import type { Row } from "../../../schema/value.ts";
import type { Undecided } from "../../../schema/verdict.ts";
import type { IrProgram } from "../../language/ir.ts";
import { EngineLimit } from "../duckdb/engine_limit.ts";
import { BaseDelta } from "./base_delta.ts";
import type { ColumnChunk } from "./encode_column.ts";
import type { EngineTables } from "./explain/engine_tables.ts";
import { Explainer } from "./explain/explainer.ts";
import { LimitReached } from "./limit_reached.ts";
import { InstanceFailed, Maintenance } from "./maintenance.ts";
import { MemoryBudget } from "./memory_budget.ts";
import type { RelationNode } from "./network.ts";
import { networkOf } from "./network_builder.ts";
import { Runtime } from "./operators/runtime.ts";
import { failureUndecided, limitUndecided } from "./operators/undecided.ts";
import { Pools } from "./pools.ts";
import { StepMeter } from "./step_meter.ts";
import { Store } from "./store.ts";
import type { Table } from "./table.ts";
import { findRow, rowsOf, sortedRows } from "./table_rows.ts";

/** Room kept for facts to come beside those announced. */
const HEADROOM = 1.05;

export interface IncrementalInput {
  readonly program: IrProgram;
  readonly limits: Limits;
  readonly clock: Clock;
  /** Relations to maintain beside those that the laws reach. */
  readonly watch?: readonly string[];
  readonly pools?: Pools;
}

export interface FactChange {
  readonly relation: string;
  readonly row: Row;
}

/** `undecided` not null: after `apply` the caller must `rollback()`, after `evaluate` drop the engine. */
export interface EngineOutcome {
  readonly undecided: Undecided | null;
}

/** Of one law: how many violations the open delta added, and how many stand. */
export interface LawChange {
  readonly law: string;
  readonly added: number;
  readonly standing: number;
}

/**
 * A program's laws over facts in memory, kept up to date delta by delta. Use: `create`, `insertBase`, `evaluate` once, then any
 * number of `apply`, each ended by `keep` or `rollback`. Reading is allowed at any time after `evaluate`.
 */
export class IncrementalEngine {
  /** The base relations that laws and watched relations rest on: only these are loaded and maintained. */
  readonly reached: ReadonlySet<string>;
  readonly #input: IncrementalInput;
  readonly #store: Store;
  readonly #maintenance: Maintenance;
  readonly #meter: StepMeter;
  /** The values behind the cells of this engine. */
  readonly pools: Pools;
  readonly #nodes: ReadonlyMap<string, RelationNode>;
  readonly #budget: MemoryBudget;
  /** The tables as they are now, to be read. */
  readonly tables: EngineTables;
  #explainer: Explainer | null = null;
  #state: "loading" | "ready" | "open" | "undecided" | "released" = "loading";

  private constructor(input: IncrementalInput) {
    this.#input = input;
    this.pools = input.pools ?? new Pools(new MemoryBudget(input.limits.engine_mb));
    this.#budget = this.pools.budget.part();
    this.#meter = new StepMeter(input.clock, input.limits.verdict_ms);
    const roots = [...input.program.laws.map((law) => law.relation), ...(input.watch ?? [])];
    const network = networkOf(input.program, roots, this.pools);
    const runtime = new Runtime(this.pools, input.limits);
    this.#store = new Store({ network, limits: input.limits, runtime, meter: this.#meter, budget: this.#budget });
    this.#maintenance = new Maintenance(this.#store, input.limits.rounds);
    this.#nodes = new Map(network.relations.filter((node) => node.named).map((node) => [node.owner, node]));
    const { program, limits, clock } = input;
    const table = (name: string): Table | null => (this.#nodes.has(name) ? this.#table(name) : null);
    this.tables = { program, limits, clock, runtime, table };
    this.reached = new Set(network.relations.filter((node) => node.role === "base").map((node) => node.owner));
  }

  /** An engine over an empty base. Errors: `EngineLimit("engine_mb")`. */
  static create(input: IncrementalInput): IncrementalEngine {
    if ((input.program.selections?.size ?? 0) > 0) throw new Error("a program with selections is for the DuckDB engine alone");
    return new IncrementalEngine(input);
  }

  /** Makes room for rows that `insertBase` will bring, so that memory grows once. */
  reserveBase(relation: string, rows: number): void {
    const table = this.#loading(relation);
    const needed = Math.ceil((table.top + rows) * HEADROOM);
    table.reserve(needed);
    table.reserveSlots(needed);
  }

  /**
   * Adds base facts before `evaluate`: one chunk a column, of the same `Pools`; facts that are there are left out. A relation
   * without columns has at most one fact. Errors: `EngineLimit("engine_mb")`.
   */
  insertBase(relation: string, columns: readonly ColumnChunk[], rows: number): void {
    const table = this.#loading(relation);
    table.code.obtainAll(
      table,
      columns.map((column) => column.cells),
      rows,
    );
  }

  /** Computes everything from the facts inserted. To be called once. */
  evaluate(): EngineOutcome {
    if (this.#state !== "loading") throw new Error("the engine is evaluated");
    this.#meter.start();
    const undecided = this.#bounded(() => this.#maintenance.evaluate());
    this.#state = undecided === null ? "ready" : "undecided";
    return { undecided };
  }

  /** Compiles what deltas need and builds its indexes, which the first `apply` does otherwise. */
  prepare(): EngineOutcome {
    this.#expect("ready");
    return { undecided: this.#bounded(() => this.#maintenance.prepare()) };
  }

  /** Whether a fact is in a base relation, or a tuple in a derived one. */
  has(relation: string, row: Row): boolean {
    const table = this.#table(relation);
    return table.isVisible(findRow(table, row, this.pools));
  }

  count(relation: string): number {
    return this.#table(relation).visible;
  }

  /** Tuples in ascending order of their values, at most `limit` from `offset` on. */
  rows(relation: string, offset = 0, limit: number = Number.POSITIVE_INFINITY): Row[] {
    return sortedRows(this.#table(relation), this.pools).slice(offset, offset + limit);
  }

  /**
   * Applies a delta for a look at what follows: retracts, then asserts. Asserting what is there and retracting what is not change
   * nothing, nor do changes of relations that are not `reached`. Ends with `keep` or `rollback`.
   */
  apply(delta: { readonly assert: readonly FactChange[]; readonly retract: readonly FactChange[] }): EngineOutcome {
    this.#expect("ready");
    this.#meter.start();
    this.#state = "open";
    const undecided = this.#bounded(() => {
      this.#maintenance.prepare();
      const base = new BaseDelta(this.pools);
      for (const { relation, row } of delta.retract) if (this.reached.has(relation)) base.retract(this.#table(relation), row);
      for (const { relation, row } of delta.assert) if (this.reached.has(relation)) base.assert(this.#table(relation), row);
      this.#maintenance.propagate();
    });
    if (undecided !== null) this.#state = "undecided";
    return { undecided };
  }

  /** Tuples that the open delta added to a relation, net. */
  added(relation: string): Row[] {
    this.#expect("open");
    const table = this.#table(relation);
    return rowsOf(table, table.added, this.pools);
  }

  /** Tuples that the open delta took out of a relation, net. */
  removed(relation: string): Row[] {
    this.#expect("open");
    const table = this.#table(relation);
    return rowsOf(table, table.removed, this.pools);
  }

  /** Base facts that the open delta really changed. */
  effective(): { assert: FactChange[]; retract: FactChange[] } {
    const change = (rows: (relation: string) => Row[]): FactChange[] =>
      [...this.reached].flatMap((relation) => rows(relation).map((row) => ({ relation, row })));
    return { assert: change((relation) => this.added(relation)), retract: change((relation) => this.removed(relation)) };
  }

  lawOutcomes(): readonly LawChange[] {
    return this.#input.program.laws.map(({ id, relation }) => {
      const table = this.#table(relation);
      return { law: id, added: this.#state === "open" ? table.added.length : 0, standing: table.visible };
    });
  }

  /** Makes the open delta part of the state. */
  keep(): void {
    this.#expect("open");
    this.#maintenance.keep();
    this.#state = "ready";
  }

  /** Undoes the open delta: rows, counts, indexes and groups are as before it. */
  rollback(): void {
    if (this.#state !== "undecided") this.#expect("open");
    this.#maintenance.rollback();
    this.#state = "ready";
  }

  /** Explains the present state, an open delta included. */
  get explainer(): Explainer {
    this.#explainer ??= new Explainer(this.tables);
    return this.#explainer;
  }

  /** Base facts behind a tuple: those of the least instance of the first rule that gives it. Errors: `EngineLimit`. */
  support(relation: string, row: Row): Fact[] {
    return [...(this.explainer.support(relation, [row])[0]?.facts ?? [])];
  }

  /** Gives the memory of its tables back to the budget that its pools share with others. It must not be used any more. */
  release(): void {
    this.#state = "released";
    this.#budget.release();
  }

  /** The bytes of all arrays, pools included. */
  bytes(): number {
    return this.#store.bytes();
  }

  #expect(state: "ready" | "open"): void {
    if (this.#state !== state) throw new Error(`the engine is ${this.#state}, not ${state}`);
  }

  #loading(relation: string): Table {
    if (this.#state !== "loading") throw new Error("the engine is loaded");
    if (!this.reached.has(relation)) throw new Error(`base relation ${relation} is not reached`);
    return this.#table(relation);
  }

  #table(relation: string): Table {
    const node = this.#nodes.get(relation);
    if (node === undefined) throw new Error(`relation ${relation} is not maintained`);
    return this.#store.table(node.id);
  }

  /** Runs work; a bound that is passed or an instance that fails becomes an undecided answer. */
  #bounded(work: () => void): Undecided | null {
    const { limits } = this.#input;
    try {
      work();
      return null;
    } catch (error) {
      if (error instanceof InstanceFailed) return failureUndecided(error.code, error.relation, limits);
      if (error instanceof LimitReached) return limitUndecided(error.limit, error.relation, limits);
      if (error instanceof EngineLimit) return limitUndecided(error.limit, this.#maintenance.current, limits);
      throw error;
    }
  }
}
