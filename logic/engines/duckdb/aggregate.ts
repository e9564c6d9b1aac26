import { unreachable } from "../../../schema/unreachable.ts";
import type { IrAggregate, IrLiteral } from "../../language/ir.ts";
import { planBody } from "./body.ts";
import type { BodyBuilder, BodyPlan } from "./body_builder.ts";
import { literalVariables, variablesOf } from "./existential.ts";
import { columnSql, type Failure, isBound, type Scope, type SqlExpression, termSql } from "./expression.ts";
import { failureCode, isDistinctOn, whereSql } from "./select.ts";

/** The elements of an aggregate, lowered, and the outer variables their rows are grouped by. */
interface Elements {
  readonly plans: readonly BodyPlan[];
  readonly groups: readonly string[];
}

/**
 * Joins an aggregate, computed once for all groups. Where the elements bind every outer variable themselves, their rows name
 * the groups; otherwise the groups are the outer values that the rule's other literals have found so far.
 */
export function joinAggregate(body: BodyBuilder, aggregate: IrAggregate, surroundings: readonly IrLiteral[]): void {
  const elements = groupedElements(body, aggregate) ?? domainElements(body, aggregate);
  const alias = body.lowering.fresh();
  const hasErrors = elements.plans.some((plan) => plan.failures.length > 0);
  const sql = aggregateSelect(body, aggregate, elements, hasErrors);
  const outer = aggregate.outer.map((name) => body.scope.get(name)).filter((expression) => expression !== undefined);
  const keyFailures = outer.flatMap((expression) => expression.failures);
  const mayMiss = aggregate.op === "count" || aggregate.op === "sum" ? !excludesZero(aggregate, surroundings) : false;
  const isInner = elements.groups.length > 0 && keyFailures.length === 0 && !mayMiss;
  if (elements.groups.length === 0) {
    body.laterJoins.push(`CROSS JOIN (${sql}) AS ${alias}`);
  } else {
    const on = elements.groups.map((name, position) => `${alias}.g${position} = ${body.scope.get(name)?.sql}`);
    body.laterJoins.push(`${isInner ? "INNER" : "LEFT"} JOIN (${sql}) AS ${alias} ON (${on.join(" AND ")})`);
  }
  const present = `coalesce(${alias}.n > 0, false)`;
  if (aggregate.op !== "count" && aggregate.op !== "sum" && !isInner) {
    const holds = [present, ...keyFailures.map((failure) => failure.when)].join(" OR ");
    body.conditions.push({ sql: `(${holds})`, fallible: false, aliases: new Set([alias]), equality: false });
  }
  body.links.push(new Set([alias, ...outer.flatMap((expression) => [...expression.aliases])]));
  body.unify(aggregate.result, resultOf(aggregate, alias, isInner, hasErrors, keyFailures));
}

/** Null where some element cannot bind the outer variables by itself. */
function groupedElements(body: BodyBuilder, aggregate: IrAggregate): Elements | null {
  const constants = new Map<string, SqlExpression>();
  for (const name of aggregate.outer) {
    const outer = body.scope.get(name);
    if (outer !== undefined && outer.aliases.size === 0 && outer.failures.length === 0) constants.set(name, outer);
  }
  const groups = aggregate.outer.filter((name) => !constants.has(name));
  if (groups.length === 0 && aggregate.outer.length > 0) return planElements(body, aggregate, constants, []);
  if (groups.length === 0) return planElements(body, aggregate, new Map(), []);
  const elements = planElements(body, aggregate, constants, groups);
  const binds = (plan: BodyPlan): boolean => groups.every((name) => plan.scope.get(name)?.failures.length === 0);
  return elements?.plans.every(binds) === true ? elements : null;
}

function domainElements(body: BodyBuilder, aggregate: IrAggregate): Elements {
  const soFar = body.plan();
  const alias = body.lowering.fresh();
  const given = new Map<string, SqlExpression>();
  const columns = aggregate.outer.map((name, position) => {
    const outer = soFar.scope.get(name);
    if (outer === undefined) throw new Error(`unbound variable ${name}`);
    // A value that failed is NULL here; the rule's own failures tell of it.
    given.set(name, columnSql(alias, `d${position}`, outer.type));
    return `${outer.sql} AS d${position}`;
  });
  const domain = `(SELECT DISTINCT ${columns.join(", ")} FROM ${soFar.from}${whereSql(soFar, "inline")}) AS ${alias}`;
  const elements = planElements(body, aggregate, given, aggregate.outer, domain);
  if (elements === null) throw new Error("an aggregate's body is not safe");
  return elements;
}

function planElements(
  body: BodyBuilder,
  aggregate: IrAggregate,
  given: Scope,
  groups: readonly string[],
  domain: string | null = null,
): Elements | null {
  const plans: BodyPlan[] = [];
  for (const element of aggregate.elements) {
    const needed = new Set([...groups, ...element.keys.flatMap((key) => [...variablesOf(key)])]);
    const plan = planBody(body.lowering, element.body, given, needed, domain);
    if (plan === null || !element.keys.every((key) => isBound(key, plan.scope))) return null;
    const keys = element.keys.map((key) => termSql(key, plan.scope, body.lowering.symbolBytes));
    const failures = new Map(plan.failures.map((failure) => [failure.when, failure]));
    for (const failure of keys.flatMap((key) => key.failures)) failures.set(failure.when, failure);
    plans.push({ ...plan, failures: [...failures.values()] });
  }
  return { plans, groups };
}

