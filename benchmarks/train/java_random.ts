const HIGH_MULTIPLIER = 0x5de;
const LOW_MULTIPLIER = 0xece66d;
const LOW_INCREMENT = 0xb;
const HALF = 0x1000000;

/**
 * `java.util.Random` (the linear congruential generator that its documentation specifies: 48 bits, multiplier 0x5DEECE66D,
 * increment 0xB), so that data drawn by a published Java program can be drawn again. The state is kept as two halves of 24 bits,
 * whose products a double holds exactly.
 */
export class JavaRandom {
  #high: number;
  #low: number;

  /** `seed` is a non-negative integer below 2^48. */
  constructor(seed: number) {
    this.#high = Math.floor(seed / HALF) ^ HIGH_MULTIPLIER;
    this.#low = (seed % HALF) ^ LOW_MULTIPLIER;
  }

  /** A value from 0 to `bound` - 1, as `nextInt(bound)` gives it. */
  nextInt(bound: number): number {
    if ((bound & -bound) === bound) return Math.floor((bound * this.#next31()) / 0x80000000);
    for (;;) {
      const bits = this.#next31();
      const value = bits % bound;
      if (bits - value + (bound - 1) < 0x80000000) return value;
    }
  }

  #next31(): number {
    const low = this.#low * LOW_MULTIPLIER + LOW_INCREMENT;
    const carry = Math.floor(low / HALF);
    this.#high = (this.#high * LOW_MULTIPLIER + this.#low * HIGH_MULTIPLIER + carry) % HALF;
    this.#low = low % HALF;
    return this.#high * 0x80 + (this.#low >>> 17);
  }
}

/** Permutes the list in place as `java.util.Collections.shuffle(list, random)` does. */
export function shuffle<T>(list: T[], random: JavaRandom): void {
  for (let size = list.length; size > 1; size -= 1) {
    const other = random.nextInt(size);
    const last = list[size - 1] as T;
    list[size - 1] = list[other] as T;
    list[other] = last;
  }
}
