import type { Relation } from "../../../schema/relation.ts";
import type { AnswerSetProgram, Search } from "../../language/answer_sets.ts";
import type { IrLiteral, IrRule, IrTerm } from "../../language/ir.ts";
import { atomsOf } from "../duckdb/needs.ts";

/** The name of the part of a relation that demands see. */
export function keptName(relation: string): string {
  return `${relation}?kept`;
}

/** An answer set program in which demands look at facts that can be left out, while what may be chosen stays as it is. */
export interface KeptProgram {
  readonly rules: readonly IrRule[];
  readonly searches: readonly Search[];
  /** Rules that hand values from a relation to its kept part; for typing only, not to be printed. */
  readonly links: readonly IrRule[];
  /** Inputs and own relations that have a kept part. */
  readonly kept: readonly Relation[];
}

/**
 * Leaving a fact out of a whole program can make a clash: without slots, one task has no plan. So each relation that does not depend
 * on a choice gets a second, kept part, derived from the facts that are not left out, and what demands ask reads that: fewer facts
 * then ask less, of the same choices. Negated atoms and aggregates stay with all facts.
 */
export function withKeptFacts(program: AnswerSetProgram, relations: ReadonlyMap<string, Relation>): KeptProgram {
  const forbidden = unreadForbidden(program);
  const given = givenRelations(program, forbidden);
  const demanded = new Set(program.demands.flatMap(({ rules }) => rules));
  const isAsking = (rule: IrRule): boolean => forbidden.has(rule.head.relation) || demanded.has(rule.id);
  const rules = program.rules.map((rule) => (isAsking(rule) ? reading(rule, given) : rule));
  const searches = program.searches.map((search) =>
    demanded.has(search.group) ? { ...search, rule: reading(search.rule, given) } : search,
  );
  const derived = program.rules.filter((rule) => given.has(rule.head.relation)).map((rule) => renamedHead(reading(rule, given)));
  const kept = [...given].flatMap((name) => relations.get(name) ?? program.relations.get(name) ?? []);
  return {
    rules: [...rules, ...derived],
    searches,
    links: kept.map(link),
    kept: kept.map((relation) => ({ ...relation, name: keptName(relation.name) })),
  };
}

/** Relations that hold violations and nothing else reads. */
function unreadForbidden(program: AnswerSetProgram): Set<string> {
  const read = new Set(
    [...program.rules, ...program.searches.map(({ rule }) => rule)].flatMap(({ body }) => atomsOf(body).map(({ relation }) => relation)),
  );
  return new Set(program.demands.flatMap(({ forbids }) => (forbids === null || read.has(forbids) ? [] : [forbids])));
}

/** Inputs, and own relations that rest on them alone. */
function givenRelations(program: AnswerSetProgram, forbidden: ReadonlySet<string>): Set<string> {
  const given = new Set([...program.inputs, ...program.relations.keys()].filter((name) => !forbidden.has(name)));
  for (const { rule } of program.searches) given.delete(rule.head.relation);
  for (let size = -1; size !== given.size; ) {
    size = given.size;
    for (const { id, head, body } of program.rules) {
      const isDemanded = program.demands.some(({ rules }) => rules.includes(id));
      if (isDemanded || atomsOf(body).some(({ relation }) => !given.has(relation))) given.delete(head.relation);
    }
  }
  return given;
}

function reading(rule: IrRule, given: ReadonlySet<string>): IrRule {
  const body = rule.body.map((literal): IrLiteral => {
    const isPositive = literal.kind === "atom" && !literal.negated && given.has(literal.relation);
    return isPositive ? { ...literal, relation: keptName(literal.relation) } : literal;
  });
  return { ...rule, body };
}

function renamedHead(rule: IrRule): IrRule {
  return { ...rule, id: `${rule.id}?kept`, head: { ...rule.head, relation: keptName(rule.head.relation) } };
}

function link({ name, attributes, span }: Relation): IrRule {
  const args = attributes.map(({ type }, column): IrTerm => ({ kind: "variable", name: `v${column}`, type }));
  return {
    id: `${name}?link`,
    head: { relation: keptName(name), args },
    body: [{ kind: "atom", relation: name, args, negated: false, span }],
    span,
  };
}
