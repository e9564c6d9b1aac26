import type { IrAggregate, IrAtom, IrComparison, IrLiteral, IrRange, IrTerm } from "../../language/ir.ts";
import { joinAggregate } from "./aggregate.ts";
import { existentialAtoms, variablesOf } from "./existential.ts";
import { columnSql, type Failure, isBound, type Scope, type SqlExpression, termSql } from "./expression.ts";
import { joinRange } from "./range.ts";
import type { Lowering } from "./source.ts";

/** A literal as a SQL condition: NULL where an expression in it fails. */
export interface Condition {
  readonly sql: string;
  readonly fallible: boolean;
  readonly aliases: ReadonlySet<string>;
  readonly equality: boolean;
}

/** A conjunction of literals as the parts of a SELECT. */
export interface BodyPlan {
  readonly scope: Scope;
  /** The FROM clause, never empty. */
  readonly from: string;
  readonly conditions: readonly Condition[];
  /** Everything that may fail in the body, innermost first. */
  readonly failures: readonly Failure[];
  /** Positive atoms and ranges that multiply rows: with these variables known and `distinct`, each row occurs once. */
  readonly multipliers: readonly Multiplier[];
  /** Groups of aliases that FROM already relates, so that joining them is no cross product. */
  readonly links: readonly ReadonlySet<string>[];
}

/** A part of FROM that gives more than one row. `variables` null: some column of it is in no variable, so rows may repeat. */
export interface Multiplier {
  readonly variables: ReadonlySet<string> | null;
}

/** A body under construction. Joins come in three groups because SQL's later joins may only name earlier tables. */
export class BodyBuilder {
  readonly lowering: Lowering;
  readonly scope: Map<string, SqlExpression>;
  readonly tables: string[] = [];
  readonly laterJoins: string[] = [];
  readonly filters: string[] = [];
  readonly conditions: Condition[] = [];
  readonly multipliers: Multiplier[] = [];
  readonly links: ReadonlySet<string>[] = [];
  readonly #failures = new Map<string, Failure>();

  constructor(lowering: Lowering, given: Scope) {
    this.lowering = lowering;
    this.scope = new Map(given);
  }

  term(term: IrTerm): SqlExpression {
    const expression = termSql(term, this.scope, this.lowering.symbolBytes);
    this.addFailures(expression.failures);
    return expression;
  }

