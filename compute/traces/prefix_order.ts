import type { Alphabet } from "./alphabet.ts";

/** A history as any of its words. Functions here take any word and give some word; `foataOf` makes them comparable. */
export type Word = readonly number[];

/**
 * What is left of `whole` after the prefix `part`: the unique w with part · w = whole; null where `part` is no prefix. Each letter of
 * `part` in order takes away its first occurrence that nothing dependent stands before.
 */
export function residual(alphabet: Alphabet, part: Word, whole: Word): number[] | null {
  const rest = [...whole];
  for (const letter of part) {
    const at = minimalAt(alphabet, rest, letter);
    if (at < 0) return null;
    rest.splice(at, 1);
  }
  return rest;
}

/** Whether `part` · w = `whole` for some w. */
export function isPrefix(alphabet: Alphabet, part: Word, whole: Word): boolean {
  return part.length <= whole.length && residual(alphabet, part, whole) !== null;
}

/** The greatest common prefix, and what each side has beyond it. There always is one. */
export function meet(
  alphabet: Alphabet,
  left: Word,
  right: Word,
): { readonly meet: number[]; readonly left: number[]; readonly right: number[] } {
  const common: number[] = [];
  const [x, y] = [[...left], [...right]];
  for (;;) {
    const letter = commonMinimal(alphabet, x, y);
    if (letter === null) return { meet: common, left: x, right: y };
    common.push(letter);
    x.splice(minimalAt(alphabet, x, letter), 1);
    y.splice(minimalAt(alphabet, y, letter), 1);
  }
}

/** The least history that both are prefixes of; null where there is none: two steps beyond the meet depend on each other. */
export function join(alphabet: Alphabet, left: Word, right: Word): number[] | null {
  const { meet: common, left: x, right: y } = meet(alphabet, left, right);
  const commute = x.every((a) => y.every((b) => alphabet.isIndependent(a, b)));
  return commute ? [...common, ...x, ...y] : null;
}

/** Whether a step may run beside everything in a history: it is independent of each of its letters. */
export function isPerpendicular(alphabet: Alphabet, letter: number, word: Word): boolean {
  return word.every((other) => alphabet.isIndependent(letter, other));
}

/** The position of the first `letter` that only independent letters stand before; -1 where there is none. */
function minimalAt(alphabet: Alphabet, word: Word, letter: number): number {
  for (let at = 0; at < word.length; at++) {
    const other = word[at] as number;
    if (other === letter) return at;
    if (!alphabet.isIndependent(other, letter)) return -1;
  }
  return -1;
}

function commonMinimal(alphabet: Alphabet, left: Word, right: Word): number | null {
  for (const letter of new Set(left)) {
    if (minimalAt(alphabet, left, letter) >= 0 && minimalAt(alphabet, right, letter) >= 0) return letter;
  }
  return null;
}
