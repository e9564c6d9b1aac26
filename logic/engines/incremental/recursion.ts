import type { CompiledRule, FullRun, HeadRun, Queues, RowsRun } from "./compiled_rules.ts";
import { IntList } from "./int_list.ts";
import { LimitReached } from "./limit_reached.ts";
import { mayFail } from "./network.ts";
import { makesValues, ownAtoms, RecursionFromNothing, type RecursionInput } from "./recursion_from_nothing.ts";
import type { Store } from "./store.ts";
import { QUEUED, type Table, VISIBLE, WANTED } from "./table.ts";
import { TupleOrder } from "./tuple_order.ts";
import { inlineReads } from "./units.ts";

/** One relation of a recursion. */
interface Member {
  readonly table: Table;
  readonly order: TupleOrder;
  readonly queues: Queues;
  /** For tuples of this relation that come and that go, in rules of the recursion. */
  readonly arrive: RowsRun[];
  readonly depart: RowsRun[];
  /** Whether a tuple of this relation has a derivation: one function a rule. */
  readonly derives: HeadRun[];
  /** Tuples that have gone and may come back by another derivation. */
  readonly gone: IntList;
}

const NO_LIMIT = 2 ** 31 - 1;

/**
 * The relations of one recursion, delta by delta. Every tuple has a
 * derivation from tuples that came before it (`TupleOrder`), and goes only where no such derivation is left, which stops most
 * deletions where they start; what has gone comes back where it has any derivation, and then as a new tuple, round by round.
 * This is deletion and rederivation with the order in the place of the search backwards of Motik, Nenov, Piro, Horrocks,
 * "Incremental update of datalog materialisation: the backward/forward algorithm" (AAAI 2015).
 */
export class Recursion {
  readonly #store: Store;
  readonly #rules: readonly CompiledRule[];
  readonly #relations: readonly number[];
  readonly #rounds: number;
  readonly #members: readonly Member[];
  /** What the values of aggregates that are computed in the recursion rest on. */
  readonly #inline: { relations: ReadonlySet<number>; groups: ReadonlySet<number> };
  #restart: readonly FullRun[] = [];
  /** Finds failing instances of each rule; null where a rule cannot fail. */
  #checks: readonly (FullRun | null)[] = [];

