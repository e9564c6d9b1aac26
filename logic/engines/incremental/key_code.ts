/**
 * Source text of hashing, shared by every generated function, so that all of them find what one of them placed. A slot is the
 * upper bits of the hash: `>>> shift`. Only the given expressions and integers enter the text.
 */
const FIRST_FACTOR = -1640531535;
const NEXT_FACTOR = -2048144789;

/** An expression for the slot where the search for `keys` begins; it uses a variable `h`. */
export function slotSource(keys: readonly string[], shift: string): string {
  const [first, ...rest] = keys;
  if (first === undefined) return "0";
  const start = `Math.imul(${first}, ${FIRST_FACTOR})`;
  if (rest.length === 0) return `(${start} >>> ${shift})`;
  const steps = rest.map((key) => `h = Math.imul((h ^ (h >>> 15)) + ${key}, ${NEXT_FACTOR})`);
  return `(h = ${start}, ${steps.join(", ")}, h >>> ${shift})`;
}

/** Load above which slots are doubled. */
export const MOST_LOAD = 0.65;
export const FIRST_BITS = 3;

/** How many bits a table of slots needs for `entries`. */
export function slotBits(entries: number): number {
  let bits = FIRST_BITS;
  while (entries > 2 ** bits * MOST_LOAD) bits++;
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
