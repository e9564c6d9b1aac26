import type { Value } from "../../schema/value.ts";
import { planBody } from "../engines/duckdb/body.ts";
import type { Evaluation } from "../engines/duckdb/evaluation.ts";
import { literalVariables } from "../engines/duckdb/existential.ts";
import { whereSql } from "../engines/duckdb/select.ts";
import type { IrLiteral, IrRule } from "../language/ir.ts";
import { bindableLiterals, type FindBindings } from "./attempts.ts";

/** Finds bindings over computed relations. Errors: `UndecidedSignal`. */
export function bindingsFrom(evaluation: Evaluation): FindBindings {
  return (rule, literals) => findBindings(evaluation, rule, literals);
}

async function findBindings(
  evaluation: Evaluation,
  rule: IrRule,
  literals: readonly IrLiteral[],
): Promise<ReadonlyMap<string, Value> | "unbound" | "unmet"> {
  const names = new Set(literals.flatMap((literal) => [...literalVariables(literal)]));
  const plan = evaluation.lower(rule.head.relation, () => {
    const lowering = evaluation.lowering();
    const whole = planBody(lowering, literals, new Map(), names);
    if (whole !== null) return whole;
    const bindable = bindableLiterals(rule, literals);
    return bindable.length < literals.length ? planBody(lowering, bindable, new Map(), names) : null;
  });
  if (plan === null) return "unbound";
  const shown = [...plan.scope].filter(([, expression]) => expression !== undefined);
  const columns = shown.map(([, expression], at) => `${expression.sql} AS o${at}`);
  const order = columns.map((_, at) => `o${at}`).join(", ");
  const where = whereSql(plan, { strict: new Set(plan.conditions) });
  const sql = `SELECT ${columns.join(", ") || "1 AS o0"} FROM ${plan.from}${where} ORDER BY ${order || "o0"} LIMIT 1`;
  const [row] = await evaluation.session.rows(sql, rule.head.relation);
  if (row === undefined) return "unmet";
  return new Map(shown.flatMap(([name], at) => (row[at] === null || row[at] === undefined ? [] : [[name, row[at] as Value]])));
}
