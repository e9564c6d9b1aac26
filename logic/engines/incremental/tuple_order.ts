import { IntList } from "./int_list.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import type { Table } from "./table.ts";

const LAST_RANK = 2 ** 31 - 2;

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
    if (this.#clock.last >= LAST_RANK) throw new Error("the order of a recursion is used up");
    this.ranks[row] = ++this.#clock.last;
  }

  keep(): void {
    this.#rows.clear();
    this.#oldRanks.clear();
  }

  rollback(): void {
    while (this.#rows.length > 0) this.ranks[this.#rows.pop()] = this.#oldRanks.pop();
  }
}