function aggregateSelect(body: BodyBuilder, aggregate: IrAggregate, elements: Elements, hasErrors: boolean): string {
  const several = elements.plans.length > 1;
  const width = Math.max(...aggregate.elements.map((element) => element.keys.length));
  const selects = elements.plans.map((plan, position) => {
    const keys = aggregate.elements[position]?.keys ?? [];
    const columns = elements.groups.map((name, group) => `${plan.scope.get(name)?.sql} AS g${group}`);
    for (let at = 0; at < width; at++) {
      const key = keys[at];
      const sql = key === undefined ? "NULL" : termSql(key, plan.scope, body.lowering.symbolBytes).sql;
      const keepType = !several || (at === 0 && aggregate.op !== "count");
      columns.push(`${keepType ? sql : `(${sql})::VARCHAR`} AS k${at}`);
    }
    if (several) columns.push(`'${keys.map((key) => key.type).join()}' AS signature`);
    if (hasErrors) columns.push(`${failureCode(plan.failures)} AS e`);
    const known = new Set([...aggregate.outer, ...keys.flatMap((key) => (key.kind === "variable" ? [key.name] : []))]);
    const distinct = several || isExtreme(aggregate) || isDistinctOn(plan, known) ? "" : "DISTINCT ";
    return `SELECT ${distinct}${columns.join(", ") || "1 AS k0"} FROM ${plan.from}${whereSql(plan, "inline")}`;
  });
  const rows = selects.join(isExtreme(aggregate) ? " UNION ALL " : " UNION ");
  const groups = elements.groups.map((_, group) => `g${group}`);
  const columns = [...groups, `${functionSql(aggregate)} AS v`, "count(*) AS n", ...(hasErrors ? ["min(e) AS e"] : [])];
  return `SELECT ${columns.join(", ")} FROM (${rows})${groups.length > 0 ? ` GROUP BY ${groups.join(", ")}` : ""}`;
}

function isExtreme(aggregate: IrAggregate): boolean {
  return aggregate.op === "min" || aggregate.op === "max";
}

/** Floats are added in ascending order, so that the sum does not depend on the order of rows. */
function functionSql(aggregate: IrAggregate): string {
  const finite = (sql: string): string => `CASE WHEN isfinite(${sql}) THEN ${sql} END`;
  switch (aggregate.op) {
    case "count":
      return aggregate.result.type === "unsigned" ? "count(*)::UBIGINT" : "count(*)";
    case "sum":
      if (aggregate.type === "float") return finite("sum(k0 ORDER BY k0)");
      return `TRY_CAST(sum(k0) AS ${aggregate.type === "unsigned" ? "UBIGINT" : "BIGINT"})`;
    case "min":
      return "min(k0)";
    case "max":
      return "max(k0)";
    case "mean":
      return aggregate.type === "float" ? finite("(sum(k0 ORDER BY k0) / count(*))") : "(sum(k0)::DOUBLE / count(*))";
    default:
      return unreachable(aggregate.op);
  }
}

function resultOf(
  aggregate: IrAggregate,
  alias: string,
  isInner: boolean,
  hasErrors: boolean,
  keyFailures: readonly Failure[],
): SqlExpression {
  const failures: Failure[] = [...keyFailures];
  if (hasErrors) failures.push({ when: `(${alias}.e IS NOT NULL)`, code: `${alias}.e` });
  const mayOverflow = aggregate.op === "sum" || (aggregate.op === "mean" && aggregate.type === "float");
  let sql = `${alias}.v`;
  if (!isInner && aggregate.op === "count") sql = `coalesce(${sql}, 0)`;
  if (!isInner && aggregate.op === "sum") sql = `CASE WHEN ${alias}.n > 0 THEN ${sql} ELSE 0 END`;
  if (failures.length > 0) sql = `CASE WHEN NOT (${failures.map((failure) => failure.when).join(" OR ")}) THEN ${sql} END`;
  if (mayOverflow) failures.push({ when: `(${alias}.v IS NULL AND coalesce(${alias}.n > 0, false))`, code: "'overflow'" });
  return { sql, type: aggregate.result.type, failures, aliases: new Set([alias]), depth: 1 };
}

/** Whether some literal beside the aggregate is false for the value 0, so that empty groups need not be kept. */
function excludesZero(aggregate: IrAggregate, surroundings: readonly IrLiteral[]): boolean {
  const { result } = aggregate;
  if (result.kind === "constant") return Number(result.value) !== 0;
  if (result.kind !== "variable") return false;
  return surroundings.some((literal) => {
    if (literal.kind !== "compare" || !literalVariables(literal).has(result.name)) return false;
    const [left, right] = [literal.left, literal.right].map((term) => {
      if (term.kind === "constant" && term.type !== "symbol") return Number(term.value);
      return term.kind === "variable" && term.name === result.name ? 0 : null;
    });
    if (left === undefined || right === undefined || left === null || right === null) return false;
    return !holds(literal.op, left, right);
  });
}

function holds(op: "=" | "!=" | "<" | "<=" | ">" | ">=", left: number, right: number): boolean {
  switch (op) {
    case "=":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}
