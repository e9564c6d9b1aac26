import { type EntryRuns, entryRuns } from "./entry_runs.ts";
import type { GroupState } from "./group_state.ts";
import type { IntList } from "./int_list.ts";
import type { GroupNode, HeadRule } from "./network.ts";
import { type Entry, type Plan, planOf } from "./plan.ts";
import { compileRule, type Sink } from "./rule_code.ts";
import type { RuleForm } from "./rule_form.ts";
import { arrivalSink, candidateSink, countSink, departureSink, type Emit, type Follow, memberFailureSink, memberSink } from "./sinks.ts";
import type { Store } from "./store.ts";
import type { Table } from "./table.ts";

export type FullRun = () => void;
/** `rows` null means the row numbers from `from` to `to` themselves. */
export type RowsRun = (rows: Int32Array | null, from: number, to: number, sign: number) => void;
export type ValueRun = (row: number, value: number, sign: number) => void;
/** Gives 1 where the row has a derivation by the rule from tuples of the recursion whose rank is below the limit. */
export type HeadRun = (row: number, limit: number) => number;

/** Instances of one rule that failed: as many as stand, net of those that went. */
export class FailureCount {
  readonly relation: string;
  count = 0;
  code = 0;
  readonly note: Emit = (code = 0, sign = 0) => {
    this.count += sign;
    this.code = code;
  };

  constructor(relation: string) {
    this.relation = relation;
  }
}

/** The queues of a recursive relation. */
export interface Queues {
  readonly departures: IntList;
  readonly arrivals: IntList;
  readonly follow: Follow;
}

const ignore: Emit = () => undefined;

/** A rule with what its instances do, ready to be compiled for any entry. */
export class CompiledRule {
  readonly rule: HeadRule;
  readonly failures: FailureCount;
  readonly #store: Store;
  readonly #recursion: number | null;
  readonly #table: Table;

  constructor(rule: HeadRule, store: Store) {
    this.rule = rule;
    this.#store = store;
    this.#recursion = store.network.relations[rule.relation]?.recursion ?? null;
    this.#table = store.table(rule.relation);
    this.failures = new FailureCount(rule.form.owner);
  }

  get form(): RuleForm {
    return this.rule.form;
  }

