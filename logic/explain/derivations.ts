import type { Fact } from "../../schema/fact.ts";
import type { Row, Value } from "../../schema/value.ts";
import type { Evaluation } from "../engines/duckdb/evaluation.ts";
import { atomsOf } from "../engines/duckdb/needs.ts";
import type { Source } from "../engines/duckdb/source.ts";
import type { IrAggregate, IrLiteral, IrRule } from "../language/ir.ts";
import { factKey } from "./fact_key.ts";
import { Heights } from "./heights.ts";
import { findInstances, type Instance } from "./instances.ts";
import {
  aggregateText,
  constantsFit,
  type Derivation,
  factsOf,
  memberQuestions,
  type Premise,
  plainPremise,
  wantedMembers,
} from "./premise.ts";
import { withoutWildcards } from "./shown_terms.ts";

const GOALS_A_QUERY = 500;

/**
 * Finds derivations set by set: all goals of one relation in one query a rule, then all their premises. In a recursion each
 * derivation is one of least height, so that following premises always ends.
 */
export class Derivations {
  readonly #evaluation: Evaluation;
  readonly #heights: Heights;
  readonly #known = new Map<string, Derivation | null>();

  constructor(evaluation: Evaluation) {
    this.#evaluation = evaluation;
    this.#heights = new Heights(evaluation);
  }

  /** The derivation found for a derived fact; null where no rule gives it, undefined where it was not looked for. */
  of(fact: Fact): Derivation | null | undefined {
    return this.#known.get(factKey(fact.relation, fact.row));
  }

  /**
   * Looks for derivations of `facts` and of their premises, `levels` deep and until about `nodes` are known.
   * Errors: `UndecidedSignal`.
   */
  async expand(facts: readonly Fact[], levels: number, nodes: number): Promise<void> {
    let open: readonly Fact[] = facts;
    for (let level = 0; level < levels && open.length > 0 && this.#known.size < nodes; level++) {
      const goals = new Map<string, Map<string, Row>>();
      for (const { relation, row } of open) {
        if (this.#isBase(relation) || this.#known.has(factKey(relation, row))) continue;
        const rows = goals.get(relation) ?? new Map<string, Row>();
        goals.set(relation, rows.set(factKey(relation, row), row));
      }
      const next: Fact[] = [];
      for (const [relation, rows] of goals) {
        const all = [...rows.values()].slice(0, Math.max(0, nodes - this.#known.size));
        for (let at = 0; at < all.length; at += GOALS_A_QUERY)
          next.push(...(await this.#derive(relation, all.slice(at, at + GOALS_A_QUERY))));
      }
      open = next;
    }
  }

  #isBase(relation: string): boolean {
    return this.#evaluation.relation(relation).role === "base";
  }

  /** Derives all rows of one relation and returns the facts they rest on. */
  async #derive(relation: string, rows: readonly Row[]): Promise<Fact[]> {
    for (const row of rows) this.#known.set(factKey(relation, row), null);
    const rules = this.#evaluation.rules(relation);
    for (const name of new Set(rules.flatMap((rule) => atomsOf(rule.body).map((atom) => atom.relation)))) {
      await this.#evaluation.compute(name);
    }
    const batches = this.#heights.isRecursive(relation)
      ? await this.#heights.batches(relation, rows)
      : [{ rows, sources: new Map<string, Source>() }];
    const next: Fact[] = [];
    for (const batch of batches) {
      const found = await this.#deriveBatch(relation, batch.rows, batch.sources);
      for (const [row, derivation] of found) {
        this.#known.set(factKey(relation, row), derivation);
        next.push(...factsOf(derivation.premises));
      }
    }
    return next;
  }

  async #deriveBatch(relation: string, rows: readonly Row[], heights: ReadonlyMap<string, Source>): Promise<Map<Row, Derivation>> {
    const best = new Map<Row, { rule: IrRule; body: IrLiteral[]; instance: Instance }>();
    for (const rule of this.#evaluation.rules(relation)) {
      // Without recursion the first rule that gives a row is as good as any.
      const open = heights.size > 0 ? rows : rows.filter((row) => !best.has(row));
      const fitting = open.filter((row) => constantsFit(rule, row));
      if (fitting.length === 0) continue;
      const body = withoutWildcards(rule.body, (name) => this.#evaluation.relation(name));
      const answers = await findInstances(this.#evaluation, body, { terms: rule.head.args, rows: fitting }, 1, heights);
      for (const [at, [instance]] of answers?.instances ?? []) {
        const row = fitting[at];
        if (row === undefined || instance === undefined) continue;
        const known = best.get(row);
        if (known === undefined || instance.height < known.instance.height) best.set(row, { rule, body, instance });
      }
    }
    const derivations = new Map<Row, Derivation>();
    for (const [row, { rule, body, instance }] of best) derivations.set(row, { rule, premises: await this.#premises(body, instance) });
    return derivations;
  }

  async #premises(body: readonly IrLiteral[], instance: Instance): Promise<Premise[]> {
    const premises: Premise[] = [];
    for (const [at, literal] of body.entries()) {
      const values = instance.values[at] ?? [];
      if (literal.kind === "aggregate") premises.push(await this.#aggregate(literal, values));
      else premises.push(plainPremise(literal, values));
    }
    return premises;
  }

  /** The members of the group: for an extreme those that reach it, otherwise the first of all of them. */
  async #aggregate(literal: IrAggregate, values: readonly Value[]): Promise<Premise> {
    const limit = this.#evaluation.input.limits.explain_members;
    const members: Premise[][] = [];
    let total = 0;
    for (const { body: element, question } of memberQuestions(literal, values)) {
      const body = withoutWildcards(element, (relation) => this.#evaluation.relation(relation));
      const answers = await findInstances(this.#evaluation, body, question, limit);
      total += answers?.totals.get(0) ?? 0;
      for (const instance of answers?.instances.get(0) ?? []) {
        if (members.length < limit) members.push(await this.#premises(body, instance));
      }
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
