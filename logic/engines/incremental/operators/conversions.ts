import { unreachable } from "../../../../schema/unreachable.ts";
import { NUMBER_MAX, NUMBER_MIN, UNSIGNED_MAX, type ValueType } from "../../../../schema/value.ts";
import { FAILURE, LEAST_CELL } from "./failure.ts";
import type { Operator, Runtime } from "./runtime.ts";

/** Past this many digits the text of a float is not exact in every engine. */
const MOST_FLOAT_TEXT = 1e38;

/** The conversion of a value of type `from` to type `to`. What `to` cannot hold fails; a float is cut to a whole number. */
export function conversion(from: ValueType, to: ValueType): Operator {
  if (from === to) return (_runtime, a) => a;
  const convert = conversionTo(to, from);
  return (runtime, a) => (a < LEAST_CELL ? a : convert(runtime, a));
}

function conversionTo(to: ValueType, from: ValueType): (runtime: Runtime, cell: number) => number {
  switch (to) {
    case "number":
      if (from === "symbol") return (runtime, a) => numberOf(runtime, wholeOf(runtime.pools.symbolText(a), /^[+-]?[0-9]+$/));
      if (from === "float") return (runtime, a) => numberOf(runtime, BigInt(Math.trunc(runtime.pools.floatValue(a))));
      return (runtime, a) => numberOf(runtime, runtime.pools.unsignedValue(a));
    case "unsigned":
      if (from === "symbol") return (runtime, a) => unsignedOf(runtime, wholeOf(runtime.pools.symbolText(a), /^[+]?[0-9]+$/));
      if (from === "float") return (runtime, a) => unsignedOf(runtime, BigInt(Math.trunc(runtime.pools.floatValue(a))));
      return (runtime, a) => unsignedOf(runtime, runtime.pools.numberValue(a));
    case "float":
      if (from === "symbol") return (runtime, a) => floatOf(runtime, runtime.pools.symbolText(a));
      if (from === "number") return (runtime, a) => runtime.pools.floatCell(runtime.pools.numberApproximate(a));
      return (runtime, a) => runtime.pools.floatCell(runtime.pools.unsignedApproximate(a));
    case "symbol":
      if (from === "float") return (runtime, a) => floatText(runtime, runtime.pools.floatValue(a));
      return (runtime, a) => runtime.pools.symbolCell(String(runtime.pools.decode(a, from)));
    default:
      return unreachable(to);
  }
}

function wholeOf(text: string, form: RegExp): bigint | null {
  return form.test(text) ? BigInt(text.startsWith("+") ? text.slice(1) : text) : null;
}

function numberOf(runtime: Runtime, value: bigint | null): number {
  return value === null || value < NUMBER_MIN || value > NUMBER_MAX ? FAILURE.conversion : runtime.pools.numberCell(value);
}

function unsignedOf(runtime: Runtime, value: bigint | null): number {
  return value === null || value < 0n || value > UNSIGNED_MAX ? FAILURE.conversion : runtime.pools.unsignedCell(value);
}

function floatOf(runtime: Runtime, text: string): number {
  if (!/^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?$/.test(text)) return FAILURE.conversion;
  const value = Number(text);
  return Number.isFinite(value) ? runtime.pools.floatCell(value) : FAILURE.conversion;
}

/** C's `%f`, as Soufflé prints floats: six digits, ties to even. */
function floatText(runtime: Runtime, value: number): number {
  const size = Math.abs(value);
  if (size >= MOST_FLOAT_TEXT) return FAILURE.conversion;
  return runtime.pools.symbolCell(size < 2 ** 53 ? sixDigits(value) : `${BigInt(value)}.000000`);
}

function sixDigits(value: number): string {
  // Only odd multiples of 2^-7 lie half-way between two texts; `toFixed` takes the larger of them.
  const isTie = Math.abs(value * 128) % 2 === 1;
  const exact = value.toFixed(7);
  return isTie && Number(exact.at(-2)) % 2 === 0 ? exact.slice(0, -1) : value.toFixed(6);
}
