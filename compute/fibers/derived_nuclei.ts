import { implies } from "./heyting.ts";
import type { Mask, Poset } from "./poset.ts";
import { leastAboveTop, type PointMap, restrict } from "./restriction.ts";

/** An edge to the fiber of one step further: its points, the map of points there, and whether the step is independent of all before it. */
export interface Extension {
  readonly upper: Poset;
  readonly map: PointMap;
  readonly isPerpendicular: boolean;
}

/**
 * Saturation as the past gives it: sigma(a) is the largest element that restricts below every restriction of `a`. That is `f => a` with
 * f the join of the least elements that the edges into this fiber restrict to everything; at the empty history, the identity.
 * Returns f. `edges` are the maps of points from the fibers right before.
 */
export function saturationBound(fiber: Poset, edges: readonly PointMap[]): Mask {
  if (edges.length === 0) return fiber.full;
  return edges.reduce((bound, map) => bound | leastAboveTop(fiber, map), 0);
}

/** The saturation of an element, from `saturationBound`. */
export function saturate(fiber: Poset, bound: Mask, element: Mask): Mask {
  return implies(fiber, bound, element);
}

/** The elements that every perpendicular extension keeps: those that are restrictions along each of them. Ascending. */
export function keptElements(fiber: Poset, extensions: readonly Extension[]): Mask[] {
  const images = extensions
    .filter(({ isPerpendicular }) => isPerpendicular)
    .map(({ upper, map }) => new Set(upper.downSets().map((element) => restrict(map, element))));
  return fiber.downSets().filter((element) => images.every((image) => image.has(element)));
}

/** Transfer as the future gives it: the least kept element above. It is a nucleus only where `isExponentialIdeal` holds. */
export function transfer(fiber: Poset, kept: readonly Mask[], element: Mask): Mask {
  return kept.reduce((value, one) => ((element & ~one) === 0 ? value & one : value), fiber.full);
}

/** The largest nucleus that fixes every kept element; it is `transfer` where that is one. */
export function transferHull(fiber: Poset, kept: readonly Mask[], element: Mask): Mask {
  return kept.reduce((value, one) => value & implies(fiber, implies(fiber, element, one), one), fiber.full);
}

/** An element `a` and a kept one `k` for which a => k is not kept; null where there are none, and so transfer is a nucleus. */
export function outsideIdeal(fiber: Poset, kept: readonly Mask[]): readonly [Mask, Mask] | null {
  const known = new Set(kept);
  for (const element of fiber.downSets()) {
    for (const one of kept) if (!known.has(implies(fiber, element, one))) return [element, one];
  }
  return null;
}
