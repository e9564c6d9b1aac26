/** A list of int32 that grows. Mutable and without a check of its index: it serves the inner loops of the engine. */
export class IntList {
  items: Int32Array;
  length = 0;

  constructor(capacity = 16) {
    this.items = new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.items.length) {
      const items = new Int32Array(2 * this.length);
      items.set(this.items);
      this.items = items;
    }
    this.items[this.length++] = value;
  }

  /** The last value, removed. The list must not be empty. */
  pop(): number {
    return this.items[--this.length] as number;
  }

  at(position: number): number {
    return this.items[position] as number;
  }

  /** Empties the list; what a large use left behind is given up. */
  clear(): void {
    this.length = 0;
    if (this.items.length > 65_536) this.items = new Int32Array(16);
  }
}
