import { Choices } from "./choices.ts";

/** A stream of choices that follows from a seed (mulberry32), `length` of them. */
export function seededChoices(seed: number, length: number): Choices {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return new Choices(Array.from({ length }, () => next() % 10_000));
}
