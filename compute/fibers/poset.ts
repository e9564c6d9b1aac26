import { AssayError } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";

/** Points of a fiber as bits of a mask: bit p is point p. A down-set as a mask is an element of the fiber. */
export type Mask = number;

/** So that a mask fits a small integer of every engine, clingo's included. */
export const POINTS_MAX = 30;

/** A finite poset of at most `POINTS_MAX` points: `down[p]` holds p and all points below it. */
export class Poset {
  readonly down: readonly Mask[];
  /** All points. */
  readonly full: Mask;

  /** Errors: `machine.poset` where `down` is not reflexive, transitive and antisymmetric, or has too many points or strange bits. */
  constructor(down: readonly Mask[]) {
    if (down.length > POINTS_MAX) throw new AssayError("machine.poset", `${down.length} points are more than ${POINTS_MAX}`);
    this.down = down;
    this.full = down.length === 0 ? 0 : 2 ** down.length - 1;
    for (const [p, below] of down.entries()) this.#check(p, below);
  }

  get size(): number {
    return this.down.length;
  }

  isBelow(p: number, q: number): boolean {
    return ((this.down[q] ?? 0) & (1 << p)) !== 0;
  }

  isDownSet(mask: Mask): boolean {
    return (mask & ~this.full) === 0 && this.down.every((below, p) => (mask & (1 << p)) === 0 || (below & ~mask) === 0);
  }

  /** The least down-set that holds the mask. */
  closure(mask: Mask): Mask {
    return this.down.reduce((closed, below, p) => ((mask & (1 << p)) === 0 ? closed : closed | below), 0);
  }

  /** Every down-set, ascending as numbers. Errors: `limit.fiber_elements`. */
  downSets(): Mask[] {
    let sets: Mask[] = [0];
    for (const p of this.#fromBelow()) {
      const bit = 1 << p;
      const under = (this.down[p] ?? 0) & ~bit;
      sets = sets.concat(sets.filter((set) => (under & ~set) === 0).map((set) => set | bit));
      const { value, unit } = limits.fiber_elements;
      if (sets.length > value) throw new AssayError("limit.fiber_elements", `a fiber has more than ${value} ${unit}`);
    }
    return sets.toSorted((a, b) => a - b);
  }

  /** Points, each behind all below it. */
  #fromBelow(): number[] {
    return this.down.map((_, p) => p).toSorted((p, q) => bitCount(this.down[p] ?? 0) - bitCount(this.down[q] ?? 0));
  }

  #check(p: number, below: Mask): void {
    const fail = (detail: string): never => {
      throw new AssayError("machine.poset", detail);
    };
    if (!Number.isInteger(below) || (below & ~this.full) !== 0) fail(`below point ${p} stand bits that are no points`);
    if ((below & (1 << p)) === 0) fail(`point ${p} is not below itself`);
    for (const [q, under] of this.down.entries()) {
      if ((below & (1 << q)) === 0) continue;
      if ((under & ~below) !== 0) fail(`point ${q} is below ${p}, but not all below ${q} is`);
      if (q !== p && (under & (1 << p)) !== 0) fail(`points ${p} and ${q} are below each other`);
    }
  }
}

export function bitCount(mask: Mask): number {
  let bits = mask - ((mask >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
