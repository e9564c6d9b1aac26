import { unreachable } from "../../../schema/unreachable.ts";
import type { ValueType } from "../../../schema/value.ts";
import type { IrOperation } from "../../language/ir.ts";
import type { Failure, SqlExpression } from "./expression.ts";
import { structureSql } from "./structures.ts";

/** The SQL of one operator: NULL where it fails or an operand is NULL, and its own failures (not those of its operands). */
export interface OperationSql {
  readonly sql: string;
  readonly failures: readonly Failure[];
}

const SQL_TYPE = { number: "BIGINT", unsigned: "UBIGINT", float: "DOUBLE", symbol: "VARCHAR" } as const;
const TWO_64 = "18446744073709551616::HUGEINT";
const TWO_63 = "9223372036854775808::HUGEINT";

/**
 * Lowers one operator. Semantics follow Soufflé's interpreter (souffle-lang/souffle, src/interpreter/Engine.cpp) with 64-bit
 * numbers, except that what would wrap, trap or be undefined there fails here; strings are counted in code points.
 */
export function operationSql(term: IrOperation, args: readonly SqlExpression[], symbolBytes: number): OperationSql {
  return term.wrap === undefined ? exactSql(term, args, symbolBytes) : wrappedSql(term, term.wrap, args, symbolBytes);
}

/** Operands up to so many characters may be written twice, where that spares dear arithmetic. */
const SHORT = 100;

/** Under a declared compatibility: what leaves the type keeps its low bits. */
function wrappedSql(term: IrOperation, bits: 32 | 64, args: readonly SqlExpression[], symbolBytes: number): OperationSql {
  const { op, type } = term;
  const exact = exactSql(term, args, symbolBytes);
  if (op !== "+" && op !== "-" && op !== "*" && op !== "neg") {
    return bits === 64 ? exact : { ...exact, sql: wrapSql(exact.sql, type, bits) };
  }
  const [a, b] = args.map((argument) => `(${argument.sql})::HUGEINT`);
  const wrapped = wrapSql(op === "neg" ? `TRY(-${a})` : `TRY(${a} ${op} ${b})`, type, bits);
  const isShort = args.every((argument) => argument.sql.length < SHORT);
  return fallible(bits === 64 && isShort ? `coalesce(${exact.sql}, ${wrapped})` : wrapped, ["overflow"]);
}

/** The low bits of an integer as a value of the type. */
function wrapSql(sql: string, type: ValueType, bits: 32 | 64): string {
  const size = bits === 64 ? TWO_64 : "4294967296::HUGEINT";
  const half = type === "unsigned" ? "0::HUGEINT" : bits === 64 ? TWO_63 : "2147483648::HUGEINT";
  return `((((${sql})::HUGEINT + ${half}) % ${size} + ${size}) % ${size} - ${half})::${SQL_TYPE[type]}`;
}

function exactSql(term: IrOperation, args: readonly SqlExpression[], symbolBytes: number): OperationSql {
  const [a = "", b = "", c = ""] = args.map((argument) => argument.sql);
  const from = args[0]?.type ?? term.type;
  switch (term.op) {
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
    case "^":
    case "neg":
    case "abs":
      return arithmeticSql(term.op, term.type, a, b);
    case "band":
      return total(`(${a} & ${b})`);
    case "bor":
      return total(`(${a} | ${b})`);
    case "bxor":
      return total(`xor(${a}, ${b})`);
    case "bnot":
      return total(`(~(${a}))`);
    case "bshl":
    case "bshr":
    case "bshru":
      return total(shiftSql(term.op, term.type, a, b));
    case "land":
      return total(`((${truth(a)}) * (${truth(b)}))::${SQL_TYPE[term.type]}`);
    case "lor":
      return total(`((${truth(a)}) | (${truth(b)}))::${SQL_TYPE[term.type]}`);
    case "lxor":
      return total(`xor(${truth(a)}, ${truth(b)})::${SQL_TYPE[term.type]}`);
    case "lnot":
      return total(`(1 - (${truth(a)}))::${SQL_TYPE[term.type]}`);
    case "min":
    case "max":
      return total(extremeSql(term.op === "min" ? "least" : "greatest", args));
    case "cat":
      return catSql(args, symbolBytes);
    case "strlen":
      return total(`length(${a})::${SQL_TYPE[term.type]}`);
    case "substr":
      return total(substringSql(a, b, c));
    case "ord":
      return total(`(md5_number_lower(${a}) >> 1)::${SQL_TYPE[term.type]}`);
    case "to_number":
    case "to_unsigned":
    case "to_float":
      return conversionSql(term.type, from, a);
    case "to_string":
      return from === "float" ? floatTextSql(a) : total(`(${a})::VARCHAR`);
    case "quote":
    case "record":
    case "field":
    case "unquote":
      return structureSql(term, args, symbolBytes);
    default:
      return unreachable(term.op);
  }
}

