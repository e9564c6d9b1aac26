import type { Relation } from "../../../schema/relation.ts";
import { quoteText, sqlType } from "../../../schema/sql_session.ts";
import type { IrRule } from "../../language/ir.ts";
import { planBody } from "./body.ts";
import type { BodyPlan, Condition } from "./body_builder.ts";
import { variablesOf } from "./existential.ts";
import { type Failure, type SqlExpression, termSql } from "./expression.ts";
import { literalSql } from "./literal.ts";
import { columnsOf, type Lowering } from "./source.ts";

/** Text that begins the message of every error the engine's own SQL raises: `assay:<code>:<relation>`. */
export const ERROR_MARK = "assay:";

/** SQL that computes rows of one relation. */
export interface RelationSelect {
  readonly sql: string;
  /** Whether the rows are free of duplicates as they come. */
  readonly distinct: boolean;
  /** Whether it may raise an evaluation error, so that all of it must be computed. */
  readonly fallible: boolean;
}

/** How conditions that may be NULL are read: a row stays unless some condition is false, so that its failure is seen. */
type Mode = "inline" | { readonly strict: ReadonlySet<Condition> };

/** The WHERE clause of a plan, or the empty text. */
export function whereSql(plan: BodyPlan, mode: Mode, extra: readonly string[] = []): string {
  const conditions = plan.conditions.map((condition) => {
    const strict = !condition.fallible || (mode !== "inline" && mode.strict.has(condition));
    return strict ? condition.sql : `(${condition.sql} IS NOT FALSE)`;
  });
  const all = [...conditions, ...extra];
  return all.length > 0 ? ` WHERE ${all.join(" AND ")}` : "";
}

/** A SQL text expression: the code of the first failure, NULL where there is none. */
export function failureCode(failures: readonly Failure[]): string {
  if (failures.length === 0) return "NULL::VARCHAR";
  return `CASE ${failures.map((failure) => `WHEN ${failure.when} THEN ${failure.code}`).join(" ")} END`;
}

/** Whether rows of the plan cannot repeat where the variables of `known` are selected. */
export function isDistinctOn(plan: BodyPlan, known: ReadonlySet<string>): boolean {
  const fixed = (name: string): boolean => known.has(name) || plan.scope.get(name)?.aliases.size === 0;
  return plan.multipliers.every(({ variables }) => variables !== null && [...variables].every(fixed));
}

/** Rows of one rule's head, with duplicates. Raises `assay:<code>:<relation>` on an instance whose evaluation fails. */
export function ruleSelect(lowering: Lowering, rule: IrRule, relation: Relation): RelationSelect {
  const needed = new Set(rule.head.args.flatMap((term) => [...variablesOf(term)]));
  const plan = planBody(lowering, rule.body, new Map(), needed);
  if (plan === null) throw new Error(`rule ${rule.id} is not safe`);
  const head = rule.head.args.map((term) => termSql(term, plan.scope, lowering.symbolBytes));
  const failures = new Map([...plan.failures, ...head.flatMap((value) => value.failures)].map((failure) => [failure.when, failure]));
  const raised = [...failures.values()];
  const known = new Set(rule.head.args.flatMap((term) => (term.kind === "variable" ? [term.name] : [])));
  const strict = crossingEqualities(plan);
  const checked = headSql(head, relation, raised);
  const selects = [`SELECT ${checked} FROM ${plan.from}${whereSql(plan, { strict })}`];
  if (strict.size > 0) {
    const anyFailure = `(${raised.map((failure) => failure.when).join(" OR ")})`;
    selects.push(`(SELECT ${checked} FROM ${plan.from}${whereSql(plan, "inline", [anyFailure])} LIMIT 1)`);
  }
  return { sql: selects.join(" UNION ALL "), distinct: isDistinctOn(plan, known), fallible: raised.length > 0 };
}

/** The head's columns; the first of them carries the check, so that no row comes out of a failed evaluation. */
function headSql(head: readonly SqlExpression[], relation: Relation, failures: readonly Failure[]): string {
  const columns = columnsOf(relation);
  return columns
    .map((column, position) => {
      const sql = head[position]?.sql ?? "true";
      if (position > 0 || failures.length === 0) return `${sql} AS ${column}`;
      const raise = (failure: Failure): string => `error(${quoteText(ERROR_MARK)} || ${failure.code} || ${quoteText(`:${relation.name}`)})`;
      return `CASE ${failures.map((failure) => `WHEN ${failure.when} THEN ${raise(failure)}`).join(" ")} ELSE ${sql} END AS ${column}`;
    })
    .join(", ");
}

/**
 * Fallible equalities that join tables nothing else relates. Reading them as "not false" would make the join a cross product,
 * so they are strict, and a second select looks for their failures alone.
 */
function crossingEqualities(plan: BodyPlan): Set<Condition> {
  const leader = new Map<string, string>();
  const find = (alias: string): string => {
    const next = leader.get(alias);
    return next === undefined ? alias : find(next);
  };
  const link = (aliases: ReadonlySet<string>): void => {
    const [first, ...rest] = [...aliases].map(find);
    for (const other of rest) if (first !== undefined && find(other) !== find(first)) leader.set(find(other), find(first));
  };
  for (const aliases of plan.links) link(aliases);
  for (const condition of plan.conditions) if (condition.equality && !condition.fallible) link(condition.aliases);
  const apart = (condition: Condition): boolean => new Set([...condition.aliases].map(find)).size > 1;
  return new Set(plan.conditions.filter((condition) => condition.equality && condition.fallible && apart(condition)));
}

/** All rows that `rules` derive for `relation`, free of duplicates where `distinct` says so. */
export function relationSelect(lowering: Lowering, relation: Relation, rules: readonly IrRule[]): RelationSelect {
  const columns = columnsOf(relation);
  const selects: RelationSelect[] = [];
  const facts = rules.filter((rule) => rule.body.length === 0 && rule.head.args.every((term) => term.kind === "constant"));
  if (facts.length > 0) selects.push({ sql: valuesSql(facts, columns), distinct: facts.length === 1, fallible: false });
  for (const rule of rules) if (!facts.includes(rule)) selects.push(ruleSelect(lowering, rule, relation));
  if (selects.length === 0) {
    const none = columns.map((column, position) => `NULL::${columnType(relation, position)} AS ${column}`);
    return { sql: `SELECT ${none.join(", ")} WHERE false`, distinct: true, fallible: false };
  }
  return {
    sql: selects.map((select) => select.sql).join(" UNION ALL "),
    distinct: selects.length === 1 && selects[0]?.distinct === true,
    fallible: selects.some((select) => select.fallible),
  };
}

/** The SQL type of a column of an engine table. */
export function columnType(relation: Relation, position: number): string {
  const type = relation.attributes[position]?.type;
  return type === undefined ? "BOOLEAN" : sqlType[type];
}

function valuesSql(facts: readonly IrRule[], columns: readonly string[]): string {
  const rows = facts.map((rule) => {
    const values = rule.head.args.map((term) => (term.kind === "constant" ? literalSql(term.value, term.type) : ""));
    return `(${values.length > 0 ? values.join(", ") : "true"})`;
  });
  return `SELECT * FROM (VALUES ${rows.join(", ")}) AS facts(${columns.join(", ")})`;
}
