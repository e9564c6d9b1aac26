import { compileSource, DENSE_LOAD, FIRST_BITS, range, STEP, STEP_INVERSE, slotBits, slotSource } from "./key_code.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import type { Table } from "./table.ts";

/**
 * The visible rows of a table by the values of some columns. Open addressing finds the head of a group; the rows of a group are
 * chained both ways behind it, so that adding and removing a row costs the same however large its group is. While no group has
 * a second row there are no chains at all: a key costs one slot. Mutable typed arrays, read by generated code.
 */
export class KeyIndex {
  readonly table: Table;
  /** Ascending positions, at least one. */
  readonly columns: readonly number[];
  /** Head row + 1, or 0 where free. */
  slots = new Int32Array(2 ** FIRST_BITS);
  mask = 2 ** FIRST_BITS - 1;
  shift = 32 - FIRST_BITS;
  /** Whether `next` and `prev` are there; while they are not, every group has one row. */
  chained = false;
  next = EMPTY;
  /** At the head of a group minus the number of its rows, at every other row the one before it. */
  prev = EMPTY;
  groups = 0;
  fullAt = Math.floor(2 ** FIRST_BITS * DENSE_LOAD);
  readonly #budget: MemoryBudget;
  readonly #code: IndexCode;

  constructor(table: Table, columns: readonly number[], budget: MemoryBudget) {
    this.table = table;
    this.columns = columns;
    this.#budget = budget;
    this.#code = indexCode(columns);
    budget.take(this.slots.byteLength);
  }

  /** The head of the group of these key cells, or -1. */
  head(...key: readonly number[]): number {
    return this.#code.head(this, ...key);
  }

  /** The head of the group that `row` is in or would be in, or -1. */
  headOf(row: number): number {
    return this.#code.headOf(this, row);
  }

  link(row: number): void {
    this.#code.link(this, row);
  }

  /** Links the visible rows from `from` on. */
  linkFrom(from: number): void {
    this.#code.linkFrom(this, from);
  }

  unlink(row: number): void {
    this.#code.unlink(this, row);
  }

  /** How many rows the group of a head has. */
  sizeOf(head: number): number {
    if (head < 0) return 0;
    return this.chained ? -(this.prev[head] as number) : 1;
  }

  /** Links the visible rows of a table that the index is new to; `groups` is how many keys to expect. */
  build(groups: number): void {
    const bits = slotBits(groups, DENSE_LOAD);
    if (2 ** bits > this.slots.length) this.#resize(bits);
    this.linkFrom(0);
    // The estimate may have been far too high.
    const enough = slotBits(2 * this.groups, DENSE_LOAD);
    if (2 ** enough < this.slots.length) this.#resize(enough);
  }

  /** The first group with a second row needs the chains. */
  chain(): void {
    this.next = this.#array(this.table.capacity, -1);
    this.prev = this.#array(this.table.capacity, -1);
    this.chained = true;
  }

  /** Follows the table's capacity. */
  grow(capacity: number): void {
    if (!this.chained) return;
    this.next = this.#grown(this.next, capacity, -1);
    this.prev = this.#grown(this.prev, capacity, -1);
  }

  growSlots(): void {
    this.#resize(33 - this.shift);
  }

  bytes(): number {
    return this.slots.byteLength + this.next.byteLength + this.prev.byteLength;
  }

  #array(length: number, value: number): Int32Array<ArrayBuffer> {
    this.#budget.take(4 * length);
    return new Int32Array(length).fill(value);
  }

  #grown(from: Int32Array, capacity: number, value: number): Int32Array<ArrayBuffer> {
    this.#budget.take(4 * (capacity - from.length));
    const grown = new Int32Array(capacity);
    grown.set(from);
    grown.fill(value, from.length);
    return grown;
  }

  #resize(bits: number): void {
    this.#budget.take(4 * (2 ** bits - this.slots.length));
    const old = this.slots;
    this.slots = new Int32Array(2 ** bits);
    this.mask = 2 ** bits - 1;
    this.shift = 32 - bits;
    this.fullAt = Math.floor(2 ** bits * DENSE_LOAD);
    this.#code.refill(this, old);
  }
}

const EMPTY = new Int32Array(0);

interface IndexCode {
  head(index: KeyIndex, ...key: readonly number[]): number;
  headOf(index: KeyIndex, row: number): number;
  link(index: KeyIndex, row: number): void;
  linkFrom(index: KeyIndex, from: number): void;
  unlink(index: KeyIndex, row: number): void;
  refill(index: KeyIndex, old: Int32Array): void;
}

const known = new Map<string, IndexCode>();

function indexCode(columns: readonly number[]): IndexCode {
  const name = columns.join();
  const found = known.get(name);
  if (found !== undefined) return found;
  const code = compileSource<IndexCode>(indexSource(columns));
  known.set(name, code);
  return code;
}

