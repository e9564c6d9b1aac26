import { IntList } from "./int_list.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import type { Table } from "./table.ts";

/** From here on ranks are given anew between deltas, so that one delta never comes to the end of int32. */
const RENUMBER_AT = 2 ** 30;

/**
 * The order in which the tuples of a recursive relation came. INVARIANT: between deltas every tuple has a derivation from tuples
 * of the recursion that came before it, so a tuple all of whose such derivations are gone is the only kind that must go.
 * While everything is computed from nothing rows lie in that order; ranks are made when the first delta needs them.
 */
export class TupleOrder {
  ranks = new Int32Array(0);
  readonly #table: Table;
  /** Shared by the relations of the recursion. */
  readonly #clock: { last: number };
  readonly #budget: MemoryBudget;
  /** While everything was computed from nothing: rows from which on rows and ranks count up together, and the ranks there. */
  readonly #stretchRows = new IntList();
  readonly #stretchRanks = new IntList();
  readonly #rows = new IntList();
  readonly #oldRanks = new IntList();

  constructor(table: Table, clock: { last: number }, budget: MemoryBudget) {
    this.#table = table;
    this.#clock = clock;
    this.#budget = budget;
  }

  /** Notes that the rows from `from` to `to` came at once, while everything was computed from nothing. */
  arriveAll(from: number, to: number): void {
    if (from === to) return;
    const rank = this.#clock.last + 1;
    const at = this.#stretchRows.length - 1;
    const continues = at >= 0 && rank - this.#stretchRanks.at(at) === from - this.#stretchRows.at(at);
    if (!continues) {
      this.#stretchRows.push(from);
      this.#stretchRanks.push(rank);
    }
    this.#clock.last += to - from;
  }

  /** Makes a rank for every row that might be. */
  follow(): void {
    const { capacity } = this.#table;
    if (this.ranks.length < capacity) {
      this.#budget.take(4 * (capacity - this.ranks.length));
      const ranks = new Int32Array(capacity);
      ranks.set(this.ranks);
      this.ranks = ranks;
    }
    for (let at = 0; at < this.#stretchRows.length; at++) {
      const [row, rank] = [this.#stretchRows.at(at), this.#stretchRanks.at(at)];
      const to = at + 1 < this.#stretchRows.length ? this.#stretchRows.at(at + 1) : this.#table.top;
      for (let next = row; next < to; next++) this.ranks[next] = rank + next - row;
    }
    this.#stretchRows.clear();
    this.#stretchRanks.clear();
  }

  /** Makes `row` the latest tuple of the recursion. */
  arrive(row: number): void {
    if (row >= this.ranks.length) this.follow();
    this.#rows.push(row);
    this.#oldRanks.push(this.ranks[row] as number);
    this.ranks[row] = ++this.#clock.last;
  }

  /**
   * Gives the tuples of all relations of a recursion new ranks in the order that they have, where the last rank has passed `bound`.
   * To be called between deltas.
   */
  static renumber(orders: readonly TupleOrder[], bound: number = RENUMBER_AT): void {
    const [first] = orders;
    if (first === undefined || first.#clock.last < bound) return;
    const entries: { order: TupleOrder; row: number }[] = [];
    for (const order of orders) {
      const table = order.#table;
      for (let row = table.nextVisible(-1); row >= 0; row = table.nextVisible(row)) entries.push({ order, row });
    }
    entries.sort((a, b) => (a.order.ranks[a.row] as number) - (b.order.ranks[b.row] as number));
    for (const [at, { order, row }] of entries.entries()) order.ranks[row] = at + 1;
    first.#clock.last = entries.length;
  }

  keep(): void {
    this.#rows.clear();
    this.#oldRanks.clear();
  }

  rollback(): void {
    while (this.#rows.length > 0) this.ranks[this.#rows.pop()] = this.#oldRanks.pop();
  }
}
