import type { SqlValue } from "../../schema/sql_session.ts";
import type { Value, ValueType } from "../../schema/value.ts";
import type { QueryResult } from "../../verify/query.ts";
import type { Column, Table } from "../report/table.ts";

const valueTypes: ReadonlyMap<string, ValueType> = new Map([
  ...(["symbol", "number", "unsigned", "float"] as const).map((type) => [type, type] as const),
  ...["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"].map((name) => [name, "number"] as const),
  ["UBIGINT", "unsigned"],
  ["FLOAT", "float"],
  ["DOUBLE", "float"],
]);

/** An answer as printers take it. SQL types that are none of ours print as text, exactly; so do 128-bit integers beyond 64 bits. */
export function answerTable(result: QueryResult): Table {
  const columns = result.columns.map((name, index): Column => ({ name, type: columnType(result, index) }));
  const rows = result.rows.map((row) => columns.map(({ type }, index) => cell(row[index] ?? null, type)));
  return { columns, rows };
}

function columnType(result: QueryResult, index: number): ValueType {
  const name = result.types[index] ?? "";
  if (name === "HUGEINT") return result.rows.every((row) => fits(row[index] ?? null)) ? "number" : "symbol";
  return valueTypes.get(name) ?? "symbol";
}

function fits(value: SqlValue): boolean {
  return value === null || (typeof value === "bigint" && BigInt.asIntN(64, value) === value);
}

function cell(value: SqlValue, type: ValueType): Value | null {
  if (value === null) return null;
  switch (type) {
    case "symbol":
      return String(value);
    case "number":
    case "unsigned":
      return typeof value === "bigint" ? value : BigInt(Number(value));
    case "float":
      return Number(value);
  }
}
