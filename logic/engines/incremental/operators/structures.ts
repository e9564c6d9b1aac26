import type { ValueType } from "../../../../schema/value.ts";
import { elementAt, quoteElement, unquoteElement } from "../../../language/structure_text.ts";
import { LEAST_CELL } from "./failure.ts";
import type { Operator } from "./runtime.ts";

/** Operators on structures, which are symbols: see `structure_text.ts`. */

export function quote(from: ValueType): Operator {
  return ({ pools }, a) => (a < LEAST_CELL ? a : pools.symbolCell(quoteElement(pools.decode(a, from), from)));
}

/** The element at a position that is a constant of the program. */
export function field({ pools }: Parameters<Operator>[0], a: number, position: number): number {
  return a < LEAST_CELL ? a : pools.symbolCell(elementAt(pools.symbolText(a), Number(pools.decode(position, "number"))));
}

/** An element as a value. One of another kind, which a rule may read before it asks for the kind, is the type's zero. */
export function unquote(to: ValueType): Operator {
  const form = to === "number" ? /^-?[0-9]{1,19}$/ : to === "unsigned" ? /^[0-9]{1,20}$/ : /^"/;
  return ({ pools }, a) => {
    if (a < LEAST_CELL) return a;
    const element = pools.symbolText(a);
    const value = unquoteElement(form.test(element) ? element : "null", to);
    const isValue = to !== "float" || Number.isFinite(value);
    return pools.encode(isValue ? value : 0, to);
  };
}

/** Lists elements; how the symbols are joined, and its bound, is the matter of `concatenate`. */
export function record(concatenate: Operator): Operator {
  return (runtime, ...cells) => {
    const comma = runtime.pools.symbolCell(",");
    const parts = cells.flatMap((cell, at) => (at === 0 ? [cell] : [comma, cell]));
    return concatenate(runtime, runtime.pools.symbolCell("["), ...parts, runtime.pools.symbolCell("]"));
  };
}
