import { AssayError } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";
import type { Mask, Poset } from "./poset.ts";

/** The largest element whose meet with `a` is below `b`: the points below which all of `a` is in `b`. Meet and join are `&` and `|`. */
export function implies(poset: Poset, a: Mask, b: Mask): Mask {
  return poset.down.reduce((found, below, p) => ((below & a & ~b) === 0 ? found | (1 << p) : found), 0);
}

/** The three operations of a fiber as one table: for each pair of elements, by their position in `elements`. */
export interface FiberTables {
  readonly elements: readonly Mask[];
  /** `meet[i * n + j]` and so on are positions in `elements`. */
  readonly meet: Int32Array;
  readonly join: Int32Array;
  readonly impl: Int32Array;
}

/** The tables of a fiber's down-sets. Errors: `limit.fiber_elements`, `limit.fiber_cells`. */
export function fiberTables(poset: Poset): FiberTables {
  const elements = poset.downSets();
  const { value, unit } = limits.fiber_cells;
  if (elements.length ** 2 > value)
    throw new AssayError("limit.fiber_cells", `a table of ${elements.length} elements has more than ${value} ${unit}`);
  const position = new Map(elements.map((mask, index) => [mask, index]));
  const table = (operation: (a: Mask, b: Mask) => Mask): Int32Array =>
    Int32Array.from({ length: elements.length ** 2 }, (_, cell) => {
      const value = operation(elements[Math.floor(cell / elements.length)] ?? 0, elements[cell % elements.length] ?? 0);
      return position.get(value) ?? -1;
    });
  return { elements, meet: table((a, b) => a & b), join: table((a, b) => a | b), impl: table((a, b) => implies(poset, a, b)) };
}
