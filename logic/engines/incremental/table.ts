import type { ValueType } from "../../../schema/value.ts";
import { IntList } from "./int_list.ts";
import { DENSE_LOAD, FIRST_BITS, SPARSE_LOAD, slotBits } from "./key_code.ts";
import { KeyIndex } from "./key_index.ts";
import { LimitReached } from "./limit_reached.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import { type RowCode, rowCode } from "./row_code.ts";

/** Bits of a row's state. A row that is held but not visible is on its way in or out. */
export const VISIBLE = 1;
/** Touched by the open delta, and listed in `touched`. */
export const TOUCHED = 2;
/** To be visible once its relation's turn comes; of relations without counts. */
export const WANTED = 4;
/** Waiting in a queue of the recursion. */
export const QUEUED = 8;

const FIRST_CAPACITY = 8;
const MOST_ROWS = 2 ** 30;
const FAST_GROWTH = 2 ** 20;

export interface TableInput {
  readonly name: string;
  readonly types: readonly ValueType[];
  /** Whether rows carry the number of their derivations. */
  readonly counted: boolean;
  /** Whether it is filled by rules, which look for the same tuples again and again. */
  readonly derived: boolean;
  /** How many visible rows there may be. */
  readonly mostRows: number;
  readonly budget: MemoryBudget;
}

/**
 * The rows of one relation: a column of cells an attribute, a set of rows by open addressing, indexes on the columns that plans
 * probe. Rows of the open delta are noted so that it can be undone. Mutable typed arrays, read and written by generated code.
 *
 * A row is *held* while the set of rows has it; only *visible* rows are in indexes and mean tuples of the relation.
 */
export class Table {
  readonly name: string;
  readonly types: readonly ValueType[];
  readonly columns: Int32Array<ArrayBuffer>[];
  states = new Uint8Array(FIRST_CAPACITY);
  counts: Int32Array<ArrayBuffer>;
  readonly counted: boolean;
  readonly derived: boolean;
  /** Row + 1, or 0 where free. */
  slots = new Int32Array(2 ** FIRST_BITS);
  mask = 2 ** FIRST_BITS - 1;
  shift = 32 - FIRST_BITS;
  fullAt = 0;
  capacity = FIRST_CAPACITY;
  /** One past the last row ever used. */
  top = 0;
  held = 0;
  visible = 0;
  readonly mostRows: number;
  readonly indexes: KeyIndex[] = [];
  /** Rows touched by the open delta, and the counts they had. */
  readonly touched = new IntList();
  readonly oldCounts = new IntList();
  /** Net change of the open delta: set when the relation's turn comes. */
  readonly added = new IntList();
  readonly removed = new IntList();
  readonly #created = new IntList();
  /** Rows shown (even) and hidden (odd) by the open delta, in order: 2 × row + which. */
  readonly #log = new IntList();
  readonly #free = new IntList();
  #firstNew = 0;
  /** False while everything is computed from nothing, which is not undone. */
  logged = false;
  readonly #budget: MemoryBudget;
  readonly #load: number;
  readonly code: RowCode;

