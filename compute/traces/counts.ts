import type { Alphabet } from "./alphabet.ts";

/**
 * Coefficients of the alphabet's clique polynomial, from the constant term on: (-1)^k times the number of sets of k pairwise
 * independent letters. Its inverse generates the numbers of histories by length (Cartier and Foata 1969).
 */
export function cliquePolynomial(alphabet: Alphabet): bigint[] {
  const counts: bigint[] = [];
  let sets: number[][] = [[]];
  for (let size = 0; sets.length > 0; size++) {
    counts.push(size % 2 === 0 ? BigInt(sets.length) : -BigInt(sets.length));
    sets = sets.flatMap((set) => largerCliques(alphabet, set));
  }
  return counts;
}

/** How many histories there are of each length from 0 to `length`. */
export function historiesByLength(alphabet: Alphabet, length: number): bigint[] {
  const polynomial = cliquePolynomial(alphabet);
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
