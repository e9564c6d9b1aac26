import type { ValueType } from "../../../schema/value.ts";
import { type NamedType, structureOf } from "./named_type.ts";

/** A set of primitive types, one bit a type. */
export type TypeMask = number;

export const SYMBOL: TypeMask = 1;
export const NUMBER: TypeMask = 2;
export const UNSIGNED: TypeMask = 4;
export const FLOAT: TypeMask = 8;
export const INTEGRAL: TypeMask = NUMBER | UNSIGNED;
export const NUMERIC: TypeMask = INTEGRAL | FLOAT;
export const ALL_TYPES: TypeMask = NUMERIC | SYMBOL;
/** A record or a value of an algebraic data type. Its primitive is symbol, but it mixes with no other symbol. */
export const STRUCTURE: TypeMask = 16;
export const ANYTHING: TypeMask = ALL_TYPES | STRUCTURE;

/** In the order in which an open choice is settled. */
const types: readonly (readonly [TypeMask, ValueType])[] = [
  [NUMBER, "number"],
  [UNSIGNED, "unsigned"],
  [FLOAT, "float"],
  [SYMBOL, "symbol"],
];

export function maskOfNamed(type: NamedType): TypeMask {
  return structureOf(type) === null ? maskOf(type.primitive) : STRUCTURE;
}

function maskOf(type: ValueType): TypeMask {
  return types.find(([, name]) => name === type)?.[0] ?? 0;
}

/** The type that a set comes down to: its only one, or the first of number, unsigned, float, symbol in it. */
export function typeOfMask(mask: TypeMask): ValueType {
  return types.find(([bit]) => (mask & bit) !== 0)?.[1] ?? (mask === STRUCTURE ? "symbol" : "number");
}

/** The types of a set for a message: `number` or `unsigned`, in backticks. */
export function typeNames(mask: TypeMask): string {
  const names = types.filter(([bit]) => (mask & bit) !== 0).map(([, name]) => `\`${name}\``);
  return [...names, ...((mask & STRUCTURE) !== 0 ? ["a structure"] : [])].join(" or ");
}
