import type { ComparisonOp, Operator } from "../ast.ts";
import type { Functor } from "../ast_dl.ts";

/** How tightly an infix operator binds, and to which side; follows the precedence table of Soufflé's grammar. */
export interface Infix {
  readonly op: Operator;
  readonly level: number;
  readonly right: boolean;
}

const levels: readonly (readonly Operator[])[] = [
  ["lor"],
  ["lxor"],
  ["land"],
  ["bor"],
  ["bxor"],
  ["band"],
  ["bshl", "bshr", "bshru"],
  ["+", "-"],
  ["*", "/", "%"],
];

/** Prefix `-`, `bnot` and `lnot` bind tighter than every infix operator but `^`. */
export const prefixLevel = levels.length;

export const infixOperators: ReadonlyMap<string, Infix> = new Map<string, Infix>([
  ...levels.flatMap((ops, level) => ops.map((op): [string, Infix] => [op, { op, level, right: false }])),
  ["^", { op: "^", level: prefixLevel + 1, right: true }],
]);

/** The level of a term that no operator can take apart. */
export const primaryLevel = prefixLevel + 2;

export const prefixOperators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ["-", "-"],
  ["bnot", "bnot"],
  ["lnot", "lnot"],
]);

export const comparisonOperators: ReadonlyMap<string, ComparisonOp> = new Map(
  (["=", "!=", "<", "<=", ">", ">="] as const).map((op) => [op, op]),
);

/** The functors in call form, with the least and the most arguments they take. */
export const functors: ReadonlyMap<string, { readonly functor: Functor; readonly least: number; readonly most: number }> = new Map(
  (
    [
      ["cat", 2, Number.POSITIVE_INFINITY],
      ["min", 2, Number.POSITIVE_INFINITY],
      ["max", 2, Number.POSITIVE_INFINITY],
      ["range", 2, 3],
      ["substr", 3, 3],
      ["strlen", 1, 1],
      ["ord", 1, 1],
      ["to_number", 1, 1],
      ["to_string", 1, 1],
      ["to_unsigned", 1, 1],
      ["to_float", 1, 1],
      ["itou", 1, 1],
      ["itof", 1, 1],
      ["utoi", 1, 1],
      ["utof", 1, 1],
      ["ftoi", 1, 1],
      ["ftou", 1, 1],
    ] as const
  ).map(([functor, least, most]) => [functor, { functor, least, most }]),
);

export const aggregates = ["count", "sum", "min", "max", "mean"] as const;
