import type { IrRange } from "../../language/ir.ts";
import type { BodyBuilder } from "./body_builder.ts";
import type { SqlExpression } from "./expression.ts";

/**
 * Joins the values of a range, as a lateral unnest of their positions. A range with more values than the bound, or with an
 * operand that fails, gives one row whose value is NULL.
 * Follows Soufflé's `runRange` (src/include/souffle/utility/EvaluatorUtil.h): without a step it walks towards `to`, a step of 0
 * gives `from` once; `inclusive` follows clingo's intervals, which are empty where `from` is above `to`.
 */
export function joinRange(body: BodyBuilder, range: IrRange): void {
  const from = body.term(range.from);
  const to = body.term(range.to);
  const step = range.step === null ? null : body.term(range.step);
  const alias = body.lowering.fresh();
  const isFloat = from.type === "float";
  const [f, t] = isFloat ? [from.sql, to.sql] : [`(${from.sql})::HUGEINT`, `(${to.sql})::HUGEINT`];
  const stride = strideSql(f, t, step, isFloat, range.inclusive);
  const inner = body.lowering.fresh();
  const count = countSql(`${inner}.f`, `${inner}.t`, `${inner}.s`, range.inclusive);
  const bounded = `CASE WHEN ${count} <= ${body.lowering.rangeRows} THEN greatest(${count}, 0) END`;
  const operands = `(SELECT ${f} AS f, ${t} AS t, ${stride} AS s) AS ${inner}`;
  const counted = `(SELECT f, s, (${bounded})::BIGINT AS n FROM ${operands})`;
  body.laterJoins.push(`CROSS JOIN LATERAL (SELECT f, s, n, unnest(range(coalesce(n, 1))) AS i FROM ${counted}) AS ${alias}`);
  const operandFailures = [from, to, ...(step === null ? [] : [step])].flatMap((operand) => operand.failures);
  const value: SqlExpression = {
    sql: `CASE WHEN ${alias}.n IS NOT NULL THEN (${alias}.f + ${alias}.i * ${alias}.s)::${isFloat ? "DOUBLE" : from.type === "number" ? "BIGINT" : "UBIGINT"} END`,
    type: from.type,
    failures: [...operandFailures, { when: `(${alias}.n IS NULL)`, code: "'rows_derived'" }],
    aliases: new Set([alias]),
    depth: 1,
  };
  body.links.push(new Set([alias, ...from.aliases, ...to.aliases, ...(step?.aliases ?? [])]));
  body.unify(range.result, value);
  body.multipliers.push({ variables: range.result.kind === "variable" ? new Set([range.result.name]) : null });
}

function strideSql(f: string, t: string, step: SqlExpression | null, isFloat: boolean, inclusive: boolean): string {
  if (step !== null) return isFloat ? step.sql : `(${step.sql})::HUGEINT`;
  const one = isFloat ? "1.0::DOUBLE" : "1::HUGEINT";
  return inclusive ? one : `CASE WHEN ${f} <= ${t} THEN ${one} ELSE -${one} END`;
}

/** How many values lie between `f` and `t`; the same text serves exact integers and doubles. */
function countSql(f: string, t: string, s: string, inclusive: boolean): string {
  const span = `((${t} - ${f}) / ${s})`;
  return inclusive
    ? `CASE WHEN ${s} = 0 THEN (${f} = ${t})::INTEGER ELSE floor(${span}) + 1 END`
    : `CASE WHEN ${s} = 0 THEN (${f} <> ${t})::INTEGER ELSE ceil(${span}) END`;
}
