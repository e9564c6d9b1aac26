import { sqlType } from "../../../schema/sql_session.ts";
import type { ValueType } from "../../../schema/value.ts";
import type { SqlExpression } from "./expression.ts";
import { fallible, type OperationSql, total } from "./operators.ts";

/** The operators on structures, by DuckDB's JSON functions; `structure_text.ts` says what the texts are. */
export function structureSql(
  op: "quote" | "record" | "field" | "unquote",
  from: ValueType,
  to: ValueType,
  args: readonly SqlExpression[],
  symbolBytes: number,
): OperationSql {
  const [a = "", b = ""] = args.map((argument) => argument.sql);
  switch (op) {
    case "quote":
      return total(quoteSql(from, a));
    case "record":
      return recordSql(args, symbolBytes);
    case "field":
      return total(`CASE WHEN ${a} IS NOT NULL THEN coalesce(json_extract(${a}, '$[' || (${b})::VARCHAR || ']')::VARCHAR, 'null') END`);
    case "unquote":
      return total(unquoteSql(to, a));
  }
}

function quoteSql(from: ValueType, a: string): string {
  if (from === "symbol") return `to_json(${a})::VARCHAR`;
  return from === "float" ? `('"' || (${a})::VARCHAR || '"')` : `(${a})::VARCHAR`;
}

function unquoteSql(to: ValueType, a: string): string {
  const text = `json_extract_string(${a}, '$')`;
  const read = to === "symbol" ? text : `(${text})::${sqlType[to]}`;
  return `CASE WHEN ${a} IS NOT NULL THEN coalesce(${read}, ${to === "symbol" ? "''" : "0"}) END`;
}

function recordSql(args: readonly SqlExpression[], symbolBytes: number): OperationSql {
  const bytes = ["1", ...args.map((argument) => `strlen(${argument.sql}) + 1`)].join(" + ");
  const joined = `('[' || ${args.length > 0 ? args.map((argument) => argument.sql).join(" || ',' || ") : "''"} || ']')::VARCHAR`;
  return fallible(`CASE WHEN ${bytes} <= ${symbolBytes} THEN ${joined} END`, ["symbol_bytes"]);
}