  addFailures(failures: readonly Failure[]): void {
    for (const failure of failures) if (!this.#failures.has(failure.when)) this.#failures.set(failure.when, failure);
  }

  addEquality(left: SqlExpression, right: SqlExpression): void {
    this.conditions.push(comparison("=", left, right));
  }

  /** Gives `term` the value `expression`: binds it where it is a free variable, compares otherwise. */
  unify(term: IrTerm, expression: SqlExpression): void {
    this.addFailures(expression.failures);
    if (term.kind === "variable" && !this.scope.has(term.name)) this.scope.set(term.name, expression);
    else this.addEquality(expression, this.term(term));
  }

  finish(): BodyPlan {
    const from = [this.tables.length > 0 ? this.tables.join(" CROSS JOIN ") : "(SELECT 1) AS unit", ...this.laterJoins, ...this.filters];
    return {
      scope: this.scope,
      from: from.join(" "),
      conditions: this.conditions,
      failures: [...this.#failures.values()],
      multipliers: this.multipliers,
      links: this.links,
    };
  }
}

/**
 * Lowers a conjunction, with the variables of `given` already bound. `needed` are the variables that the head or the
 * aggregate's keys read. Returns null where some literal stays unbound, which for a whole rule is a broken invariant.
 */
export function planBody(lowering: Lowering, literals: readonly IrLiteral[], given: Scope, needed: ReadonlySet<string>): BodyPlan | null {
  const body = new BodyBuilder(lowering, given);
  const existential = existentialAtoms(lowering, literals, given, needed);
  const atoms = literals.filter((literal) => literal.kind === "atom");
  const positive = atoms.filter((atom) => !atom.negated && !existential.has(atom));
  const pendingEqualities = positive.flatMap((atom) => joinAtom(body, atom));
  if (!bindRest(body, literals)) return null;
  if (!pendingEqualities.every(([, term]) => isBound(term, body.scope))) return null;
  for (const [column, term] of pendingEqualities) body.addEquality(column, body.term(term));
  for (const atom of atoms) {
    const filter = atom.negated ? atom : existential.get(atom);
    if (filter === undefined) continue;
    if (!filter.args.every((term) => term === null || isBound(term, body.scope))) return null;
    filterAtom(body, filter);
  }
  return body.finish();
}

/** Joins a positive atom; returns the arguments that are operations, which wait until all variables are bound. */
function joinAtom(body: BodyBuilder, atom: IrAtom): [SqlExpression, IrTerm][] {
  const source = body.lowering.source(atom);
  const alias = body.lowering.fresh();
  const deduped = !source.distinct && source.dedupe;
  body.tables.push(`${deduped ? `(SELECT DISTINCT * FROM ${source.sql})` : source.sql} AS ${alias}`);
  const pending: [SqlExpression, IrTerm][] = [];
  atom.args.forEach((term, position) => {
    if (term === null) return;
    const column = columnSql(alias, source.columns[position] ?? "", term.type);
    if (term.kind === "operation") pending.push([column, term]);
    else body.unify(term, column);
  });
  const whole = (source.distinct || deduped) && atom.args.every((term) => term !== null && term.kind !== "operation");
  body.multipliers.push({ variables: whole ? variablesOf(atom) : null });
  return pending;
}

/** Binds equalities first (they are free), then ranges and aggregates, until nothing changes. False where some stay unbound. */
function bindRest(body: BodyBuilder, literals: readonly IrLiteral[]): boolean {
  const tests = literals.filter((literal) => literal.kind === "test" || (literal.kind === "compare" && literal.op !== "="));
  let waiting = literals.filter((literal) => literal.kind !== "atom" && !tests.includes(literal)) as (
    | IrComparison
    | IrRange
    | IrAggregate
  )[];
  while (waiting.length > 0) {
    const ready =
      waiting.find((literal) => literal.kind === "compare" && isReady(body, literal)) ?? waiting.find((literal) => isReady(body, literal));
    if (ready === undefined) return false;
    waiting = waiting.filter((literal) => literal !== ready);
    if (ready.kind === "compare") bindEquality(body, ready);
    else if (ready.kind === "range") joinRange(body, ready);
    else joinAggregate(body, ready, literals);
  }
  for (const literal of tests) {
    if (literal.kind !== "test" && literal.kind !== "compare") continue;
    if (!isBound(literal.left, body.scope) || !isBound(literal.right, body.scope)) return false;
    const [left, right] = [body.term(literal.left), body.term(literal.right)];
    if (literal.kind === "compare") body.conditions.push(comparison(literal.op, left, right));
    else body.conditions.push(textTest(body, literal.test, literal.negated, left, right));
  }
  return true;
}

function isReady(body: BodyBuilder, literal: IrComparison | IrRange | IrAggregate): boolean {
  const bound = (term: IrTerm | null): boolean => term === null || isBound(term, body.scope);
  const free = (term: IrTerm): boolean => term.kind === "variable" || bound(term);
  switch (literal.kind) {
    case "compare":
      return (bound(literal.left) && free(literal.right)) || (bound(literal.right) && free(literal.left));
    case "range":
      return bound(literal.from) && bound(literal.to) && bound(literal.step) && free(literal.result);
    case "aggregate":
      return literal.outer.every((name) => body.scope.has(name)) && free(literal.result);
  }
}

function bindEquality(body: BodyBuilder, literal: IrComparison): void {
  if (isBound(literal.right, body.scope)) body.unify(literal.left, body.term(literal.right));
  else body.unify(literal.right, body.term(literal.left));
}

/** A negated atom as an anti join, an existential one as a semi join: both keep the rows' multiplicity. */
function filterAtom(body: BodyBuilder, atom: IrAtom): void {
  const source = body.lowering.source(atom);
  const alias = body.lowering.fresh();
  const equalities = atom.args.flatMap((term, position) => {
    return term === null ? [] : [`${alias}.${source.columns[position]} = ${body.term(term).sql}`];
  });
  if (equalities.length > 0) {
    body.filters.push(`${atom.negated ? "ANTI" : "SEMI"} JOIN ${source.sql} AS ${alias} ON (${equalities.join(" AND ")})`);
  } else {
    const exists = `EXISTS (SELECT 1 FROM ${source.sql} AS ${alias})`;
    body.conditions.push({ sql: atom.negated ? `NOT ${exists}` : exists, fallible: false, aliases: new Set(), equality: false });
  }
}

function comparison(op: IrComparison["op"], left: SqlExpression, right: SqlExpression): Condition {
  return {
    sql: `(${left.sql} ${op === "!=" ? "<>" : op} ${right.sql})`,
    fallible: left.failures.length + right.failures.length > 0,
    aliases: new Set([...left.aliases, ...right.aliases]),
    equality: op === "=",
  };
}

function textTest(body: BodyBuilder, test: "match" | "contains", negated: boolean, left: SqlExpression, right: SqlExpression): Condition {
  let sql = `contains(${right.sql}, ${left.sql})`;
  let fallible = left.failures.length + right.failures.length > 0;
  if (test === "match" && left.aliases.size === 0) {
    sql = `regexp_full_match(${right.sql}, ${left.sql})`;
  } else if (test === "match") {
    sql = `TRY(regexp_full_match(${right.sql}, ${left.sql}))`;
    fallible = true;
    body.addFailures([{ when: `(${sql} IS NULL)`, code: "'pattern'" }]);
  }
  return { sql: negated ? `(NOT ${sql})` : sql, fallible, aliases: new Set([...left.aliases, ...right.aliases]), equality: false };
}
