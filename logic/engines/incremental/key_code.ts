/**
 * Source text of hashing, shared by every generated function, so that all of them find what one of them placed. A slot is the
 * upper bits of the hash: `>>> shift`. Only the given expressions and integers enter the text.
 */
const FIRST_FACTOR = -1640531535;
const NEXT_FACTOR = -2048144789;

/**
 * An expression for the slot where the search for `keys` begins; it uses a variable `h`. Cells are mostly ids counted upwards, so
 * the low bits of the last two keys stay as they are, within sixteen slots, which is a cache line: neighbours in either column
 * are found near each other. The hash of the rest turns those bits, so that keys that share them spread all the same.
 */
export function slotSource(keys: readonly string[], shift: string): string {
  const last = keys.at(-1);
  if (last === undefined) return "0";
  const first = keys.at(-2);
  if (first === undefined) return `((Math.imul(${last} >> 4, ${FIRST_FACTOR}) >>> ${shift}) ^ (${last} & 15))`;
  const rest = [...keys.slice(0, -2), `(${first} >> 2)`, `(${last} >> 2)`];
  const steps = rest.slice(1).map((key) => `h = Math.imul((h ^ (h >>> 15)) + ${key}, ${NEXT_FACTOR})`);
  return `(h = Math.imul(${rest[0]}, ${FIRST_FACTOR}), ${steps.join(", ")}, (h >>> ${shift}) ^ ((${first} & 3) << 2 | (${last} & 3)))`;
}

/**
 * The step of a search from slot to slot: to the next cache line and one on in it. Neighbours often fill a line; where two full lines
 * meet, the keys of one of them all move to the next, instead of each walking through the other.
 */
export const STEP = 17;
/** STEP × STEP_INVERSE = 1 modulo 2^32: how many steps lie between two slots. */
export const STEP_INVERSE = -252645135;

/** Load above which slots are doubled: dense for what is loaded, sparse where derived tuples are looked for again and again. */
export const DENSE_LOAD = 0.65;
export const SPARSE_LOAD = 0.4;
export const FIRST_BITS = 4;

/** How many bits a table of slots needs for `entries`. */
export function slotBits(entries: number, load: number): number {
  let bits = FIRST_BITS;
  while (entries > 2 ** bits * load) bits++;
  return bits;
}

/** Makes functions from source text; `names` are the names that the text may call its environment by. */
export function compileSource<T>(source: string, environment: Readonly<Record<string, unknown>> = {}): T {
  const names = Object.keys(environment);
  const make = new Function(...names, `"use strict";\n${source}`) as (...values: readonly unknown[]) => T;
  return make(...Object.values(environment));
}

export function range(length: number): number[] {
  return Array.from({ length }, (_, position) => position);
}
