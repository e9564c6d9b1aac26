import type { CompiledElement, CompiledRule, Queues, RowsRun, ValueRun } from "./compiled_rules.ts";
import type { KeyIndex } from "./key_index.ts";
import { readsOf } from "./network.ts";
import type { Literal, RuleForm } from "./rule_form.ts";
import type { Store } from "./store.ts";

/** A count by index: what runs where it changes. */
export interface SizeConsumer {
  readonly run: ValueRun;
  /** The index that counts; null where all rows of the relation are counted. */
  readonly index: KeyIndex | null;
  /** Whether a group has at most one row, since all columns name it. */
  readonly single: boolean;
}

/** What runs for the tuples of a relation that come or go. */
export interface RelationConsumers {
  /** Of rules that read the relation more than once, or only some of its columns: one tuple at a time, as the table changes. */
  readonly single: RowsRun[];
  /** Of all others: many tuples at once, before or after the table changes. */
  readonly batch: RowsRun[];
  readonly sizes: SizeConsumer[];
}

/** Everything that reads a relation or a group, compiled for its changes. */
export class Consumers {
  readonly relations: readonly RelationConsumers[];
  readonly groups: readonly ValueRun[][];
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    this.relations = store.tables.map(() => ({ single: [], batch: [], sizes: [] }));
    this.groups = store.groups.map(() => []);
  }

  /** Compiles a rule for changes of what it reads; of its own recursion's relations for none. */
  addRule(rule: CompiledRule, queues: Queues | null): void {
    const { relations } = this.#store.network;
    const recursion = relations[rule.rule.relation]?.recursion ?? null;
    for (const [literal, what] of rule.form.literals.entries()) {
      const isOwn = what.kind === "atom" && recursion !== null && relations[what.relation]?.recursion === recursion;
      if (!isOwn) this.#add(rule.form, what, (kind) => rule.delta({ kind, literal }, queues));
    }
  }

  addElement(element: CompiledElement): void {
    for (const [literal, what] of element.form.literals.entries()) {
      this.#add(element.form, what, (kind) => element.delta({ kind, literal }));
    }
  }

  #add(form: RuleForm, literal: Literal, compile: <T extends RowsRun | ValueRun>(kind: "atom" | "group" | "size") => T): void {
    if (literal.kind === "atom") {
      const readers = readsOf(form.literals).relations.filter((relation) => relation === literal.relation);
      const isBatch = readers.length === 1 && literal.args.every((arg) => arg !== null);
      const consumers = this.relations[literal.relation];
      (isBatch ? consumers?.batch : consumers?.single)?.push(compile<RowsRun>("atom"));
    } else if (literal.kind === "group") {
      if (!this.#store.group(literal.group).node.inline) this.groups[literal.group]?.push(compile<ValueRun>("group"));
    } else if (literal.kind === "size") {
      const { length } = this.#store.table(literal.relation).types;
      const single = literal.columns.length === length;
      const index = single || literal.columns.length === 0 ? null : this.#store.exactIndex(literal.relation, literal.columns);
      this.relations[literal.relation]?.sizes.push({ run: compile<ValueRun>("size"), index, single });
    }
  }
}
