import { limits } from "../../../schema/limits.ts";
import { unreachable } from "../../../schema/unreachable.ts";
import type { IrAggregate, IrLiteral } from "../../language/ir.ts";
import { countsPairs, excludesValue } from "./aggregate_shape.ts";
import { planBody } from "./body.ts";
import type { BodyBuilder, BodyPlan } from "./body_builder.ts";
import { EngineLimit } from "./engine_limit.ts";
import { variablesOf } from "./existential.ts";
import { columnSql, type Failure, isBound, type Scope, type SqlExpression, termSql } from "./expression.ts";
import { failureCode, isDistinctOn, whereSql } from "./select.ts";

/** The elements of an aggregate, lowered, and the outer variables their rows are grouped by. */
interface Elements {
  readonly plans: readonly BodyPlan[];
  readonly groups: readonly string[];
}

/**
 * Joins an aggregate, computed once for all groups. Where the elements bind every outer variable themselves, their rows name
 * the groups; otherwise the groups are the outer values that the rule's other literals have found so far. Outer variables that
 * nothing else binds (see `impliedAtoms`) are bound by the groups.
 */
export function joinAggregate(body: BodyBuilder, aggregate: IrAggregate, surroundings: readonly IrLiteral[]): void {
  if (body.nesting >= limits.aggregate_depth.value) throw new EngineLimit("aggregate_depth");
  const elements = groupedElements(body, aggregate) ?? domainElements(body, aggregate);
  const alias = body.lowering.fresh();
  const hasErrors = elements.plans.some((plan) => plan.failures.length > 0);
  const sql = aggregateSelect(body, aggregate, elements, hasErrors, surroundings);
  const outer = aggregate.outer.flatMap((name) => body.scope.get(name) ?? []);
  const keyFailures = outer.flatMap((expression) => expression.failures);
  const mayMiss = aggregate.op === "count" || aggregate.op === "sum" ? !excludesValue(aggregate, surroundings, 0) : false;
  const isInner = elements.groups.length > 0 && keyFailures.length === 0 && !mayMiss;
  joinGroups(body, elements, sql, alias, isInner);
  const present = `coalesce(${alias}.n > 0, false)`;
  if (aggregate.op !== "count" && aggregate.op !== "sum" && !isInner) {
    const holds = [present, ...keyFailures.map((failure) => failure.when)].join(" OR ");
    body.conditions.push({ sql: `(${holds})`, fallible: false, aliases: new Set([alias]), equality: false });
  }
  body.links.push(new Set([alias, ...outer.flatMap((expression) => [...expression.aliases])]));
  body.unify(aggregate.result, resultOf(aggregate, alias, isInner, hasErrors, keyFailures));
}

function joinGroups(body: BodyBuilder, { groups, plans }: Elements, sql: string, alias: string, isInner: boolean): void {
  const on: string[] = [];
  const bindings: string[] = [];
  for (const [position, name] of groups.entries()) {
    const outer = body.scope.get(name);
    if (outer === undefined) bindings.push(name);
    else on.push(`${alias}.g${position} = ${outer.sql}`);
  }
  if (bindings.length > 0 && !isInner) throw new Error(`nothing binds ${bindings.join(", ")}`);
  if (on.length > 0) body.laterJoins.push(`${isInner ? "INNER" : "LEFT"} JOIN (${sql}) AS ${alias} ON (${on.join(" AND ")})`);
  else if (bindings.length > 0) body.tables.push(`(${sql}) AS ${alias}`);
  else body.laterJoins.push(`CROSS JOIN (${sql}) AS ${alias}`);
  for (const name of bindings) {
    const type = plans[0]?.scope.get(name)?.type;
    if (type !== undefined) body.scope.set(name, columnSql(alias, `g${groups.indexOf(name)}`, type));
  }
  if (bindings.length > 0) body.multipliers.push({ variables: new Set(bindings) });
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
    const plan = planBody(body.lowering, element.body, given, needed, { domain, nesting: body.nesting + 1 });
    if (plan === null || !element.keys.every((key) => isBound(key, plan.scope))) return null;
    const keys = element.keys.map((key) => termSql(key, plan.scope, body.lowering.symbolBytes));
    const failures = new Map(plan.failures.map((failure) => [failure.when, failure]));
    for (const failure of keys.flatMap((key) => key.failures)) failures.set(failure.when, failure);
    plans.push({ ...plan, failures: [...failures.values()] });
  }
  return { plans, groups };
}

function aggregateSelect(
  body: BodyBuilder,
  aggregate: IrAggregate,
  elements: Elements,
  hasErrors: boolean,
  surroundings: readonly IrLiteral[],
): string {
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
    const repeated = repeatedOnly(body, aggregate, elements.groups, plan, surroundings);
    return `SELECT ${distinct}${columns.join(", ") || "1 AS k0"} FROM ${plan.from}${repeated}${whereSql(plan, "inline")}`;
  });
  const rows = selects.join(isExtreme(aggregate) ? " UNION ALL " : " UNION ");
  const groups = elements.groups.map((_, group) => `g${group}`);
  const columns = [...groups, `${functionSql(aggregate)} AS v`, "count(*) AS n", ...(hasErrors ? ["min(e) AS e"] : [])];
  return `SELECT ${columns.join(", ")} FROM (${rows})${groups.length > 0 ? ` GROUP BY ${groups.join(", ")}` : ""}`;
}

/**
 * A semi join that keeps only rows whose key occurs more than once, for a count by a relation's key that asks for at least two:
 * the law of a key then reads little more than the table of such keys.
 */
function repeatedOnly(
  body: BodyBuilder,
  aggregate: IrAggregate,
  groups: readonly string[],
  plan: BodyPlan,
  surroundings: readonly IrLiteral[],
): string {
  const atom = countsPairs(aggregate, surroundings);
  if (atom === null) return "";
  const { repeated } = body.lowering.source(atom);
  if (repeated === undefined) return "";
  const alias = body.lowering.fresh();
  const on = repeated.key.map((position) => {
    const term = atom.args[position];
    const grouped = term?.kind === "variable" && groups.includes(term.name) ? plan.scope.get(term.name) : undefined;
    return grouped === undefined ? null : `${alias}.c${position} = ${grouped.sql}`;
  });
  return on.includes(null) ? "" : ` SEMI JOIN ${repeated.table} AS ${alias} ON (${on.join(" AND ")})`;
}

function isExtreme(aggregate: IrAggregate): boolean {
  return aggregate.op === "min" || aggregate.op === "max";
}

/**
 * Floats are added in ascending order, so that the sum does not depend on the order of rows. Integers are added as HUGEINT:
 * over BIGINT DuckDB may choose `sum_no_overflow` from an estimate of the count of rows, which 1.5 takes to be 0 above an anti
 * join with an empty table, and that sum wraps.
 */
function functionSql(aggregate: IrAggregate): string {
  const finite = (sql: string): string => `CASE WHEN isfinite(${sql}) THEN ${sql} END`;
  switch (aggregate.op) {
    case "count":
      return aggregate.result.type === "unsigned" ? "count(*)::UBIGINT" : "count(*)";
    case "sum":
      if (aggregate.type === "float") return finite("sum(k0 ORDER BY k0)");
      return `TRY_CAST(sum(k0::HUGEINT) AS ${aggregate.type === "unsigned" ? "UBIGINT" : "BIGINT"})`;
    case "min":
      return "min(k0)";
    case "max":
      return "max(k0)";
    case "mean":
      return aggregate.type === "float" ? finite("(sum(k0 ORDER BY k0) / count(*))") : "(sum(k0::HUGEINT)::DOUBLE / count(*))";
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
