import { AssayError } from "../../schema/assay_error.ts";
import { limits as defaults, type Limits } from "../../schema/limits.ts";
import type { Alphabet } from "./alphabet.ts";
import type { Word } from "./prefix_order.ts";

/** Counts of letters held at once, whatever the bound on prefixes: some 50 megabytes. */
const CELLS = 25_000_000;

/** A prefix by how often each letter stands in it, and the ways up to it. */
interface Prefix {
  readonly taken: Uint32Array;
  words: bigint;
}

/**
 * How many prefixes a history has, itself and the empty one included, and in how many orders its steps may have been done: a prefix is told by
 * how many of each letter are in it, for a letter depends on itself. Errors: `limit.step_histories` where the prefixes are more.
 */
export function countPrefixes(
  alphabet: Alphabet,
  word: Word,
  { step_histories: bound }: Pick<Limits, "step_histories">,
): { readonly prefixes: number; readonly words: bigint } {
  const needs = needsOf(alphabet, word);
  const most = Math.min(bound, Math.floor(CELLS / Math.max(1, needs.length)));
  let level: readonly Prefix[] = [{ taken: new Uint32Array(needs.length), words: 1n }];
  let prefixes = 1;
  for (let depth = 0; depth < word.length; depth++) {
    level = longer(level, needs, most - prefixes);
    prefixes += level.length;
  }
  return { prefixes, words: level[0]?.words ?? 0n };
}

/** For each letter of a word and each time that it stands there: how often every letter that it depends on stands before it. */
function needsOf(alphabet: Alphabet, word: Word): readonly (readonly number[])[][] {
  const letters = [...new Set(word)];
  const seen = letters.map(() => 0);
  const needs: (readonly number[])[][] = letters.map(() => []);
  for (const letter of word) {
    const own = letters.indexOf(letter);
    needs[own]?.push(letters.map((other, at) => (other !== letter && !alphabet.isIndependent(other, letter) ? (seen[at] ?? 0) : 0)));
    seen[own] = (seen[own] ?? 0) + 1;
  }
  return needs;
}

/** The prefixes that are longer by one letter. Errors: `limit.step_histories` where they are more than `most`. */
function longer(level: readonly Prefix[], needs: readonly (readonly (readonly number[])[])[], most: number): readonly Prefix[] {
  const next = new Map<string, Prefix>();
  for (const { taken, words } of level) {
    for (const [at, times] of needs.entries()) {
      const needed = times[taken[at] ?? 0];
      if (needed === undefined || !needed.every((count, other) => count <= (taken[other] ?? 0))) continue;
      const more = taken.slice();
      more[at] = (taken[at] ?? 0) + 1;
      const key = more.join();
      const known = next.get(key);
      if (known === undefined) next.set(key, { taken: more, words });
      else known.words += words;
      if (next.size > most)
        throw new AssayError("limit.step_histories", `a history has too many ${defaults.step_histories.unit} as prefixes to count them`);
    }
  }
  return [...next.values()];
}
