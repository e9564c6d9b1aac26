import type { Mask, Poset } from "./poset.ts";

/** A nucleus of a fiber as the points it looks at: p is in j(U) where all of these below p are in U. Every set of points gives one, and each nucleus comes from one. */
export type NucleusPoints = Mask;

/** The value of a nucleus at an element. */
export function applyNucleus(poset: Poset, points: NucleusPoints, element: Mask): Mask {
  return poset.down.reduce((value, below, p) => ((below & points & ~element) === 0 ? value | (1 << p) : value), 0);
}

/** The points that a nucleus, given as a function on down-sets, looks at: those not in the value of what lies strictly below them. */
export function nucleusPoints(poset: Poset, nucleus: (element: Mask) => Mask): NucleusPoints {
  return poset.down.reduce((points, below, p) => ((nucleus(below & ~(1 << p)) & (1 << p)) === 0 ? points | (1 << p) : points), 0);
}

/** Whether two nuclei commute: between a point of the one and a comparable point of the other always lies a point of both. Their composite is then that of the points of both. */
export function commute(poset: Poset, one: NucleusPoints, other: NucleusPoints): boolean {
  return firstUnbridged(poset, one, other) === null;
}

/** Comparable points of two nuclei with no common point between them, lower first; null where they commute. */
export function firstUnbridged(poset: Poset, one: NucleusPoints, other: NucleusPoints): readonly [number, number] | null {
  for (let p = 0; p < poset.size; p++) {
    for (let q = 0; q < poset.size; q++) {
      if (!poset.isBelow(p, q)) continue;
      const crosses = (has(one, p) && has(other, q)) || (has(other, p) && has(one, q));
      if (crosses && !between(poset, p, q, one & other)) return [p, q];
    }
  }
  return null;
}

function between(poset: Poset, p: number, q: number, points: Mask): boolean {
  for (let m = 0; m < poset.size; m++) if (has(points, m) && poset.isBelow(p, m) && poset.isBelow(m, q)) return true;
  return false;
}

function has(mask: Mask, p: number): boolean {
  return (mask & (1 << p)) !== 0;
}
