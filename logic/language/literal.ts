import { NUMBER_MAX, NUMBER_MIN, UNSIGNED_MAX, type Value, type ValueType } from "../../schema/value.ts";

/** A literal as it was written: a quoted text, or a numeral. */
export interface WrittenLiteral {
  readonly kind: "text" | "numeral";
  readonly text: string;
}

/** The value that a written literal has as `type`, or null where it has none there: the wrong kind, or out of range. */
export function readLiteral(literal: WrittenLiteral, type: ValueType): Value | null {
  if (literal.kind === "text") return type === "symbol" && !literal.text.includes("\0") ? literal.text : null;
  if (type === "symbol") return null;
  if (type === "float") {
    return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(literal.text) ? asFloat(Number(literal.text)) : null;
  }
  const digits = type === "unsigned" ? literal.text.replace(/u$/, "") : literal.text;
  const negative = digits.startsWith("-");
  const magnitude = negative ? digits.slice(1) : digits;
  if (!/^(\d+|0x[0-9a-fA-F]+|0b[01]+)$/.test(magnitude)) return null;
  return integerAs(negative ? -BigInt(magnitude) : BigInt(magnitude), type);
}

/** An integer of any size as a value of a numeric type, or null where it does not fit. */
export function integerAs(value: bigint, type: Exclude<ValueType, "symbol">): Value | null {
  if (type === "float") return asFloat(Number(value));
  if (type === "unsigned") return value >= 0n && value <= UNSIGNED_MAX ? value : null;
  return value >= NUMBER_MIN && value <= NUMBER_MAX ? value : null;
}

function asFloat(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