export function total(sql: string): OperationSql {
  return { sql, failures: [] };
}

export function fallible(sql: string, ...codes: readonly (readonly [code: string, condition?: string])[]): OperationSql {
  const failures = codes.map(([code, condition]) => ({
    when: condition === undefined ? `(${sql} IS NULL)` : `(${sql} IS NULL AND coalesce(${condition}, false))`,
    code: `'${code}'`,
  }));
  return { sql, failures };
}

function truth(sql: string): string {
  return `((${sql}) <> 0)::TINYINT`;
}

type Arithmetic = "+" | "-" | "*" | "/" | "%" | "^" | "neg" | "abs";

function arithmeticSql(op: Arithmetic, type: ValueType, a: string, b: string): OperationSql {
  if (type === "float") return floatSql(op, a, b);
  switch (op) {
    case "+":
    case "-":
    case "*":
      return fallible(`TRY(${a} ${op} ${b})`, ["overflow"]);
    case "/":
      return fallible(`TRY(${a} // ${b})`, ["division_by_zero", `${b} = 0`], ["overflow"]);
    case "%":
      // The least number has remainder 0 by -1, although its quotient does not exist.
      return fallible(
        `TRY(CASE WHEN ${b} = ${type === "number" ? "-1" : "1"} AND ${a} IS NOT NULL THEN 0::${SQL_TYPE[type]} ELSE ${a} % ${b} END)`,
        ["division_by_zero"],
      );
    case "^":
      return fallible(powerSql(type, a, b), ["division_by_zero", `${a} = 0 AND ${b} < 0`], ["overflow"]);
    case "neg":
      return type === "number" ? fallible(`TRY(-(${a}))`, ["overflow"]) : fallible(`CASE WHEN ${a} = 0 THEN 0::UBIGINT END`, ["overflow"]);
    case "abs":
      return type === "number" ? fallible(`TRY(abs(${a}))`, ["overflow"]) : total(a);
    default:
      return unreachable(op);
  }
}

/** Exact powers by repeated multiplication, at most 64 of them: a larger exponent only has a value where the base is 0, 1 or -1. */
function powerSql(type: ValueType, a: string, b: string): string {
  const sql = SQL_TYPE[type];
  const exponent = `CASE WHEN ${a} BETWEEN ${type === "number" ? "-1" : "0"} AND 1 THEN ${b} % 2 + 2 * (${b} > 0)::TINYINT ELSE least(${b}, 64) END`;
  const product = `TRY(list_reduce(list_resize([]::${sql}[], (${exponent})::BIGINT, ${a}), lambda x, y: x * y))`;
  const negative = `CASE WHEN ${a} = 0 THEN NULL WHEN ${a} = 1 THEN 1 WHEN ${a} = -1 THEN 1 - 2 * abs(${b} % 2) ELSE 0 END`;
  const guard = `WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL WHEN ${b} = 0 THEN 1`;
  return type === "number"
    ? `(CASE ${guard} WHEN ${b} < 0 THEN ${negative} ELSE ${product} END)::${sql}`
    : `(CASE ${guard} ELSE ${product} END)::${sql}`;
}

function floatSql(op: Arithmetic, a: string, b: string): OperationSql {
  const finite = (value: string): string => `CASE WHEN isfinite(${value}) THEN ${value} + 0.0::DOUBLE END`;
  switch (op) {
    case "+":
    case "-":
    case "*":
      return fallible(finite(`(${a} ${op} ${b})`), ["overflow"]);
    case "/":
      return fallible(finite(`(${a} / ${b})`), ["division_by_zero", `${b} = 0`], ["overflow"]);
    case "%":
      return fallible(finite(`TRY(${a} % ${b})`), ["division_by_zero", `${b} = 0`], ["overflow"]);
    case "^":
      return fallible(finite(`TRY(pow(${a}, ${b}))`), ["overflow"]);
    case "neg":
      return total(`(0.0::DOUBLE - (${a}))`);
    case "abs":
      return total(`abs(${a})`);
    default:
      return unreachable(op);
  }
}

