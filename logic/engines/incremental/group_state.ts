import { emptyValue, foldValues, integerTotal, NO_VALUE } from "./group_fold.ts";
import { IntList } from "./int_list.ts";
import type { MemoryBudget } from "./memory_budget.ts";
import type { GroupNode } from "./network.ts";
import { INLINE_END, type Pools } from "./pools.ts";
import { Table, TOUCHED, VISIBLE } from "./table.ts";

/** The values of a group's members, one a member, by evaluating its elements for the group's outer cells; or the failure of one. */
export type GroupScan = (outer: readonly number[]) => number[] | number;

/** Past this a sum is moved into a BigInt, so that doubles stay exact. */
const EXACT = 2 ** 52;
/** State bit: the extreme may be gone, so the members must be looked through. */
const RESCAN = 16;

/** What a group was before the open delta touched it. */
interface Undo {
  readonly members: IntList;
  readonly errors: IntList;
  readonly values: IntList;
  readonly sums: number[];
  readonly bigSums: (bigint | undefined)[];
}

/**
 * The groups of one aggregate. Members come and go one by one; the value that rules see changes only when the aggregate's turn
 * comes. Mutable arrays, one entry a row of `table`, whose rows are the groups.
 */
export class GroupState {
  readonly node: GroupNode;
  readonly table: Table;
  /** What rules see: a cell, a failure or `NO_VALUE`. */
  values = new Int32Array(0);
  #members = new Int32Array(0);
  /** Members whose evaluation failed. */
  #errors = new Int32Array(0);
  #sums = new Float64Array(0);
  #best = new Int32Array(0);
  readonly #bigSums = new Map<number, bigint>();
  readonly #codes = new Map<number, number>();
  readonly #undo: Undo = { members: new IntList(), errors: new IntList(), values: new IntList(), sums: [], bigSums: [] };
  readonly #pools: Pools;
  readonly #budget: MemoryBudget;
  /** The value of a group without members. */
  readonly empty: number;
  readonly #isExtreme: boolean;
  readonly #sumsUp: boolean;
  /** Set by whoever compiles the elements. */
  scan: GroupScan = () => [];

  constructor(node: GroupNode, pools: Pools, budget: MemoryBudget, mostRows: number) {
    this.node = node;
    this.#pools = pools;
    this.#budget = budget;
    this.table = new Table({ name: node.owner, types: node.outer, counted: false, derived: false, mostRows, budget });
    this.empty = emptyValue(node, pools);
    this.#isExtreme = node.op === "min" || node.op === "max";
    this.#sumsUp = (node.op === "sum" || node.op === "mean") && node.type !== "float";
  }

  value(...outer: readonly number[]): number {
    if (this.node.inline) return this.compute(outer);
    const row = this.table.find(...outer);
    return row < 0 ? this.empty : (this.values[row] as number);
  }

