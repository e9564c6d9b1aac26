import { AssayError } from "../../schema/assay_error.ts";
import { limits as defaults, type Limits } from "../../schema/limits.ts";
import type { Alphabet } from "./alphabet.ts";
import type { Word } from "./prefix_order.ts";

/**
 * How many prefixes a history has, itself and the empty one included, and in how many orders its steps may have been done: the down-sets of its
 * places, and the ways up through them. Errors: `limit.step_histories` where the prefixes are more.
 */
export function countPrefixes(
  alphabet: Alphabet,
  word: Word,
  { step_histories: bound }: Pick<Limits, "step_histories">,
): { readonly prefixes: number; readonly words: bigint } {
  const below = word.map((letter, place) =>
    word.slice(0, place).reduce((mask, other, at) => (alphabet.isIndependent(other, letter) ? mask : mask | (1n << BigInt(at))), 0n),
  );
  let level = new Map<bigint, bigint>([[0n, 1n]]);
  let prefixes = 1;
  for (let depth = 0; depth < word.length; depth++) {
    const next = new Map<bigint, bigint>();
    for (const [prefix, words] of level) {
      for (const [place, needed] of below.entries()) {
        const bit = 1n << BigInt(place);
        if ((prefix & bit) === 0n && (needed & ~prefix) === 0n) next.set(prefix | bit, (next.get(prefix | bit) ?? 0n) + words);
      }
    }
    prefixes += next.size;
    if (prefixes > bound)
      throw new AssayError("limit.step_histories", `a history has more than ${bound} ${defaults.step_histories.unit} as prefixes`);
    level = next;
  }
  return { prefixes, words: [...level.values()][0] ?? 0n };
}
