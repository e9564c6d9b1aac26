import type { ValueType } from "../../../schema/value.ts";

/** A set of primitive types, one bit a type. */
export type TypeMask = number;

export const SYMBOL: TypeMask = 1;
export const NUMBER: TypeMask = 2;
export const UNSIGNED: TypeMask = 4;
export const FLOAT: TypeMask = 8;
export const INTEGRAL: TypeMask = NUMBER | UNSIGNED;
export const NUMERIC: TypeMask = INTEGRAL | FLOAT;
export const ALL_TYPES: TypeMask = NUMERIC | SYMBOL;

/** In the order in which an open choice is settled. */
const types: readonly (readonly [TypeMask, ValueType])[] = [
  [NUMBER, "number"],
  [UNSIGNED, "unsigned"],
  [FLOAT, "float"],
  [SYMBOL, "symbol"],
];

export function maskOf(type: ValueType): TypeMask {
  return types.find(([, name]) => name === type)?.[0] ?? 0;
}

/** The type that a set comes down to: its only one, or the first of number, unsigned, float, symbol in it. */
export function typeOfMask(mask: TypeMask): ValueType {
  return types.find(([bit]) => (mask & bit) !== 0)?.[1] ?? "number";
}

/** The types of a set for a message: `number` or `unsigned`, in backticks. */
export function typeNames(mask: TypeMask): string {
  const names = types.filter(([bit]) => (mask & bit) !== 0).map(([, name]) => `\`${name}\``);
  return names.join(" or ");
}
