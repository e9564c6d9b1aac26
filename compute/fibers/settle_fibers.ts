import { AssayError } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";
import { type ShadowClass, settle, shadowClass } from "./fixed_fiber.ts";
import { type Mask, Poset } from "./poset.ts";

/** A fiber as it crosses to a worker: the bits below each point, and the points that each nucleus looks at. */
export interface PlainFiber {
  readonly down: readonly Mask[];
  readonly sigma: Mask;
  readonly delta: Mask;
}

/** Every element of some fibers, a row each: fiber by fiber, ascending within one. */
export interface SettledRows {
  /** The fiber's number among those given. */
  readonly fiber: Uint32Array;
  readonly element: Uint32Array;
  /** The place of its class in `shadowClasses`. */
  readonly shadow: Uint8Array;
  /** The least settled element above. */
  readonly settled: Uint32Array;
  /** How many elements lie between the two, the first not counted: 0 where it is settled. */
  readonly gap: Uint32Array;
}

export const shadowClasses: readonly ShadowClass[] = ["fixed", "saturated", "transferred", "free"];

/**
 * Where every element of some fibers stands. The nuclei of each must commute. Errors: `machine.poset`, `limit.fiber_elements`,
 * `limit.fiber_cells` where the elements of all of them are more.
 */
export function settleFibers(fibers: readonly PlainFiber[]): SettledRows {
  const parts = fibers.map((plain) => {
    const poset = new Poset(plain.down);
    return { fiber: { poset, sigma: plain.sigma, delta: plain.delta }, elements: poset.downSets() };
  });
  const total = parts.reduce((sum, { elements }) => sum + elements.length, 0);
  const { value, unit } = limits.fiber_cells;
  if (total > value) throw new AssayError("limit.fiber_cells", `the elements of these fibers take more than ${value} ${unit}`);
  const rows: SettledRows = {
    fiber: new Uint32Array(total),
    element: new Uint32Array(total),
    shadow: new Uint8Array(total),
    settled: new Uint32Array(total),
    gap: new Uint32Array(total),
  };
  let row = 0;
  for (const [number, { fiber, elements }] of parts.entries()) {
    const gaps = new Gaps(fiber.poset);
    for (const element of elements) {
      const above = settle(fiber, element);
      rows.fiber[row] = number;
      rows.element[row] = element;
      rows.shadow[row] = shadowClasses.indexOf(shadowClass(fiber, element));
      rows.settled[row] = above;
      rows.gap[row] = gaps.size(above & ~element);
      row += 1;
    }
  }
  return rows;
}

/** What lies between two elements is the down-sets of the points in which they differ; many pairs differ in the same. */
class Gaps {
  readonly #poset: Poset;
  readonly #known = new Map<Mask, number>();

  constructor(poset: Poset) {
    this.#poset = poset;
  }

  size(between: Mask): number {
    const known = this.#known.get(between) ?? this.#count(between);
    this.#known.set(between, known);
    return known;
  }

  #count(between: Mask): number {
    const points = this.#poset.down.flatMap((_, p) => ((between & (1 << p)) === 0 ? [] : [p]));
    const place = new Map(points.map((p, index) => [p, index]));
    const down = points.map((p) => points.reduce((mask, q) => (this.#poset.isBelow(q, p) ? mask | (1 << (place.get(q) ?? 0)) : mask), 0));
    return new Poset(down).downSets().length - 1;
  }
}
