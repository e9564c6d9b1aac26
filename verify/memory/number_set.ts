const EMPTY = -1;
const LEAST_SLOTS = 1_024;

/** Whole numbers from 0 to 2^53 - 1, spread evenly, at 16 to 32 bytes each: one growing table with open addressing. */
export class NumberSet {
  #slots = new Float64Array(LEAST_SLOTS).fill(EMPTY);
  #count = 0;

  has(number: number): boolean {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = number & mask; ; at = (at + 1) & mask) {
      if (slots[at] === number) return true;
      if (slots[at] === EMPTY) return false;
    }
  }

  add(number: number): void {
    if ((this.#count + 1) * 2 > this.#slots.length) this.#grow();
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = number & mask;
    while (slots[at] !== EMPTY && slots[at] !== number) at = (at + 1) & mask;
    if (slots[at] === number) return;
    slots[at] = number;
    this.#count += 1;
  }

  #grow(): void {
    const before = this.#slots;
    const slots = new Float64Array(before.length * 2).fill(EMPTY);
    const mask = slots.length - 1;
    for (const number of before) {
      if (number === EMPTY) continue;
      let at = number & mask;
      while (slots[at] !== EMPTY) at = (at + 1) & mask;
      slots[at] = number;
    }
    this.#slots = slots;
  }
}