  /** Adds all derivations to an empty relation. */
  full(): FullRun {
    if (this.#recursion !== null) return this.#compile({ kind: "full" }, this.#insertSink());
    return this.#compile({ kind: "full" }, this.#sink(countSink(this.#table)));
  }

  /** Finds whether there is an instance that fails: sets the count of failures. */
  fullCheck(): FullRun {
    return this.#compile({ kind: "full" }, { emit: ignore, fail: this.failures.note, outer: 0 });
  }

  /** Adds the derivations of recursive tuples, from nothing; they are dealt with run by run that share the cell of `sharedColumn`. */
  step(literal: number): { readonly run: RowsRun; readonly sharedColumn: number | null } {
    const plan = planOf(this.form, { kind: "atom", literal }, this.#store.statistics);
    const runs = entryRuns(this.form, plan);
    return { run: this.#compilePlan(plan, this.#insertSink(), runs), sharedColumn: runs?.columns[0] ?? null };
  }

  /** What a change of something outside of the rule's recursion does. */
  delta<T extends RowsRun | ValueRun>(entry: Entry, queues: Queues | null): T {
    const emit = queues === null ? countSink(this.#table) : candidateSink(this.#table, queues.departures, queues.arrivals);
    return this.#compile(entry, this.#sink(emit));
  }

  arrive(literal: number, queues: Queues): RowsRun {
    return this.#compile({ kind: "atom", literal }, this.#sink(arrivalSink(this.#table, queues.arrivals)));
  }

  arriveAll(queues: Queues): FullRun {
    return this.#compile({ kind: "full" }, this.#sink(arrivalSink(this.#table, queues.arrivals)));
  }

  depart(literal: number, queues: Queues): RowsRun {
    const order = this.#store.orders[this.rule.relation];
    if (order === null || order === undefined) throw new Error("a relation without an order");
    const emit = departureSink(this.#table, queues.departures, queues.follow, order);
    return this.#compile({ kind: "atom", literal }, { emit, fail: ignore, outer: 0 });
  }

  derives(): HeadRun {
    return this.#compile({ kind: "head" }, { emit: ignore, fail: ignore, outer: 0 });
  }

  #insertSink(): Sink {
    return { ...this.#sink(ignore), holds: this.#table };
  }

  #sink(emit: Emit): Sink {
    const { failure } = this.rule;
    if (failure === "undecided") return { emit, fail: this.failures.note, outer: 0 };
    if (failure === "ignored") return { emit, fail: ignore, outer: 0 };
    const group = this.#store.group(failure.group);
    return { emit, fail: memberFailureSink(group), outer: group.node.outer.length };
  }

  #compile<T>(entry: Entry, sink: Sink): T {
    return this.#compilePlan(planOf(this.form, entry, this.#store.statistics), sink, null);
  }

  #compilePlan<T>(plan: Plan, sink: Sink, runs: EntryRuns | null): T {
    return compileRule<T>({ form: this.form, plan, sink, context: this.#store.context(this.#recursion), head: this.#table, runs });
  }
}

/** An element of an aggregate, ready to be compiled. */
export class CompiledElement {
  readonly form: RuleForm;
  readonly #group: GroupState;
  readonly #store: Store;

  constructor(form: RuleForm, group: GroupState, store: Store) {
    this.form = form;
    this.#group = group;
    this.#store = store;
  }

  full(): FullRun {
    return this.#compile({ kind: "full" }, this.#sink());
  }

  delta<T extends RowsRun | ValueRun>(entry: Entry): T {
    return this.#compile(entry, this.#sink());
  }

  /** Lists the members of one group. */
  scan(emit: Emit, fail: Emit): Emit {
    return this.#compile({ kind: "outer", count: this.#group.node.outer.length }, { emit, fail, outer: 0 });
  }

  #sink(): Sink {
    const { length } = this.#group.node.outer;
    return { emit: memberSink(this.#group, this.form.head.length), fail: memberFailureSink(this.#group), outer: length };
  }

  #compile<T>(entry: Entry, sink: Sink): T {
    const plan = planOf(this.form, entry, this.#store.statistics);
    return compileRule<T>({ form: this.form, plan, sink, context: this.#store.context(null), head: null });
  }
}

/** What lists a group's values: compiled, with the indexes that it needs, by `prepare` or when it is first asked for. */
export interface PreparedScan {
  prepare(): void;
  readonly scan: (outer: readonly number[]) => number[] | number;
}

export function groupScan(node: GroupNode, group: GroupState, store: Store): PreparedScan {
  const outer = node.outer.length;
  let scans: Emit[] | null = null;
  let values: number[] = [];
  let failure: number | null = null;
  let seen = new Set<string>();
  const emitOf = (form: RuleForm): Emit => {
    const types = form.head.map((operand) => operand.type).join();
    return (...cells) => {
      if (node.repeats) {
        const key = `${types} ${cells.slice(outer).join()}`;
        if (seen.has(key)) return;
        seen.add(key);
      }
      values.push(cells[outer] ?? 0);
    };
  };
  const fail: Emit = (code = 0) => {
    failure = code;
  };
  const compiled = (): Emit[] => {
    scans ??= node.elements.map((form) => new CompiledElement(form, group, store).scan(emitOf(form), fail));
    return scans;
  };
  const scan = (key: readonly number[]): number[] | number => {
    const runs = compiled();
    const before = { values, failure, seen };
    [values, failure, seen] = [[], null, new Set()];
    for (const run of runs) run(...key);
    const result = failure ?? values;
    ({ values, failure, seen } = before);
    return result;
  };
  return { prepare: compiled, scan };
}
