import { CompiledElement, CompiledRule, type FullRun, groupScan, type PreparedScan } from "./compiled_rules.ts";
import { Consumers, type RelationConsumers } from "./consumers.ts";
import { NO_VALUE } from "./group_fold.ts";
import { Recursion } from "./recursion.ts";
import type { Store } from "./store.ts";
import { type Table, VISIBLE, WANTED } from "./table.ts";
import { type Unit, unitsOf } from "./units.ts";

/** Tables up to this size may get chains for a moment's convenience. */
const FEW_ROWS = 2 ** 20;
const REPLAN_GROWTH = 16;
/** A base up to this size may be read in any order. */
const SMALL_BASE_ROWS = 10_000;

/** An instance of a rule of `relation` failed and makes the answer undecided. */
export class InstanceFailed extends Error {
  override readonly name = "InstanceFailed";
  readonly relation: string;
  readonly code: number;

  constructor(relation: string, code: number) {
    super("a rule instance failed");
    this.relation = relation;
    this.code = code;
  }
}

/**
 * Brings the relations and groups of a store up to date, in dependency order. A change is shown in its table when the turn of its
 * relation comes, tuple by tuple: what has had its turn is in the new state, everything else in the old one, so each rule
 * instance that comes or goes is met exactly once, at the latest of the changes that make it.
 */
export class Maintenance {
  readonly #store: Store;
  readonly #units: readonly Unit[];
  readonly #rules: readonly CompiledRule[];
  readonly #byHead: readonly (readonly CompiledRule[])[];
  readonly #elements: readonly (readonly CompiledElement[])[];
  readonly #scans: readonly PreparedScan[];
  readonly #recursions = new Map<Unit, Recursion>();
  #consumers: Consumers | null = null;
  #plannedRows = 0;
  /** The relation whose turn it is. */
  current: string | null = null;

