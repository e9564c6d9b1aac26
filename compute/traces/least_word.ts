import type { Alphabet } from "./alphabet.ts";
import type { Word } from "./prefix_order.ts";

/** The first of a history's words in the order of the letters: the lexicographic normal form (Anisimov and Knuth 1979). */
export function leastWord(alphabet: Alphabet, word: Word): number[] {
  const rest = [...word];
  const least: number[] = [];
  while (rest.length > 0) {
    let best = -1;
    for (const [at, letter] of rest.entries()) {
      const isFirst = rest.slice(0, at).every((other) => alphabet.isIndependent(other, letter));
      if (isFirst && (best < 0 || letter < (rest[best] ?? 0))) best = at;
    }
    least.push(...rest.splice(best, 1));
  }
  return least;
}
