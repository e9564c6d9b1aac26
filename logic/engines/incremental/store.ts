import type { Limits } from "../../../schema/limits.ts";
import { GroupState } from "./group_state.ts";
import type { KeyIndex } from "./key_index.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import type { Network } from "./network.ts";
import type { Runtime } from "./operators/runtime.ts";
import type { CodeContext, Meter } from "./rule_code.ts";
import { TableStatistics } from "./statistics.ts";
import { Table } from "./table.ts";
import { TupleOrder } from "./tuple_order.ts";

/** Relations that the engine makes for itself are bounded by its bytes alone. */
const UNBOUNDED = 2 ** 30;

export interface StoreInput {
  readonly network: Network;
  readonly limits: Limits;
  readonly runtime: Runtime;
  readonly meter: Meter;
  readonly budget: MemoryBudget;
}

/** The tables, groups and orders of a network: everything that has a state. */
export class Store {
  readonly network: Network;
  readonly tables: readonly Table[];
  readonly groups: readonly GroupState[];
  /** Of relations in a recursion. */
  readonly orders: readonly (TupleOrder | null)[];
  readonly statistics: TableStatistics;
  readonly runtime: Runtime;
  readonly meter: Meter;

  constructor({ network, limits, runtime, meter, budget }: StoreInput) {
    this.network = network;
    this.runtime = runtime;
    this.meter = meter;
    this.tables = network.relations.map(({ owner, named, types, role }) => {
      const mostRows = named && role !== "base" ? limits.rows_derived : UNBOUNDED;
      return new Table({ name: owner, types, counted: role === "counted", derived: role !== "base", mostRows, budget });
    });
    this.groups = network.groups.map((node) => new GroupState(node, runtime.pools, budget, UNBOUNDED));
    const orders = new Map<number, { last: number }>();
    this.orders = network.relations.map(({ id, recursion }) => {
      if (recursion === null) return null;
      const clock = orders.get(recursion) ?? { last: 0 };
      orders.set(recursion, clock);
      return new TupleOrder(this.table(id), clock, budget);
    });
    this.statistics = new TableStatistics(this.tables, network.relations);
  }

  table(relation: number): Table {
    return this.tables[relation] as Table;
  }

  group(group: number): GroupState {
    return this.groups[group] as GroupState;
  }

  /**
   * An index to look for rows by these columns: on fewer of them where those nearly identify a row, so that plans which read
   * different columns beside a key share one index.
   */
  index(relation: number, columns: readonly number[]): KeyIndex {
    return this.exactIndex(relation, this.statistics.identifying(relation, columns) ?? columns);
  }

  exactIndex(relation: number, columns: readonly number[]): KeyIndex {
    const table = this.table(relation);
    return table.index(columns, Math.min(table.visible, this.statistics.groups(relation, columns)));
  }

  /** What the code of a rule reads whose head belongs to `recursion`. */
  context(recursion: number | null): CodeContext {
    return {
      runtime: this.runtime,
      meter: this.meter,
      table: (relation) => this.table(relation),
      index: (relation, columns) => this.index(relation, columns),
      exactIndex: (relation, columns) => this.exactIndex(relation, columns),
      group: (group) => this.group(group),
      ranks: (relation) => {
        return recursion !== null && this.network.relations[relation]?.recursion === recursion ? (this.orders[relation] ?? null) : null;
      },
    };
  }

  bytes(): number {
    const tables = this.tables.reduce((sum, table) => sum + table.bytes(), 0);
    return tables + this.groups.reduce((sum, group) => sum + group.bytes(), 0) + this.runtime.pools.bytes();
  }
}