/** Shifts move the 64-bit pattern; the amount counts modulo 64 and bits pushed out are dropped, as in Soufflé. */
function shiftSql(op: "bshl" | "bshr" | "bshru", type: ValueType, a: string, b: string): string {
  const amount = `(${b} & 63)`;
  if (op === "bshr" || (op === "bshru" && type === "unsigned")) return `(${a} >> ${amount})`;
  const pattern = `((${a})::HUGEINT & (${TWO_64} - 1))`;
  const shifted = op === "bshl" ? `((${pattern} << ${amount}::HUGEINT) % ${TWO_64})` : `(${pattern} >> ${amount}::HUGEINT)`;
  if (type === "unsigned") return `${shifted}::UBIGINT`;
  return `((${shifted} + ${TWO_63}) % ${TWO_64} - ${TWO_63})::BIGINT`;
}

function extremeSql(functionName: "least" | "greatest", args: readonly SqlExpression[]): string {
  const extreme = `${functionName}(${args.map((argument) => argument.sql).join(", ")})`;
  const nullable = args.filter((argument) => argument.failures.length > 0);
  if (nullable.length === 0) return extreme;
  return `CASE WHEN ${nullable.map((argument) => `${argument.sql} IS NOT NULL`).join(" AND ")} THEN ${extreme} END`;
}

function catSql(args: readonly SqlExpression[], symbolBytes: number): OperationSql {
  const bytes = args.map((argument) => `strlen(${argument.sql})`).join(" + ");
  // Without the cast DuckDB loses the type where it folds an operand to NULL.
  const joined = `(${args.map((argument) => argument.sql).join(" || ")})::VARCHAR`;
  return fallible(`CASE WHEN ${bytes} <= ${symbolBytes} THEN ${joined} END`, ["symbol_bytes"]);
}

/** As C++'s `substr`: from beyond the end gives the empty symbol, a negative length takes the rest. */
function substringSql(text: string, start: string, length: string): string {
  const count = `CASE WHEN ${length} < 0 THEN 4294967295 ELSE least(${length}, 4294967295) END`;
  const inside = `substring(${text}, (${start} + 1)::BIGINT, (${count})::BIGINT)`;
  return `CASE WHEN ${length} IS NOT NULL THEN CASE WHEN ${start} < 0 OR ${start} > length(${text}) THEN '' WHEN ${start} <= length(${text}) THEN ${inside} END END`;
}

/** C's `%f`, as Soufflé prints floats. Where all doubles are whole numbers DuckDB's own is not exact; past 38 digits there is no exact form here. */
function floatTextSql(a: string): OperationSql {
  const sql = `CASE WHEN abs(${a}) < ${2 ** 53}::DOUBLE THEN printf('%f', ${a}) WHEN abs(${a}) < 1e38::DOUBLE THEN (((${a})::HUGEINT)::VARCHAR || '.000000')::VARCHAR END`;
  return fallible(sql, ["conversion"]);
}

function conversionSql(to: ValueType, from: ValueType, a: string): OperationSql {
  if (to === from) return total(a);
  const sql = SQL_TYPE[to];
  if (from === "symbol") {
    const form = to === "float" ? "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?" : to === "number" ? "[+-]?[0-9]+" : "[+]?[0-9]+";
    const cast =
      to === "float" ? `CASE WHEN isfinite(TRY_CAST(${a} AS DOUBLE)) THEN TRY_CAST(${a} AS DOUBLE) END` : `TRY_CAST(${a} AS ${sql})`;
    return fallible(`CASE WHEN regexp_full_match(${a}, '${form}') THEN ${cast} END`, ["conversion"]);
  }
  if (to === "float") return total(`(${a})::DOUBLE`);
  return fallible(from === "float" ? `TRY_CAST(trunc(${a}) AS ${sql})` : `TRY_CAST(${a} AS ${sql})`, ["conversion"]);
}
