import type { ErrorCode } from "../schema/errors.ts";
import type { Limits } from "../schema/limits.ts";
import { quoteText, sqlType } from "../schema/sql_session.ts";
import { unreachable } from "../schema/unreachable.ts";
import type { Value, ValueType } from "../schema/value.ts";
import type { BoundAttribute } from "./columns.ts";
import type { ColumnKind, RawColumn } from "./raw_table.ts";

/** The SQL that types one attribute. `input` reads the raw table; the others read its columns `c<i>` (input) and `v<i>` (value). */
export interface TypedColumn {
  /** The raw value as `c<i>`, or null for a constant. */
  readonly input: string | null;
  /** The typed value as `v<i>`; NULL where there is none. */
  readonly value: string;
  /** Whether the value cannot stand. */
  readonly bad: string;
  /** The error code of a bad value. */
  readonly code: string;
  /** Whether the record is to be left out, or null where the mapping does not ask for it. */
  readonly skip: string | null;
  /** Whether the typed value is the stored one, so that a view over it costs what the table costs. */
  readonly direct: boolean;
  /** Whether NULL is all that can be wrong. */
  readonly onlyNull: boolean;
}

const WHOLE = "[+-]?[0-9]+";
const DECIMAL = "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?";

/** Which kinds of column can be values of a type at all. */
export function canBe(kind: ColumnKind, type: ValueType): boolean {
  if (kind === "other") return false;
  if (type === "symbol") return kind !== "float";
  return kind !== "label" && (type === "float" || kind !== "float");
}

/**
 * Types attribute `i`. Nothing is rounded: whole numbers are digits with an optional sign and fit 64 bits, floats are finite.
 * The column must pass `canBe`. `emptyIsNull` tells that an empty text means no value where a number is needed.
 */
export function typedColumn(
  i: number,
  bound: BoundAttribute,
  column: RawColumn | null,
  context: { readonly limits: Limits; readonly nullText: readonly string[]; readonly emptyIsNull: boolean },
): TypedColumn {
  const { type } = bound.attribute;
  const literal = bound.value === null ? null : sqlLiteral(bound.value, type);
  if (column === null) {
    return { input: null, value: literal ?? "NULL", bad: "FALSE", code: "NULL", skip: null, direct: true, onlyNull: true };
  }
  const { input, plain } = inputOf(column, type, context);
  const c = `c${i}`;
  const { value, code, identity, total } = conversion(column.kind, type, c);
  const checked = checks(type, `v${i}`, column.kind, context.limits);
  return {
    input,
    value: literal === null ? value : `CASE WHEN ${c} IS NULL THEN ${literal} ELSE ${value} END`,
    bad: [`v${i} IS NULL`, ...checked.map(([condition]) => condition)].join(" OR "),
    code: `CASE WHEN ${c} IS NULL THEN ${text("ingest.null")} ${checked.map(([when, then]) => `WHEN ${when} THEN ${text(then)} `).join("")}ELSE ${code} END`,
    skip: bound.skipNull ? `${c} IS NULL` : null,
    direct: column.bare && plain && identity,
    onlyNull: total && checked.length === 0,
  };
}

function inputOf(
  column: RawColumn,
  type: ValueType,
  context: { readonly nullText: readonly string[]; readonly emptyIsNull: boolean },
): { input: string; plain: boolean } {
  if (column.kind !== "text") return { input: column.sql, plain: true };
  const texts = new Set(context.nullText);
  if (context.emptyIsNull && type !== "symbol") texts.add("");
  if (texts.size === 0) return { input: column.sql, plain: true };
  const list = [...texts].map(sqlText).join(", ");
  return { input: `CASE WHEN ${column.sql} NOT IN (${list}) THEN ${column.sql} END`, plain: false };
}

interface Conversion {
  readonly value: string;
  /** SQL of the code where the value is NULL and the input is not. */
  readonly code: string;
  /** Whether the value is the input, at most widened. */
  readonly identity: boolean;
  /** Whether every input that is not NULL has a value. */
  readonly total: boolean;
}

function conversion(kind: ColumnKind, type: ValueType, c: string): Conversion {
  switch (type) {
    case "symbol": {
      const identity = kind === "text";
      const value = identity || kind === "label" ? c : `CAST(${c} AS VARCHAR)`;
      return { value, code: text("ingest.null"), identity, total: true };
    }
    case "float":
      return toFloat(kind, c);
    case "number":
    case "unsigned":
      return toWhole(kind, type, c);
    default:
      return unreachable(type);
  }
}

function toFloat(kind: ColumnKind, c: string): Conversion {
  if (kind !== "text") return { value: `CAST(${c} AS DOUBLE)`, code: text("ingest.float_range"), identity: true, total: true };
  const fits = `regexp_full_match(${c}, '${DECIMAL}')`;
  return {
    value: `CASE WHEN ${fits} THEN TRY_CAST(${c} AS DOUBLE) END`,
    code: `CASE WHEN ${fits} THEN ${text("ingest.float_range")} ELSE ${text("ingest.not_a_float")} END`,
    identity: false,
    total: false,
  };
}

function toWhole(kind: ColumnKind, type: "number" | "unsigned", c: string): Conversion {
  const cast = `TRY_CAST(${c} AS ${sqlType[type]})`;
  const range = text("ingest.number_range");
  if (kind === "integer" && type === "number") return { value: `CAST(${c} AS BIGINT)`, code: range, identity: true, total: true };
  if (kind === "integer" || kind === "wide") return { value: cast, code: range, identity: true, total: false };
  const fits = kind === "decimal" ? `${c} = trunc(${c})` : `regexp_full_match(${c}, '${WHOLE}')`;
  return {
    value: `CASE WHEN ${fits} THEN ${cast} END`,
    code: `CASE WHEN ${fits} THEN ${range} ELSE ${text("ingest.not_a_number")} END`,
    identity: false,
    total: false,
  };
}

/** What else can be wrong with a value that is there. Conditions are never true of NULL. */
function checks(type: ValueType, v: string, kind: ColumnKind, limits: Limits): [string, ErrorCode][] {
  if (type === "float" && kind !== "integer") return [[`NOT isfinite(${v})`, "ingest.float_range"]];
  if (type !== "symbol" || kind !== "text") return [];
  return [
    [`strlen(${v}) > ${limits.symbol_bytes}`, "limit.symbol_bytes"],
    [`contains(${v}, chr(0))`, "ingest.nul"],
  ];
}

function text(code: ErrorCode): string {
  return quoteText(code);
}

/** A text as SQL; NUL, which a literal cannot hold, by its code. */
function sqlText(value: string): string {
  return value.split("\0").map(quoteText).join(" || chr(0) || ");
}

/** A typed value as an SQL literal. */
export function sqlLiteral(value: Value, type: ValueType): string {
  return `CAST(${quoteText(String(value))} AS ${sqlType[type]})`;
}
