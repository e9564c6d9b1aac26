import type { ErrorCode } from "../../schema/errors.ts";
import { type ExactValue, isDecimal } from "../../schema/exact_json.ts";
import type { Attribute } from "../../schema/relation.ts";
import { unreachable } from "../../schema/unreachable.ts";
import { NUMBER_MAX, NUMBER_MIN, UNSIGNED_MAX, type Value } from "../../schema/value.ts";

/**
 * A JSON value as an attribute's value, null for JSON's null, or the code of what is wrong. A symbol is a string; whole numbers and
 * booleans stand for their text. A whole number is digits, bare or in a string. A float is a number.
 */
export function jsonCell(value: ExactValue, attribute: Attribute): { readonly value: Value | null } | { readonly code: ErrorCode } {
  if (value === null) return { value: null };
  const { type } = attribute;
  switch (type) {
    case "symbol":
      if (typeof value === "string") return { value };
      return typeof value === "bigint" || typeof value === "boolean" ? { value: String(value) } : { code: "ingest.type" };
    case "float":
      return float(value);
    case "number":
      return whole(value, NUMBER_MIN, NUMBER_MAX);
    case "unsigned":
      return whole(value, 0n, UNSIGNED_MAX);
    default:
      return unreachable(type);
  }
}

function float(value: ExactValue): { readonly value: number } | { readonly code: ErrorCode } {
  if (typeof value !== "bigint" && !isDecimal(value)) return { code: "ingest.type" };
  const number = Number(typeof value === "bigint" ? value : value.decimal);
  return Number.isFinite(number) ? { value: number } : { code: "ingest.float_range" };
}

function whole(value: ExactValue, min: bigint, max: bigint): { readonly value: bigint } | { readonly code: ErrorCode } {
  const text = isDecimal(value) ? value.decimal : value;
  if (typeof text !== "bigint" && typeof text !== "string") return { code: "ingest.type" };
  if (typeof text === "string" && !/^[+-]?[0-9]+$/.test(text)) return { code: "ingest.not_a_number" };
  if (typeof text === "string" && text.length > 40 && !/^[+-]?0*[0-9]{1,20}$/.test(text)) return { code: "ingest.number_range" };
  const number = typeof text === "bigint" ? text : BigInt(text.replace(/^\+/, ""));
  return number >= min && number <= max ? { value: number } : { code: "ingest.number_range" };
}

/** A JSON value as the offending text of a quarantine entry. */
export function jsonText(value: ExactValue): string {
  if (isDecimal(value)) return value.decimal;
  if (value === null || typeof value !== "object") return String(value);
  return Array.isArray(value) ? "[…]" : "{…}";
}
