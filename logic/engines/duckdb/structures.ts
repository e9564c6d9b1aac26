import { sqlType } from "../../../schema/sql_session.ts";
import type { ValueType } from "../../../schema/value.ts";
import type { IrOperation, IrTerm } from "../../language/ir.ts";
import type { SqlExpression } from "./expression.ts";
import { fallible, type OperationSql, total } from "./operators.ts";

/**
 * The operators on structures, by DuckDB's JSON functions; `structure_text.ts` says what the texts are. Each operand is written once, so that
 * structures in structures stay small. What is not there is NULL here, not the zero of its type: the rule's own guard on `nil` or
 * the branch then fails, so that nobody sees it.
 */
export function structureSql(term: IrOperation, args: readonly SqlExpression[], symbolBytes: number): OperationSql {
  const [operand] = args;
  const [inner, index] = term.args;
  if (operand === undefined || inner === undefined) return recordSql(args, symbolBytes);
  switch (term.op) {
    case "quote":
      return total(quoteSql(inner.type, operand.sql));
    case "field":
      return total(`json_extract(${operand.sql}, '$[${index?.kind === "constant" ? index.value : 0}]')::VARCHAR`);
    case "unquote":
      return total(unquoteSql(term.type, inner, operand.sql));
    default:
      return recordSql(args, symbolBytes);
  }
}

function quoteSql(from: ValueType, a: string): string {
  if (from === "symbol") return `to_json(${a})::VARCHAR`;
  return from === "float" ? `('"' || (${a})::VARCHAR || '"')` : `(${a})::VARCHAR`;
}

/** SQL may read a field before it has asked for the branch, so a value of another type is NULL. */
function unquoteSql(to: ValueType, inner: IrTerm, a: string): string {
  const isField = inner.kind === "operation" && inner.op === "field" && a.startsWith("json_extract(") && a.endsWith(")::VARCHAR");
  const text = isField ? `json_extract_string(${a.slice("json_extract(".length, -"::VARCHAR".length)}` : `json_extract_string(${a}, '$')`;
  return to === "symbol" ? text : `TRY_CAST(${text} AS ${sqlType[to]})`;
}

/** The list of one and its filter only name what would otherwise be written twice. */
function recordSql(args: readonly SqlExpression[], symbolBytes: number): OperationSql {
  const parts = args.flatMap(({ sql }, at) => (at === 0 ? [sql] : ["','", sql]));
  const joined = ["'['", ...parts, "']'"].join(" || ");
  return fallible(`list_filter([(${joined})::VARCHAR], lambda made: strlen(made) <= ${symbolBytes})[1]`, ["symbol_bytes"]);
}
