import type { IrComparison, IrTerm } from "../../language/ir.ts";
import type { Failure, Scope, SqlExpression } from "./expression.ts";
import { termSql } from "./expression.ts";
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

  /** How many aggregates enclose the body. */
  readonly nesting: number;

  constructor(lowering: Lowering, given: Scope, nesting: number) {
    this.nesting = nesting;
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

  /** The plan of what has been added so far. */
  plan(): BodyPlan {
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

/** A comparison as a condition. */
export function comparison(op: IrComparison["op"], left: SqlExpression, right: SqlExpression): Condition {
  return {
    sql: `(${left.sql} ${op === "!=" ? "<>" : op} ${right.sql})`,
    fallible: left.failures.length + right.failures.length > 0,
    aliases: new Set([...left.aliases, ...right.aliases]),
    equality: op === "=",
  };
}
