import type { KeyIndex } from "../key_index.ts";
import type { Table } from "../table.ts";

/** Tables and groups up to this size are looked through; for larger ones an index pays. */
const FEW_ROWS = 64;
const MANY_ROWS = 1024;

/**
 * The visible rows of a table that have given cells in some columns: `for (row = first(key); row >= 0; row = next(row, key))`. It
 * uses an index that plans have built where one will do, and otherwise has one built when first asked.
 */
export class RowAccess {
  readonly #table: Table;
  /** Ascending positions that `key` gives. */
  readonly #columns: readonly number[];
  #index: KeyIndex | null = null;
  /** Places in the key that the index takes, and those it leaves to be compared. */
  #indexed: readonly number[] = [];
  #compared: readonly number[];

  constructor(table: Table, columns: readonly number[]) {
    this.#table = table;
    this.#columns = columns;
    this.#compared = columns.map((_, at) => at);
  }

  first(key: readonly number[]): number {
    const table = this.#table;
    if (this.#columns.length === table.types.length) {
      const row = table.find(...key);
      return table.isVisible(row) ? row : -1;
    }
    if (this.#columns.length === 0) return table.nextVisible(-1);
    if (this.#index === null && table.visible > FEW_ROWS) this.#choose();
    return this.#matching(this.#head(key), key);
  }

  next(row: number, key: readonly number[]): number {
    if (this.#columns.length === this.#table.types.length) return -1;
    return this.#matching(this.#after(row), key);
  }

  #head(key: readonly number[]): number {
    if (this.#index === null) return this.#table.nextVisible(-1);
    const head = this.#index.head(...this.#indexed.map((at) => key[at] as number));
    if (this.#compared.length === 0 || !this.#isLong(head)) return head;
    this.#use(this.#table.index(this.#columns));
    return (this.#index as KeyIndex).head(...key);
  }

  #after(row: number): number {
    if (this.#index === null) return this.#table.nextVisible(row);
    return this.#index.chained ? (this.#index.next[row] as number) : -1;
  }

  #matching(from: number, key: readonly number[]): number {
    let row = from;
    while (row >= 0 && !this.#matches(row, key)) row = this.#after(row);
    return row;
  }

  #matches(row: number, key: readonly number[]): boolean {
    for (const at of this.#compared) if (this.#table.columns[this.#columns[at] as number]?.[row] !== key[at]) return false;
    return true;
  }

  #isLong(head: number): boolean {
    let row = head;
    for (let count = 0; row >= 0; count++) {
      if (count === MANY_ROWS) return true;
      row = this.#after(row);
    }
    return false;
  }

  /** Takes the index with the most groups among those on some of the columns, if its groups are small; otherwise a new one. */
  #choose(): void {
    const usable = this.#table.indexes.filter((index) => index.columns.every((column) => this.#columns.includes(column)));
    const best = usable.toSorted((a, b) => b.groups - a.groups)[0];
    const isFine = best !== undefined && this.#table.visible <= best.groups * FEW_ROWS;
    this.#use(isFine ? best : this.#table.index(this.#columns));
  }

  #use(index: KeyIndex): void {
    this.#index = index;
    this.#indexed = index.columns.map((column) => this.#columns.indexOf(column));
    this.#compared = this.#columns.flatMap((column, at) => (index.columns.includes(column) ? [] : [at]));
  }
}
