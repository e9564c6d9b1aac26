import { quoteText, sqlType } from "../../../schema/sql_session.ts";
import type { Value, ValueType } from "../../../schema/value.ts";

/** A typed value as a SQL expression; floats print shortest-exact, so that DuckDB reads the same double. */
export function literalSql(value: Value, type: ValueType): string {
  switch (type) {
    case "symbol":
      return quoteText(String(value));
    case "number":
    case "unsigned":
      return `(${value})::${sqlType[type]}`;
    case "float":
      return `'${Object.is(value, -0) ? 0 : value}'::DOUBLE`;
  }
}
