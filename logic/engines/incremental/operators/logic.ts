import { LEAST_CELL } from "./failure.ts";
import type { Operator } from "./runtime.ts";

/** Truth of integers: 0 is false, and so in both types. */
function pair(holds: (a: boolean, b: boolean) => boolean): Operator {
  return (_runtime, a, b) => {
    if (a < LEAST_CELL) return a;
    if (b < LEAST_CELL) return b;
    return holds(a !== 0, b !== 0) ? 1 : 0;
  };
}

export const logicOperators: Readonly<Record<"land" | "lor" | "lxor" | "lnot", Operator>> = {
  land: pair((a, b) => a && b),
  lor: pair((a, b) => a || b),
  lxor: pair((a, b) => a !== b),
  lnot: (_runtime, a) => (a < LEAST_CELL ? a : a === 0 ? 1 : 0),
};
