import type { Alphabet } from "./alphabet.ts";
import type { Word } from "./prefix_order.ts";

/** The first of a history's words in the order of the letters: the lexicographic normal form (Anisimov and Knuth 1979). */
export function leastWord(alphabet: Alphabet, word: Word): number[] {
  const rest = [...word];
  const least: number[] = [];
  const letters = new Set(word).size;
  while (rest.length > 0) least.push(...rest.splice(leastFirst(alphabet, rest, letters), 1));
  return least;
}

/** The place of the least letter that is independent of all before it. */
function leastFirst(alphabet: Alphabet, rest: Word, letters: number): number {
  let best = 0;
  const before = new Set<number>();
  for (const [at, letter] of rest.entries()) {
    if (before.has(letter)) continue;
    if (letter < (rest[best] ?? 0) && before.values().every((other) => alphabet.isIndependent(other, letter))) best = at;
    before.add(letter);
    if (before.size === letters) break;
  }
  return best;
}
