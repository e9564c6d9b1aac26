import type { Mask, Poset } from "./poset.ts";

/**
 * A restriction from the fiber over u to that over t, as its map of points: `map[p]` is the point of u in which point p of t lies. An
 * element over u restricts to the points whose images it holds. It keeps the operations where `isMorphism` holds.
 */
export type PointMap = readonly number[];

export function restrict(map: PointMap, element: Mask): Mask {
  return map.reduce((found, q, p) => ((element & (1 << q)) === 0 ? found : found | (1 << p)), 0);
}

/** Whether the image of what is below a point is all that is below its image: then restriction keeps meet, join, implication and both ends. */
export function isMorphism(lower: Poset, upper: Poset, map: PointMap): boolean {
  return lower.down.every((below, p) => imageOf(map, below) === upper.down[map[p] ?? -1]);
}

/** The points of u that some point of a mask over t lies in. */
export function imageOf(map: PointMap, mask: Mask): Mask {
  return map.reduce((image, q, p) => ((mask & (1 << p)) === 0 ? image : image | (1 << q)), 0);
}

/** The least element over u that restricts to everything. */
export function leastAboveTop(upper: Poset, map: PointMap): Mask {
  return upper.closure(map.reduce((image, q) => image | (1 << q), 0));
}
