import { AssayError } from "../../schema/assay_error.ts";
import { limits as defaults, type Limits } from "../../schema/limits.ts";
import type { Alphabet } from "./alphabet.ts";

/**
 * Coefficients of the alphabet's clique polynomial, from the constant term on: (-1)^k times the number of sets of k pairwise
 * independent letters. Its inverse generates the numbers of histories by length (Cartier and Foata 1969).
 * Errors: `limit.step_histories` where such sets, each of which is a history, are more.
 */
export function cliquePolynomial(alphabet: Alphabet, { step_histories: bound }: Pick<Limits, "step_histories">): bigint[] {
  const counts: bigint[] = [];
  let sets: number[][] = [[]];
  let all = 0;
  for (let size = 0; sets.length > 0; size++) {
    all += sets.length;
    if (all > bound) {
      throw new AssayError("limit.step_histories", `more than ${bound} ${defaults.step_histories.unit} are sets of independent steps`);
    }
    counts.push(size % 2 === 0 ? BigInt(sets.length) : -BigInt(sets.length));
    sets = sets.flatMap((set) => largerCliques(alphabet, set));
  }
  return counts;
}

/** How many histories there are of each length from 0 to `length`. Errors: those of `cliquePolynomial`. */
export function historiesByLength(alphabet: Alphabet, length: number, limits: Pick<Limits, "step_histories">): bigint[] {
  const polynomial = cliquePolynomial(alphabet, limits);
  const counts: bigint[] = [];
  for (let n = 0; n <= length; n++) {
    let sum = n === 0 ? 1n : 0n;
    for (let k = 1; k < polynomial.length && k <= n; k++) sum -= (polynomial[k] ?? 0n) * (counts[n - k] ?? 0n);
    counts.push(sum);
  }
  return counts;
}

function largerCliques(alphabet: Alphabet, set: readonly number[]): number[][] {
  const larger: number[][] = [];
  for (let letter = (set.at(-1) ?? -1) + 1; letter < alphabet.size; letter++) {
    if (set.every((other) => alphabet.isIndependent(other, letter))) larger.push([...set, letter]);
  }
  return larger;
}
