import { applyNucleus, type NucleusPoints } from "./nucleus.ts";
import type { Mask, Poset } from "./poset.ts";

/** Where an element stands: fixed by both nuclei, by saturation or by transfer alone, or by neither. */
export type ShadowClass = "fixed" | "saturated" | "transferred" | "free";

/** A fiber with its two nuclei, each as the points that it looks at. */
export interface NucleatedFiber {
  readonly poset: Poset;
  readonly sigma: NucleusPoints;
  readonly delta: NucleusPoints;
}

/** The least settled element above: saturation after transfer. The nuclei must commute for it to be one. */
export function settle({ poset, sigma, delta }: NucleatedFiber, element: Mask): Mask {
  return applyNucleus(poset, sigma, applyNucleus(poset, delta, element));
}

/** The settled elements, ascending. Meet and implication are the fiber's own; join and bottom go through `settle`. */
export function settledElements(fiber: NucleatedFiber): Mask[] {
  return fiber.poset.downSets().filter((element) => shadowClass(fiber, element) === "fixed");
}

/** The join of settled elements among the settled ones. */
export function settledJoin(fiber: NucleatedFiber, a: Mask, b: Mask): Mask {
  return settle(fiber, a | b);
}

export function shadowClass({ poset, sigma, delta }: NucleatedFiber, element: Mask): ShadowClass {
  const isSaturated = applyNucleus(poset, sigma, element) === element;
  const isTransferred = applyNucleus(poset, delta, element) === element;
  if (isSaturated) return isTransferred ? "fixed" : "saturated";
  return isTransferred ? "transferred" : "free";
}

/** How many elements lie between an element and its settled one, the first not counted: 0 where it is settled. */
export function gapSize(fiber: NucleatedFiber, element: Mask): number {
  const above = settle(fiber, element);
  return fiber.poset.downSets().filter((one) => (element & ~one) === 0 && (one & ~above) === 0).length - 1;
}
