import type { Violation } from "../schema/verdict.ts";

const CURSOR = /^after:(\d{1,15})$/;

/**
 * The stretch of a verdict's violations that one answer shows. All violations pass by in their order and are counted; only those
 * within the stretch are made.
 */
export class ViolationPage {
  readonly offset: number;
  readonly limit: number;
  readonly items: Violation[] = [];
  #total = 0;

  constructor(offset: number, limit: number) {
    this.offset = offset;
    this.limit = limit;
  }

  get total(): number {
    return this.#total;
  }

  add(make: () => Violation): void {
    if (this.#total >= this.offset && this.#total < this.offset + this.limit) this.items.push(make());
    this.#total += 1;
  }

  /** Counts `count` violations that follow, and says which of them (from, how many) the page shows. */
  take(count: number): { readonly from: number; readonly count: number } {
    const start = Math.max(this.offset - this.#total, 0);
    const end = Math.min(this.offset + this.limit - this.#total, count);
    this.#total += count;
    return { from: start, count: Math.max(end - start, 0) };
  }

  /** What `violations` takes to give the next page; null where this one is the last. */
  get cursor(): string | null {
    const next = this.offset + this.limit;
    return next < this.#total ? `after:${next}` : null;
  }
}

/** The offset a cursor stands for, or null where it is none of ours. */
export function cursorOffset(cursor: string): number | null {
  const offset = CURSOR.exec(cursor)?.[1];
  return offset === undefined ? null : Number(offset);
}