  constructor({ name, types, counted, derived, mostRows, budget }: TableInput) {
    this.name = name;
    this.types = types;
    this.counted = counted;
    this.derived = derived;
    this.mostRows = mostRows;
    this.columns = types.map(() => new Int32Array(FIRST_CAPACITY));
    this.counts = new Int32Array(counted ? FIRST_CAPACITY : 0);
    this.#budget = budget;
    this.#load = derived ? SPARSE_LOAD : DENSE_LOAD;
    this.fullAt = Math.floor(2 ** FIRST_BITS * this.#load);
    this.code = rowCode(types.length);
    budget.take(this.bytes());
  }

  /** The row of these cells where it is held, or -1. */
  find(...cells: readonly number[]): number {
    return this.code.find(this, ...cells);
  }

  /** The row of these cells, held from now on; a new one is not visible and has the count 0. */
  obtain(...cells: readonly number[]): number {
    return this.code.obtain(this, ...cells);
  }

  isVisible(row: number): boolean {
    return row >= 0 && ((this.states[row] as number) & VISIBLE) !== 0;
  }

  /** A row for cells that are not held, for `obtain`. Errors: `EngineLimit`. */
  newRow(): number {
    // What is on its way in and out together stays within twice the bound; `checkRows` holds what is there to the bound itself.
    if (this.held >= this.mostRows * (this.logged ? 2 : 1)) throw new LimitReached("rows_derived", this.name);
    let row: number;
    if (this.#free.length > 0) {
      row = this.#free.pop();
    } else {
      if (this.top === this.capacity) this.reserve(grownCapacity(this.capacity));
      row = this.top++;
    }
    this.states[row] = 0;
    if (this.counted) this.counts[row] = 0;
    if (this.logged) this.#created.push(row);
    return row;
  }

  /** Notes that the open delta touches `row`. */
  touch(row: number): void {
    const state = this.states[row] as number;
    if ((state & TOUCHED) !== 0) return;
    this.states[row] = state | TOUCHED;
    this.touched.push(row);
    if (this.counted) this.oldCounts.push(this.counts[row] as number);
  }

  /** Makes a held row a tuple. Errors: `EngineLimit("engine_mb")`, nothing being changed. */
  show(row: number): void {
    let linked = 0;
    try {
      for (; linked < this.indexes.length; linked++) this.indexes[linked]?.link(row);
    } catch (error) {
      while (linked-- > 0) this.indexes[linked]?.unlink(row);
      throw error;
    }
    this.states[row] = (this.states[row] as number) | VISIBLE;
    this.visible++;
    if (this.logged) this.#log.push(2 * row);
  }

  hide(row: number): void {
    this.states[row] = (this.states[row] as number) & ~VISIBLE;
    this.visible--;
    for (const index of this.indexes) index.unlink(row);
    if (this.logged) this.#log.push(2 * row + 1);
  }

  /** Errors: `LimitReached("rows_derived")` where there are more tuples than the bound. */
  checkRows(): void {
    if (this.visible > this.mostRows) throw new LimitReached("rows_derived", this.name);
  }

  /** Whether some row to be shown would be the first to share its key in an index that has no chains yet. */
  wouldChain(row: number): boolean {
    return this.indexes.some((index) => !index.chained && index.headOf(row) >= 0);
  }

  /** Shows the rows from `from` on, which bulk evaluation has placed. */
  showFrom(from: number): void {
    for (let row = from; row < this.top; row++) this.states[row] = (this.states[row] as number) | VISIBLE;
    this.visible += this.top - from;
    for (const index of this.indexes) index.linkFrom(from);
  }

  /** The next visible row after `row`, or -1. */
  nextVisible(row: number): number {
    const { states, top } = this;
    for (let next = row + 1; next < top; next++) if (((states[next] as number) & VISIBLE) !== 0) return next;
    return -1;
  }

  /** The index on these ascending positions, built now where it is new. `groups` is how many keys to expect. */
  index(columns: readonly number[], groups = 0): KeyIndex {
    const found = this.indexes.find((index) => index.columns.join() === columns.join());
    if (found !== undefined) return found;
    const index = new KeyIndex(this, columns, this.#budget);
    index.build(groups);
    this.indexes.push(index);
    return index;
  }

  open(): void {
    this.logged = true;
    this.#firstNew = this.top;
  }

  /** Lets go of what the open delta removed. */
  keep(): void {
    for (let at = 0; at < this.touched.length; at++) {
      const row = this.touched.at(at);
      const state = (this.states[row] as number) & ~(TOUCHED | WANTED | QUEUED);
      this.states[row] = state;
      if ((state & VISIBLE) === 0) this.#release(row);
    }
    this.#close();
  }

  /** Puts back what was before `open`. */
  rollback(): void {
    this.undoShows();
    for (let at = 0; at < this.touched.length; at++) {
      const row = this.touched.at(at);
      this.states[row] = (this.states[row] as number) & VISIBLE;
      if (this.counted) this.counts[row] = this.oldCounts.at(at);
    }
    while (this.#created.length > 0) {
      const row = this.#created.pop();
      this.code.drop(this, row);
      this.held--;
      if (row >= this.#firstNew) this.top--;
      else this.#free.push(row);
    }
    this.#close();
  }

  /** Hides what the open delta has shown and shows what it has hidden, latest first. */
  undoShows(): void {
    this.logged = false;
    while (this.#log.length > 0) {
      const entry = this.#log.pop();
      if ((entry & 1) === 0) this.hide(entry >> 1);
      else this.show(entry >> 1);
    }
    this.logged = true;
  }

  /** Makes room for this many rows. Errors: `EngineLimit("engine_mb")`. */
  reserve(capacity: number): void {
    if (capacity <= this.capacity) return;
    if (capacity > MOST_ROWS) throw new LimitReached("engine_mb", this.name);
    const perRow = 4 * this.columns.length + 1 + (this.counted ? 4 : 0);
    this.#budget.take(perRow * (capacity - this.capacity));
    for (const index of this.indexes) index.grow(capacity);
    for (const [position, column] of this.columns.entries()) this.columns[position] = grown(column, capacity);
    if (this.counted) this.counts = grown(this.counts, capacity);
    const states = new Uint8Array(capacity);
    states.set(this.states);
    this.states = states;
    this.capacity = capacity;
  }

  /** Makes room in the set of rows for this many. */
  reserveSlots(rows: number): void {
    const bits = slotBits(rows, this.#load);
    if (2 ** bits > this.slots.length) this.#resize(bits);
  }

  /** Makes room for this many rows more, so that a loop that adds some seldom has the arrays replaced under it. */
  reserveMore(rows: number): void {
    if (this.fullAt - this.held < rows) this.reserveSlots(this.held + rows);
  }

  growSlots(): void {
    // Small sets grow faster, since placing their rows anew is the dearer part.
    this.#resize((this.slots.length < FAST_GROWTH ? 34 : 33) - this.shift);
  }

  /** How many rows are held or were. */
  get freeRows(): number {
    return this.#free.length;
  }

  bytes(): number {
    const columns = this.columns.reduce((sum, column) => sum + column.byteLength, 0);
    const indexes = this.indexes.reduce((sum, index) => sum + index.bytes(), 0);
    return columns + indexes + this.states.byteLength + this.counts.byteLength + this.slots.byteLength;
  }

  #release(row: number): void {
    this.code.drop(this, row);
    this.held--;
    this.#free.push(row);
  }

  #close(): void {
    for (const list of [this.touched, this.oldCounts, this.added, this.removed, this.#created, this.#log]) list.clear();
    this.#firstNew = this.top;
  }

  #resize(bits: number): void {
    this.#budget.take(4 * (2 ** bits - this.slots.length));
    const old = this.slots;
    this.slots = new Int32Array(2 ** bits);
    this.mask = 2 ** bits - 1;
    this.shift = 32 - bits;
    this.fullAt = Math.floor(2 ** bits * this.#load);
    this.code.refill(this, old);
    // Generated code that holds tuples relies on it: what the slots it knows name lies in the columns that it knows.
    if (this.derived) this.reserve(this.fullAt);
  }
}

/** Doubles what is small; what is large grows by a quarter, so that a base just loaded does not double at its next fact. */
function grownCapacity(capacity: number): number {
  return capacity < FAST_GROWTH ? 2 * capacity : Math.ceil(capacity * 1.25);
}

function grown(column: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(column);
  return larger;
}
