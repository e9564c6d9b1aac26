import type { Fact } from "../../../../schema/fact.ts";
import type { Value } from "../../../../schema/value.ts";
import { factKey } from "../../../explain/fact_key.ts";
import {
  aggregateText,
  constantsFit,
  type Derivation,
  type FoundDerivations,
  memberQuestions,
  type Premise,
  plainPremise,
  wantedMembers,
} from "../../../explain/premise.ts";
import type { IrAggregate, IrLiteral, IrRule, Stratum } from "../../../language/ir.ts";
import { findRow } from "../table_rows.ts";
import { type EngineTables, tableOf } from "./engine_tables.ts";
import { Deadline } from "./enumeration.ts";
import { Heights } from "./heights.ts";
import { type FoundInstance, LeastInstances } from "./least_instances.ts";

/** What stays the same from explanation to explanation: rules by relation, and the plans to enumerate their instances. */
export class RulePlans {
  readonly tables: EngineTables;
  readonly #rules = new Map<string, IrRule[]>();
  readonly #strata = new Map<string, Stratum>();
  readonly #instances = new Map<IrRule, LeastInstances>();
  readonly #members = new Map<IrAggregate, LeastInstances[]>();

  constructor(tables: EngineTables) {
    this.tables = tables;
    for (const rule of tables.program.rules) {
      const known = this.#rules.get(rule.head.relation);
      if (known === undefined) this.#rules.set(rule.head.relation, [rule]);
      else known.push(rule);
    }
    for (const stratum of tables.program.strata) for (const name of stratum.relations) this.#strata.set(name, stratum);
  }

  rules(relation: string): readonly IrRule[] {
    return this.#rules.get(relation) ?? [];
  }

  /** The relations of the recursion that a relation is in, or null. */
  recursion(relation: string): readonly string[] | null {
    const stratum = this.#strata.get(relation);
    return stratum?.recursive === true ? stratum.relations : null;
  }

  instances(rule: IrRule): LeastInstances {
    let plan = this.#instances.get(rule);
    if (plan === undefined) {
      plan = new LeastInstances(this.tables, rule.body, rule.head.args);
      this.#instances.set(rule, plan);
    }
    return plan;
  }

  /** One plan an element, for the terms of `memberQuestions`. */
  members(literal: IrAggregate): readonly LeastInstances[] {
    let plans = this.#members.get(literal);
    if (plans === undefined) {
      const questions = memberQuestions(literal, []);
      plans = questions.map(({ body, question }) => new LeastInstances(this.tables, body, question.terms));
      this.#members.set(literal, plans);
    }
    return plans;
  }
}

/**
 * Derivations of tuples in the present state of an engine, found when they are asked for: the least instance of the first rule that gives
 * a tuple, in a recursion one of least height. Good until the state changes.
 */
export class EngineDerivations implements FoundDerivations {
  readonly #plans: RulePlans;
  readonly #tables: EngineTables;
  readonly #deadline: Deadline;
  readonly #known = new Map<string, Derivation | null>();
  readonly #heights = new Map<readonly string[], Heights>();

  constructor(plans: RulePlans) {
    this.#plans = plans;
    this.#tables = plans.tables;
    this.#deadline = new Deadline(plans.tables);
  }

  /** Null where no rule gives the fact. Errors: `EngineLimit`. */
  of(fact: Fact): Derivation | null {
    const key = factKey(fact.relation, fact.row);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const recursion = this.#plans.recursion(fact.relation);
    const derivation = recursion === null ? this.#first(fact) : this.#lowest(fact, recursion);
    this.#known.set(key, derivation);
    return derivation;
  }

  #first(fact: Fact): Derivation | null {
    for (const rule of this.#plans.rules(fact.relation)) {
      if (!constantsFit(rule, fact.row)) continue;
      const instance = this.#plans.instances(rule).least(fact.row, this.#deadline);
      if (instance !== null) return { rule, premises: this.#premises(rule.body, instance) };
    }
    return null;
  }

  #lowest(fact: Fact, recursion: readonly string[]): Derivation | null {
    const { pools } = this.#tables.runtime;
    const table = tableOf(this.#tables, fact.relation);
    const row = findRow(table, fact.row, pools);
    if (!table.isVisible(row)) return null;
    const heights = this.#heightsIn(recursion);
    const wanted = heights.of(fact.relation, row) - 1;
    for (const rule of this.#plans.rules(fact.relation)) {
      if (!constantsFit(rule, fact.row)) continue;
      const premises = rule.body.flatMap((literal, position) => {
        const isPremise = literal.kind === "atom" && !literal.negated && recursion.includes(literal.relation);
        return isPremise ? [{ relation: literal.relation, position }] : [];
      });
      // Premises of a tuple that needs none have no heights.
      if (wanted < 0 !== (premises.length === 0)) continue;
      const isLowest = (rows: Int32Array): boolean =>
        premises.reduce((most, { relation, position }) => Math.max(most, heights.of(relation, rows[position] as number)), -1) === wanted;
      const [instance] = this.#plans.instances(rule).find(fact.row, 1, this.#deadline, isLowest).instances;
      if (instance !== undefined) return { rule, premises: this.#premises(rule.body, instance) };
    }
    return null;
  }

  #heightsIn(recursion: readonly string[]): Heights {
    let heights = this.#heights.get(recursion);
    if (heights === undefined) {
      heights = new Heights(this.#tables, recursion, (relation) => this.#plans.rules(relation), this.#deadline);
      this.#heights.set(recursion, heights);
    }
    return heights;
  }

  #premises(body: readonly IrLiteral[], instance: FoundInstance): Premise[] {
    return body.map((literal, at) => {
      const values = instance[at] ?? [];
      return literal.kind === "aggregate" ? this.#aggregate(literal, values) : plainPremise(literal, values);
    });
  }

  #aggregate(literal: IrAggregate, values: readonly Value[]): Premise {
    const limit = this.#tables.limits.explain_members;
    const plans = this.#plans.members(literal);
    const members: Premise[][] = [];
    let total = 0;
    for (const [at, { body, question }] of memberQuestions(literal, values).entries()) {
      const [row] = question.rows;
      const found = plans[at]?.find(row ?? [], limit, this.#deadline);
      total += found?.total ?? 0;
      for (const instance of found?.instances ?? []) if (members.length < limit) members.push(this.#premises(body, instance));
    }
    return {
      kind: "aggregate",
      op: literal.op,
      text: aggregateText(literal, values),
      members,
      total,
      wanted: wantedMembers(literal, values),
    };
  }
}
