/**
 * The four primitive types of a relation's attributes, named as Soufflé names them.
 * `number` is a signed and `unsigned` an unsigned 64-bit integer, both exact; `float` is a finite IEEE 754 double;
 * `symbol` is a Unicode string without NUL.
 */
export type ValueType = "symbol" | "number" | "unsigned" | "float";

/** A ground term. `symbol` is a string, `number` and `unsigned` are bigint, `float` is a finite JavaScript number. */
export type Value = string | bigint | number;

/** A ground tuple: one value an attribute, in the relation's attribute order. */
export type Row = readonly Value[];

export const NUMBER_MIN = -(2n ** 63n);
export const NUMBER_MAX = 2n ** 63n - 1n;
export const UNSIGNED_MAX = 2n ** 64n - 1n;
