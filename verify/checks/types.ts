import type { ProposedValue } from "../../schema/delta.ts";
import type { ErrorCode } from "../../schema/errors.ts";
import { isDecimal } from "../../schema/exact_json.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Place } from "../../schema/place.ts";
import type { Attribute, Relation } from "../../schema/relation.ts";
import { unreachable } from "../../schema/unreachable.ts";
import { NUMBER_MAX, NUMBER_MIN, type Row, UNSIGNED_MAX, type Value, type ValueType } from "../../schema/value.ts";
import { gateViolation } from "../violation.ts";
import type { ViolationPage } from "../violation_page.ts";
import type { ShapedRow, ShapedRows, Side } from "./shape.ts";

export interface TypedRow {
  readonly row: Row;
  readonly pointer: string;
  readonly place: Place | null;
}

export interface TypedRows {
  readonly side: Side;
  readonly relation: Relation;
  readonly rows: readonly TypedRow[];
}

export type Typed = { readonly value: Value } | { readonly code: ErrorCode; readonly message: string };

const SHOWN_LENGTH = 80;

/**
 * Check 2, types: every value is one of its attribute's type, exactly, with nothing rounded or cut.
 * Returns the rows whose values all fit; every value that does not is a violation of `gate.types`.
 */
export function checkTypes(shaped: readonly ShapedRows[], limits: Pick<Limits, "symbol_bytes">, page: ViolationPage): TypedRows[] {
  return shaped.map(({ side, relation, rows }) => ({
    side,
    relation,
    rows: rows.map((row) => typedRow(relation, row, limits, page)).filter((row) => row !== null),
  }));
}

function typedRow(relation: Relation, shaped: ShapedRow, limits: Pick<Limits, "symbol_bytes">, page: ViolationPage): TypedRow | null {
  const row: Value[] = [];
  for (const [index, attribute] of relation.attributes.entries()) {
    const typed = typedValue(attribute.type, shaped.values[index] as ProposedValue, limits);
    if ("value" in typed) row.push(typed.value);
    else refuseValue(relation, attribute, shaped, typed, page);
  }
  return row.length === relation.attributes.length ? { row, pointer: shaped.pointer, place: shaped.place } : null;
}

function refuseValue(
  relation: Relation,
  attribute: Attribute,
  shaped: ShapedRow,
  refusal: { readonly code: ErrorCode; readonly message: string },
  page: ViolationPage,
): void {
  page.add(() =>
    gateViolation({
      check: "types",
      code: refusal.code,
      message: `\`${attribute.name}\` of \`${relation.name}\` is a ${attribute.type}: ${refusal.message}`,
      witness: { relation: relation.name, attribute: attribute.name, row: shaped.pointer },
      place: shaped.place ?? shaped.pointer,
    }),
  );
}

/** A proposed value as one of `type`, or the reason why it is none. */
export function typedValue(type: ValueType, value: ProposedValue, limits: Pick<Limits, "symbol_bytes">): Typed {
  switch (type) {
    case "symbol":
      return symbolValue(value, limits.symbol_bytes);
    case "number":
      return integerValue(value, NUMBER_MIN, NUMBER_MAX, "gate.number_range");
    case "unsigned":
      return integerValue(value, 0n, UNSIGNED_MAX, "gate.unsigned_range");
    case "float":
      return floatValue(value);
    default:
      return unreachable(type);
  }
}

function symbolValue(value: ProposedValue, bytesMax: number): Typed {
  if (typeof value !== "string") return { code: "gate.type", message: `${shown(value)} is no string` };
  if (value.length * 3 > bytesMax && Buffer.byteLength(value, "utf8") > bytesMax) {
    return { code: "limit.symbol_bytes", message: `the text has ${Buffer.byteLength(value, "utf8")} bytes, the bound is ${bytesMax}` };
  }
  if (value.includes("\0")) return { code: "gate.symbol_nul", message: `${shown(value)} holds NUL` };
  if (!value.isWellFormed()) return { code: "gate.symbol_unicode", message: "the text holds half a surrogate pair" };
  return { value };
}

function integerValue(value: ProposedValue, min: bigint, max: bigint, rangeCode: ErrorCode): Typed {
  const integer = exactInteger(value);
  if (integer === null) {
    const isNumber = isDecimal(value) || typeof value === "number";
    return isNumber
      ? { code: "gate.decimal", message: `${shown(value)} is no integer as written` }
      : { code: "gate.type", message: `${shown(value)} is no integer` };
  }
  if (integer === "too long" || integer < min || integer > max) return { code: rangeCode, message: `${shown(value)} is out of range` };
  return { value: integer };
}

/** The integer that a value is, as a JSON integer or as a string of digits; null where it is none. */
function exactInteger(value: ProposedValue): bigint | "too long" | null {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : null;
  const text = isDecimal(value) ? value.decimal : value;
  if (typeof text !== "string" || !/^-?[0-9]+$/.test(text)) return null;
  return text.length > 40 ? "too long" : BigInt(text);
}

function floatValue(value: ProposedValue): Typed {
  const isNumber = typeof value === "bigint" || typeof value === "number" || isDecimal(value);
  if (!isNumber) return { code: "gate.type", message: `${shown(value)} is no number` };
  const float = isDecimal(value) ? Number(value.decimal) : Number(value);
  if (!Number.isFinite(float)) return { code: "gate.float_range", message: `${shown(value)} is no finite double` };
  return { value: float === 0 ? 0 : float };
}

function shown(value: ProposedValue): string {
  if (Array.isArray(value)) return "an array";
  const text = isDecimal(value) ? value.decimal : typeof value === "string" ? JSON.stringify(value) : String(value);
  return `\`${text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text}\``;
}
