import { limits } from "../../../schema/limits.ts";
import type { ValueType } from "../../../schema/value.ts";
import type { IrTerm } from "../../language/ir.ts";
import { EngineLimit } from "./engine_limit.ts";
import { literalSql } from "./literal.ts";
import { operationSql } from "./operators.ts";

/**
 * A SQL expression for a term. Where it cannot be evaluated (overflow, division by zero, …) it is NULL and never raises by
 * itself, because SQL may evaluate it on rows that a later condition removes; `failures` tell when that happened.
 */
export interface SqlExpression {
  readonly sql: string;
  readonly type: ValueType;
  /** Innermost first: where an operand fails, so does everything built on it. */
  readonly failures: readonly Failure[];
  /** Aliases of the tables it reads. */
  readonly aliases: ReadonlySet<string>;
  readonly depth: number;
}

/** `when` is a SQL condition, never NULL; `code` a SQL text expression giving the evaluation error's name. */
export interface Failure {
  readonly when: string;
  readonly code: string;
}

export type Scope = ReadonlyMap<string, SqlExpression>;

const MAX_DEPTH = 300;

/** The value of a table's column. */
export function columnSql(alias: string, column: string, type: ValueType): SqlExpression {
  return { sql: `${alias}.${column}`, type, failures: [], aliases: new Set([alias]), depth: 1 };
}

/** Whether every variable of `term` has a value in `scope`. */
export function isBound(term: IrTerm, scope: Scope): boolean {
  if (term.kind === "variable") return scope.has(term.name);
  return term.kind === "constant" || term.args.every((argument) => isBound(argument, scope));
}

/**
 * Lowers a term whose variables are all bound in `scope`. `symbolBytes` bounds the symbols it may build.
 * Errors: `EngineLimit` where substituting variables makes the expression larger than DuckDB reads.
 */
export function termSql(term: IrTerm, scope: Scope, symbolBytes: number): SqlExpression {
  if (term.kind === "constant")
    return { sql: literalSql(term.value, term.type), type: term.type, failures: [], aliases: new Set(), depth: 1 };
  if (term.kind === "variable") {
    const bound = scope.get(term.name);
    if (bound === undefined) throw new Error(`unbound variable ${term.name}`);
    return bound;
  }
  const args = term.args.map((argument) => termSql(argument, scope, symbolBytes));
  const operation = operationSql(term, args, symbolBytes);
  const failures = new Map<string, Failure>();
  for (const failure of [...args.flatMap((argument) => argument.failures), ...operation.failures]) failures.set(failure.when, failure);
  const depth = 1 + Math.max(0, ...args.map((argument) => argument.depth));
  if (depth > MAX_DEPTH || operation.sql.length > limits.rule_sql_bytes.value) throw new EngineLimit("rule_sql_bytes");
  const aliases = new Set(args.flatMap((argument) => [...argument.aliases]));
  return { sql: operation.sql, type: term.type, failures: [...failures.values()], aliases, depth };
}