/** The functions of an index over these positions: hashing and comparing are written out for them. */
function indexSource(columns: readonly number[]): string {
  const keys = range(columns.length).map((at) => `k${at}`);
  const load = columns.map((column, at) => `const c${at} = X.table.columns[${column}];`).join(" ");
  const read = keys.map((key, at) => `const ${key} = c${at}[row];`).join(" ");
  const same = keys.map((key, at) => `c${at}[f - 1] === ${key}`).join(" && ");
  const start = slotSource(keys, "X.shift");
  const find = `let h = 0; const slots = X.slots, mask = X.mask; let s = ${start}; let f = slots[s];
    while (f !== 0 && !(${same})) { s = (s + ${STEP}) & mask; f = slots[s]; }`;
  return `
function head(X, ${keys.join(", ")}) { ${load} ${find} return f - 1; }
function headOf(X, row) { ${load} ${read} ${find} return f - 1; }
${linkSource(`${load} ${read} ${find}`)}
${linkFromSource(load, read, start, same)}
${slotsSource(load, read, start)}
return { head, headOf, link, linkFrom, unlink, refill };`;
}

/** `find` leaves in `s` the slot of the row's key, and in `f` what stands there. */
function linkSource(find: string): string {
  return `
function link(X, row) {
  ${find}
  if (f === 0) {
    if (X.groups >= X.fullAt) { X.growSlots(); link(X, row); return; }
    slots[s] = row + 1;
    X.groups++;
    if (X.chained) { X.next[row] = -1; X.prev[row] = -1; }
    return;
  }
  if (!X.chained) X.chain();
  const next = X.next, prev = X.prev;
  slots[s] = row + 1;
  next[row] = f - 1; prev[row] = prev[f - 1] - 1;
  prev[f - 1] = row;
}
function unlink(X, row) {
  const next = X.next, prev = X.prev;
  const after = X.chained ? next[row] : -1;
  if (X.chained && prev[row] >= 0) {
    next[prev[row]] = after;
    if (after >= 0) prev[after] = prev[row];
    prev[headOf(X, row)]++;
    return;
  }
  ${find}
  if (f - 1 !== row) throw new Error("index lost a row");
  if (after >= 0) {
    slots[s] = after + 1;
    prev[after] = prev[row] + 1;
  } else {
    free(X, s);
    X.groups--;
  }
}`;
}

/** As `link` for many rows; growing, and making the chains, is left to `link`. */
function linkFromSource(load: string, read: string, start: string, same: string): string {
  return `
function linkFrom(X, from) {
  ${load} const states = X.table.states, top = X.table.top; let h = 0;
  let slots = X.slots, mask = X.mask, groups = X.groups, fullAt = X.fullAt, next = X.next, prev = X.prev;
  for (let row = from; row < top; row++) {
    if ((states[row] & 1) === 0) continue;
    ${read}
    let s = ${start}; let f = slots[s];
    while (f !== 0 && !(${same})) { s = (s + ${STEP}) & mask; f = slots[s]; }
    if (X.chained && f !== 0) {
      slots[s] = row + 1;
      next[row] = f - 1; prev[row] = prev[f - 1] - 1;
      prev[f - 1] = row;
    } else if (f === 0 && groups < fullAt) {
      slots[s] = row + 1;
      groups++;
      if (X.chained) { next[row] = -1; prev[row] = -1; }
    } else {
      X.groups = groups;
      link(X, row);
      slots = X.slots; mask = X.mask; groups = X.groups; fullAt = X.fullAt; next = X.next; prev = X.prev;
    }
  }
  X.groups = groups;
}`;
}

/** Freeing a slot, and filling new slots from old ones. */
function slotsSource(load: string, read: string, start: string): string {
  return `
function free(X, hole) {
  ${load} const slots = X.slots, mask = X.mask; let h = 0;
  for (let s = (hole + ${STEP}) & mask; slots[s] !== 0; s = (s + ${STEP}) & mask) {
    const row = slots[s] - 1;
    ${read}
    const home = ${start};
    if ((Math.imul(s - home, ${STEP_INVERSE}) & mask) >= (Math.imul(s - hole, ${STEP_INVERSE}) & mask)) { slots[hole] = slots[s]; hole = s; }
  }
  slots[hole] = 0;
}
function refill(X, old) {
  ${load} const slots = X.slots, mask = X.mask; let h = 0;
  for (let at = 0; at < old.length; at++) {
    if (old[at] === 0) continue;
    const row = old[at] - 1;
    ${read}
    let s = ${start};
    while (slots[s] !== 0) s = (s + ${STEP}) & mask;
    slots[s] = old[at];
  }
}`;
}