  constructor({ store, relations, rules, rounds }: RecursionInput) {
    this.#store = store;
    this.#rules = rules;
    this.#relations = relations;
    this.#rounds = rounds;
    this.#members = relations.map((relation) => ({
      table: store.table(relation),
      order: store.orders[relation] as TupleOrder,
      queues: { departures: new IntList(), arrivals: new IntList(), follow: { rank: 0 } },
      arrive: [],
      depart: [],
      derives: [],
      gone: new IntList(),
    }));
    this.#inline = inlineReads(
      store.network,
      rules.flatMap((rule) => rule.form.literals),
    );
  }

  queuesOf(relation: number): Queues {
    return this.#member(relation).queues;
  }

  /** Computes the relations from nothing. Errors: `LimitReached`. */
  evaluate(): void {
    const evaluation = new RecursionFromNothing({
      store: this.#store,
      relations: this.#relations,
      rules: this.#rules,
      rounds: this.#rounds,
    });
    evaluation.run();
  }

  /** Compiles what deltas need. */
  prepare(): void {
    for (const { arrive, depart, derives } of this.#members) for (const runs of [arrive, depart, derives]) runs.length = 0;
    for (const rule of this.#rules) {
      for (const [literal, relation] of ownAtoms(rule, this.#relations)) {
        const member = this.#member(relation);
        member.arrive.push(rule.arrive(literal, this.#member(rule.rule.relation).queues));
        member.depart.push(rule.depart(literal, this.#member(rule.rule.relation).queues));
      }
      this.#member(rule.rule.relation).derives.push(rule.derives());
    }
    this.#checks = this.#rules.map((rule) => (mayFail(rule.form) ? rule.fullCheck() : null));
    const exits = this.#rules.filter((rule) => ownAtoms(rule, this.#relations).length === 0);
    const isInline = this.#inline.relations.size + this.#inline.groups.size > 0;
    this.#restart = isInline ? exits.map((rule) => rule.arriveAll(this.#member(rule.rule.relation).queues)) : [];
    for (const member of this.#members) member.order.follow();
  }

  /** Leaves in `WANTED` what is to be visible; the tables are then as before. Errors: `LimitReached`. */
  propagate(): void {
    const isUnsettled = this.#inputsChanged();
    if (!isUnsettled && this.#members.every(({ table }) => table.touched.length === 0)) return;
    if (isUnsettled) this.#startAnew();
    else this.#depart();
    this.#arrive();
    this.#checkFailures();
    for (const { table } of this.#members) {
      for (let at = 0; at < table.touched.length; at++) {
        const row = table.touched.at(at);
        const state = (table.states[row] as number) & ~(WANTED | QUEUED);
        table.states[row] = (state & VISIBLE) !== 0 ? state | WANTED : state;
      }
      table.undoShows();
    }
  }

  /** To be called when a delta is kept. */
  keep(): void {
    for (const { order } of this.#members) order.keep();
    TupleOrder.renumber(this.#members.map((member) => member.order));
  }

  clear(): void {
    for (const { queues, gone } of this.#members) for (const list of [queues.departures, queues.arrivals, gone]) list.clear();
  }

  #member(relation: number): Member {
    return this.#members[this.#relations.indexOf(relation)] as Member;
  }

  #inputsChanged(): boolean {
    const { relations, groups } = this.#inline;
    for (const relation of relations) {
      const { added, removed } = this.#store.table(relation);
      if (added.length + removed.length > 0) return true;
    }
    for (const group of groups) if (this.#store.group(group).table.touched.length > 0) return true;
    return false;
  }

  /** Drops all tuples and derives them again: for changes under aggregates that are computed in the recursion. */
  #startAnew(): void {
    this.clear();
    for (const { table } of this.#members) {
      for (let row = 0; row < table.top; row++) {
        if (!table.isVisible(row)) continue;
        table.touch(row);
        table.hide(row);
      }
      for (let at = 0; at < table.touched.length; at++) {
        const row = table.touched.at(at);
        table.states[row] = (table.states[row] as number) & ~QUEUED;
      }
    }
    for (const rule of this.#rules) rule.failures.count = 0;
    for (const run of this.#restart) run();
  }

  #show(table: Table, order: TupleOrder, row: number): void {
    table.states[row] = (table.states[row] as number) & ~QUEUED;
    table.show(row);
    table.checkRows();
    order.arrive(row);
  }

  /** Takes out the tuples that have no derivation from tuples before them. */
  #depart(): void {
    for (let busy = true; busy; ) {
      busy = false;
      for (const member of this.#members) {
        const { departures } = member.queues;
        for (let at = 0; at < departures.length; at++) this.#departOne(member, departures.at(at));
        busy ||= departures.length > 0;
        departures.clear();
      }
    }
  }

  #departOne({ table, order, derives, depart, gone }: Member, row: number): void {
    table.states[row] = (table.states[row] as number) & ~QUEUED;
    const rank = order.ranks[row] as number;
    for (const run of derives) if (run(row, rank) === 1) return;
    for (const { queues } of this.#members) queues.follow.rank = rank;
    for (const run of depart) run(null, row, row + 1, -1);
    table.hide(row);
    gone.push(row);
  }

  /** Lets in the tuples that have a derivation now, and whatever follows from them, round by round. */
  #arrive(): void {
    let fronts = this.#members.map((member) => this.#derivable(member));
    for (let round = 0; fronts.some((front) => front.length > 0); round++) {
      if (round >= this.#rounds && this.#rules.some(makesValues)) throw new LimitReached("rounds", this.#members[0]?.table.name ?? null);
      for (const [at, { arrive }] of this.#members.entries()) {
        const front = fronts[at] as IntList;
        for (const run of arrive) run(front.items, 0, front.length, 1);
      }
      fronts = this.#members.map(({ queues, table, order }) => {
        const front = new IntList(Math.max(16, queues.arrivals.length));
        for (let at = 0; at < queues.arrivals.length; at++) {
          const row = queues.arrivals.at(at);
          this.#show(table, order, row);
          front.push(row);
        }
        queues.arrivals.clear();
        return front;
      });
    }
  }

  /** Shows the tuples among those gone and those queued that have a derivation now. */
  #derivable({ table, order, queues, derives, gone }: Member): IntList {
    const front = new IntList();
    for (const list of [gone, queues.arrivals]) {
      for (let at = 0; at < list.length; at++) {
        const row = list.at(at);
        table.states[row] = (table.states[row] as number) & ~QUEUED;
        if (!derives.some((run) => run(row, NO_LIMIT) === 1)) continue;
        this.#show(table, order, row);
        front.push(row);
      }
      list.clear();
    }
    return front;
  }

  /** Failures that were met on the way may have gone again: then the rule is looked through. */
  #checkFailures(): void {
    for (const [at, rule] of this.#rules.entries()) {
      if (rule.failures.count <= 0) {
        rule.failures.count = 0;
        continue;
      }
      rule.failures.count = 0;
      this.#checks[at]?.();
    }
  }
}
