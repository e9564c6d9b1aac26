import { AssayError } from "../../schema/assay_error.ts";
import { type Mask, POINTS_MAX, Poset } from "./poset.ts";

/** A finite lattice by its tables over elements 0 … size - 1; `meet[x * size + y]` and `join[x * size + y]` are elements. */
export interface LatticeTables {
  readonly size: number;
  readonly meet: ArrayLike<number>;
  readonly join: ArrayLike<number>;
}

export interface Representation {
  readonly poset: Poset;
  /** The point that each join-irreducible element became, by point: `irreducibles[p]` is the element. */
  readonly irreducibles: readonly number[];
  /** The down-set of every element. */
  readonly masks: readonly Mask[];
}

/**
 * A finite distributive lattice as the down-sets of its join-irreducible elements (Birkhoff 1937).
 * Errors: `machine.not_distributive` with two elements whose meet or join the representation does not keep, or where elements fall
 * together or are too few, which tells that the tables are those of no distributive lattice; `machine.poset` past `POINTS_MAX` points.
 */
export function representation(lattice: LatticeTables): Representation {
  const { size, meet, join } = lattice;
  const isBelow = (x: number, y: number): boolean => meet[x * size + y] === x;
  const elements = Array.from({ length: size }, (_, x) => x);
  const irreducibles = elements.filter((x) => isJoinIrreducible(lattice, x, isBelow));
  if (irreducibles.length > POINTS_MAX) {
    throw new AssayError("machine.poset", `${irreducibles.length} join-irreducible elements are more than ${POINTS_MAX}`);
  }
  const maskOf = (x: number): Mask => irreducibles.reduce((mask, point, p) => (isBelow(point, x) ? mask | (1 << p) : mask), 0);
  const masks = elements.map(maskOf);
  const poset = new Poset(irreducibles.map(maskOf));
  const fail = (detail: string): never => {
    throw new AssayError("machine.not_distributive", detail);
  };
  if (new Set(masks).size !== size) fail("two elements have the same join-irreducible elements below them");
  for (const x of elements) {
    for (const y of elements) {
      const [lower, upper] = [masks[meet[x * size + y] ?? -1], masks[join[x * size + y] ?? -1]];
      if (lower !== ((masks[x] ?? 0) & (masks[y] ?? 0))) fail(`the meet of elements ${x} and ${y}`);
      if (upper !== ((masks[x] ?? 0) | (masks[y] ?? 0))) fail(`the join of elements ${x} and ${y}`);
    }
  }
  if (poset.downSets().length !== size) fail(`the points have ${poset.downSets().length} down-sets, and there are ${size} elements`);
  return { poset, irreducibles, masks };
}

/** An element that is not the least, and not the join of two below it: the join of all strictly below it is another element. */
function isJoinIrreducible({ size, join }: LatticeTables, x: number, isBelow: (x: number, y: number) => boolean): boolean {
  let below: number | null = null;
  for (let y = 0; y < size; y++) {
    if (y === x || !isBelow(y, x)) continue;
    below = below === null ? y : (join[below * size + y] ?? x);
    if (below === x) return false;
  }
  return below !== null;
}