  constructor(store: Store, rounds: number) {
    this.#store = store;
    this.#units = unitsOf(store.network);
    this.#rules = store.network.rules.map((rule) => new CompiledRule(rule, store));
    this.#byHead = store.tables.map((_, relation) => this.#rules.filter((rule) => rule.rule.relation === relation));
    this.#elements = store.groups.map((group) => group.node.elements.map((form) => new CompiledElement(form, group, store)));
    this.#scans = store.groups.map((group) => groupScan(group.node, group, store));
    for (const [at, group] of store.groups.entries()) group.scan = (this.#scans[at] as PreparedScan).scan;
    for (const unit of this.#units) {
      if (unit.kind !== "recursion") continue;
      const rules = unit.relations.flatMap((relation) => this.#byHead[relation] ?? []);
      this.#recursions.set(unit, new Recursion({ store, relations: unit.relations, rules, rounds }));
    }
  }

  /** Computes everything from the rows that base relations hold. Errors: `InstanceFailed`, `LimitReached`. */
  evaluate(): void {
    for (const unit of this.#units) {
      this.current = this.#nameOf(unit);
      if (unit.kind === "relation") this.#evaluateRelation(unit.relation);
      else if (unit.kind === "group") this.#evaluateGroup(unit.group);
      else this.#recursions.get(unit)?.evaluate();
      this.#checkFailures(unit);
    }
    this.current = null;
  }

  /** Compiles what deltas need, and builds its indexes; again where the base has outgrown the plans. */
  prepare(): void {
    const rows = this.#baseRows();
    if (this.#consumers !== null && rows < REPLAN_GROWTH * this.#plannedRows + SMALL_BASE_ROWS) return;
    this.#plannedRows = rows;
    const consumers = new Consumers(this.#store);
    for (const rule of this.#rules) consumers.addRule(rule, this.#recursionOf(rule.rule.relation)?.queuesOf(rule.rule.relation) ?? null);
    for (const [group, elements] of this.#elements.entries()) {
      if (!this.#store.group(group).node.inline) for (const element of elements) consumers.addElement(element);
    }
    // No delta makes an index: whatever one may ask for is there before.
    for (const [at, { node }] of this.#store.groups.entries()) {
      const looksAgain = node.op === "min" || node.op === "max" || node.type === "float";
      if (node.inline || looksAgain) this.#scans[at]?.prepare();
    }
    for (const recursion of this.#recursions.values()) recursion.prepare();
    for (const table of this.#store.tables) table.open();
    for (const group of this.#store.groups) group.table.open();
    this.#consumers = consumers;
  }

  /** Propagates the changes wanted of base relations. Errors: `InstanceFailed`, `LimitReached`; the state is then for `rollback` only. */
  propagate(): void {
    const consumers = this.#consumers;
    if (consumers === null) throw new Error("not prepared");
    for (const unit of this.#units) {
      this.current = this.#nameOf(unit);
      if (unit.kind === "group") this.#settleGroup(unit.group, consumers);
      else if (unit.kind === "relation") this.#settleRelation(unit.relation, consumers);
      else this.#settleRecursion(unit, consumers);
      this.#checkFailures(unit);
    }
    this.current = null;
  }

  keep(): void {
    for (const table of this.#store.tables) if (table.touched.length > 0) table.keep();
    for (const group of this.#store.groups) if (group.table.touched.length > 0) group.keep();
    for (const recursion of this.#recursions.values()) recursion.keep();
  }

  rollback(): void {
    for (const table of this.#store.tables) if (table.touched.length > 0) table.rollback();
    for (const group of this.#store.groups) if (group.table.touched.length > 0) group.rollback();
    for (const order of this.#store.orders) order?.rollback();
    for (const rule of this.#rules) rule.failures.count = 0;
    for (const recursion of this.#recursions.values()) recursion.clear();
  }

  #baseRows(): number {
    let rows = 0;
    for (const table of this.#store.tables) if (!table.derived) rows += table.visible;
    return rows;
  }

  #recursionOf(relation: number): Recursion | null {
    for (const [unit, recursion] of this.#recursions) {
      if (unit.kind === "recursion" && unit.relations.includes(relation)) return recursion;
    }
    return null;
  }

  #nameOf(unit: Unit): string {
    if (unit.kind === "group") return this.#store.group(unit.group).node.owner;
    return this.#store.table(unit.kind === "relation" ? unit.relation : (unit.relations[0] as number)).name;
  }

  #evaluateRelation(relation: number): void {
    const table = this.#store.table(relation);
    for (const rule of this.#byHead[relation] ?? []) rule.full()();
    table.showFrom(0);
  }

  #evaluateGroup(group: number): void {
    const runs: FullRun[] = (this.#elements[group] ?? []).map((element) => element.full());
    for (const run of runs) run();
    this.#store.group(group).settleAll();
  }

  #checkFailures(unit: Unit): void {
    if (unit.kind === "group") return;
    for (const relation of unit.kind === "relation" ? [unit.relation] : unit.relations) {
      for (const { failures } of this.#byHead[relation] ?? []) {
        if (failures.count > 0) throw new InstanceFailed(failures.relation, failures.code);
      }
    }
  }

  #settleRelation(relation: number, consumers: Consumers): void {
    const table = this.#store.table(relation);
    if (table.touched.length === 0) return;
    for (let at = 0; at < table.touched.length; at++) {
      const row = table.touched.at(at);
      const state = table.states[row] as number;
      const isWanted = table.counted ? this.#hasDerivation(table, row) : (state & WANTED) !== 0;
      if (isWanted === ((state & VISIBLE) !== 0)) continue;
      (isWanted ? table.added : table.removed).push(row);
    }
    const readers = consumers.relations[relation] as RelationConsumers;
    // A tuple that takes the place of another comes first, so that what they share does not go and come back; except where two
    // tuples at once would be the first to share a key, which gives every row of a large table its place in a chain.
    const addFirst = table.removed.length === 0 || table.capacity < FEW_ROWS || !this.#wouldChain(table);
    if (addFirst) this.#showAdded(table, readers);
    for (let at = 0; at < table.removed.length; at++) {
      const row = table.removed.at(at);
      this.#consume(table, readers, row, -1);
      table.hide(row);
    }
    if (!addFirst) this.#showAdded(table, readers);
    for (const run of readers.batch) {
      if (table.removed.length > 0) run(table.removed.items, 0, table.removed.length, -1);
      if (table.added.length > 0) run(table.added.items, 0, table.added.length, 1);
    }
    table.checkRows();
  }

  #wouldChain(table: Table): boolean {
    for (let at = 0; at < table.added.length; at++) if (table.wouldChain(table.added.at(at))) return true;
    return false;
  }

  #showAdded(table: Table, readers: RelationConsumers): void {
    for (let at = 0; at < table.added.length; at++) {
      const row = table.added.at(at);
      table.show(row);
      this.#consume(table, readers, row, 1);
    }
  }

  #hasDerivation(table: Table, row: number): boolean {
    const count = table.counts[row] as number;
    if (count < 0) throw new Error(`${table.name} lost more derivations than it had`);
    return count > 0;
  }

  /** Runs what reads tuples one at a time, for a visible row that has come or is about to go. */
  #consume(table: Table, { single, sizes }: RelationConsumers, row: number, sign: number): void {
    for (const run of single) run(null, row, row + 1, sign);
    for (const { run, index, single: isSingle } of sizes) {
      const size = isSingle ? 1 : index === null ? table.visible : index.sizeOf(index.headOf(row));
      run(row, sign > 0 ? size - 1 : size, -1);
      run(row, sign > 0 ? size : size - 1, 1);
    }
  }

  #settleGroup(id: number, consumers: Consumers): void {
    const group = this.#store.group(id);
    const runs = consumers.groups[id] ?? [];
    const { touched } = group.table;
    for (let at = 0; at < touched.length; at++) {
      const row = touched.at(at);
      const before = group.values[row] as number;
      const after = group.current(row);
      if (before !== after && before !== NO_VALUE) for (const run of runs) run(row, before, -1);
      group.settle(row, after);
      if (before !== after && after !== NO_VALUE) for (const run of runs) run(row, after, 1);
    }
  }

  #settleRecursion(unit: Extract<Unit, { kind: "recursion" }>, consumers: Consumers): void {
    this.#recursions.get(unit)?.propagate();
    for (const relation of unit.relations) this.#settleRelation(relation, consumers);
  }
}