  /** The value of a group that is computed where it is asked for. */
  compute(outer: readonly number[]): number {
    const values = this.scan(outer);
    if (typeof values === "number") return values;
    return foldValues(this.node, this.#pools, values);
  }

  /** A member with this value comes (sign 1) or goes (sign -1). */
  add(row: number, value: number, sign: number): void {
    this.#touch(row);
    this.#members[row] = (this.#members[row] as number) + sign;
    if (this.#sumsUp) this.#addUp(row, value, sign);
    else if (this.#isExtreme) this.#extend(row, value, sign);
  }

  /** A member that cannot be evaluated comes or goes. */
  fail(row: number, code: number, sign: number): void {
    this.#touch(row);
    this.#errors[row] = (this.#errors[row] as number) + sign;
    this.#codes.set(row, code);
  }

  /** Makes a row that `table` has just obtained a group. */
  admit(row: number): void {
    if (row >= this.values.length) this.#grow();
    if (this.table.logged) {
      if (((this.table.states[row] as number) & (TOUCHED | VISIBLE)) === 0) this.#clear(row);
    } else if (((this.table.states[row] as number) & VISIBLE) === 0) {
      this.#clear(row);
      this.table.show(row);
    }
  }

  /** The value that a touched group has now. */
  current(row: number): number {
    if ((this.#errors[row] as number) > 0) return this.#codes.get(row) as number;
    const members = this.#members[row] as number;
    if (members < 0 || (this.#errors[row] as number) < 0) throw new Error("a group lost more members than it had");
    if (members === 0) return this.empty;
    if (this.node.op === "count") return members;
    if (this.#sumsUp) return integerTotal(this.node, this.#pools, this.#sum(row), members);
    if (this.#isExtreme && ((this.table.states[row] as number) & RESCAN) === 0) return this.#best[row] as number;
    const value = this.compute(this.table.columns.map((column) => column[row] as number));
    this.#best[row] = value;
    return value;
  }

  /** Makes the current value the one that rules see, after everything was computed from nothing. */
  settleAll(): void {
    for (let row = 0; row < this.table.top; row++) this.values[row] = this.current(row);
  }

  /** Makes `value` what rules see. */
  settle(row: number, value: number): void {
    this.values[row] = value;
    const isVisible = ((this.table.states[row] as number) & VISIBLE) !== 0;
    const isThere = (this.#members[row] as number) > 0 || (this.#errors[row] as number) > 0;
    if (isThere && !isVisible) this.table.show(row);
    if (!isThere && isVisible) this.table.hide(row);
    this.table.states[row] = (this.table.states[row] as number) & ~RESCAN;
  }

  keep(): void {
    for (let at = 0; at < this.table.touched.length; at++) {
      const row = this.table.touched.at(at);
      if (this.#errors[row] === 0) this.#codes.delete(row);
      if (this.#members[row] === 0) this.#bigSums.delete(row);
    }
    this.table.keep();
    this.#forget();
  }

  rollback(): void {
    const { members, errors, values, sums, bigSums } = this.#undo;
    for (let at = 0; at < members.length; at++) {
      const row = this.table.touched.at(at);
      this.#members[row] = members.at(at);
      this.#errors[row] = errors.at(at);
      this.values[row] = values.at(at);
      this.#sums[row] = sums[at] as number;
      const big = bigSums[at];
      if (big === undefined) this.#bigSums.delete(row);
      else this.#bigSums.set(row, big);
      if (this.#isExtreme) this.#best[row] = values.at(at);
    }
    this.table.rollback();
    this.#forget();
  }

  /** Groups with their members, errors and value, for comparing states in tests. */
  *entries(): Generator<{ outer: number[]; members: number; errors: number; value: number }> {
    for (let row = this.table.nextVisible(-1); row >= 0; row = this.table.nextVisible(row)) {
      const outer = this.table.columns.map((column) => column[row] as number);
      yield { outer, members: this.#members[row] as number, errors: this.#errors[row] as number, value: this.values[row] as number };
    }
  }

  bytes(): number {
    const arrays = [this.values, this.#members, this.#errors, this.#sums, this.#best];
    return this.table.bytes() + arrays.reduce((sum, array) => sum + array.byteLength, 0);
  }

  #touch(row: number): void {
    if (!this.table.logged || ((this.table.states[row] as number) & TOUCHED) !== 0) return;
    this.table.touch(row);
    this.#undo.members.push(this.#members[row] as number);
    this.#undo.errors.push(this.#errors[row] as number);
    this.#undo.values.push(this.values[row] as number);
    this.#undo.sums.push(this.#sums[row] as number);
    this.#undo.bigSums.push(this.#bigSums.get(row));
    if (this.#errors[row] !== 0) this.#mark(row);
  }

  #mark(row: number): void {
    this.table.states[row] = (this.table.states[row] as number) | RESCAN;
  }

  #addUp(row: number, value: number, sign: number): void {
    if (value >= INLINE_END) {
      const big = BigInt(sign) * (this.#pools.decode(value, this.node.type) as bigint);
      this.#bigSums.set(row, (this.#bigSums.get(row) ?? 0n) + big);
      return;
    }
    const sum = (this.#sums[row] as number) + sign * value;
    if (Math.abs(sum) < EXACT) {
      this.#sums[row] = sum;
    } else {
      this.#bigSums.set(row, (this.#bigSums.get(row) ?? 0n) + BigInt(sum));
      this.#sums[row] = 0;
    }
  }

  #sum(row: number): bigint {
    return BigInt(this.#sums[row] as number) + (this.#bigSums.get(row) ?? 0n);
  }

  #extend(row: number, value: number, sign: number): void {
    const best = this.#best[row] as number;
    if (sign < 0) {
      if (value === best) this.#mark(row);
      return;
    }
    if (best === NO_VALUE) {
      this.#best[row] = value;
      return;
    }
    const order = this.#pools.compare(value, best, this.node.type);
    if (this.node.op === "min" ? order < 0 : order > 0) this.#best[row] = value;
  }

  #clear(row: number): void {
    this.#members[row] = 0;
    this.#errors[row] = 0;
    this.values[row] = this.empty;
    if (this.#sumsUp) this.#sums[row] = 0;
    if (this.#isExtreme) this.#best[row] = NO_VALUE;
    this.#bigSums.delete(row);
  }

  #forget(): void {
    const { members, errors, values, sums, bigSums } = this.#undo;
    for (const list of [members, errors, values]) list.clear();
    sums.length = 0;
    bigSums.length = 0;
  }

  #grow(): void {
    const { capacity } = this.table;
    const more = capacity - this.values.length;
    this.#budget.take(more * (12 + (this.#sumsUp ? 8 : 0) + (this.#isExtreme ? 4 : 0)));
    this.values = grown(this.values, capacity);
    this.#members = grown(this.#members, capacity);
    this.#errors = grown(this.#errors, capacity);
    if (this.#isExtreme) this.#best = grown(this.#best, capacity);
    if (!this.#sumsUp) return;
    const sums = new Float64Array(capacity);
    sums.set(this.#sums);
    this.#sums = sums;
  }
}

function grown(from: Int32Array, capacity: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(capacity);
  larger.set(from);
  return larger;
}
