import type pl from "nodejs-polars";
import { type AccordFrames, glue } from "./families.ts";

/** Two local sections to be put together: of `f`, x over v and y over w. */
export interface LocalPair {
  readonly f: string;
  readonly v: string;
  readonly w: string;
  readonly x: string;
  readonly y: string;
}

/** A section over the far corner of a diamond. */
export interface FarSection {
  readonly u: string;
  readonly section: string;
}

/**
 * The concurrent act of two sections over the two sides of a diamond: the section over its far corner that restricts to both. Null where
 * there is none; they then restrict differently to the near corner, or do not glue. Where gluing is not unique, the first by name.
 */
export function concurrentAct(accord: AccordFrames, pair: LocalPair): FarSection | null {
  return pickAct(glue(accord).amalgamations, pair);
}

/** The same, of amalgamations that `glue` found. */
export function pickAct(amalgamations: pl.DataFrame, { f, v, w, x, y }: LocalPair): FarSection | null {
  const glued = amalgamations.toRecords() as unknown as readonly (LocalPair & { readonly u: string; readonly g: string })[];
  const fits = (one: LocalPair): boolean =>
    one.f === f &&
    ((one.v === v && one.w === w && one.x === x && one.y === y) || (one.v === w && one.w === v && one.x === y && one.y === x));
  const [first] = glued.filter(fits).toSorted((a, b) => (a.g < b.g ? -1 : 1));
  return first === undefined ? null : { u: first.u, section: first.g };
}
