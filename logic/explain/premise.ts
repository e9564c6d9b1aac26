import type { Fact } from "../../schema/fact.ts";
import type { Row, Value, ValueType } from "../../schema/value.ts";
import type { IrAggregate, IrLiteral, IrRule, IrTerm } from "../language/ir.ts";
import { outerTerms, shownTerms } from "./shown_terms.ts";
import { literalText, valueText } from "./text.ts";

/** What one literal of a rule contributes to a derivation. */
export type Premise =
  | { readonly kind: "fact"; readonly relation: string; readonly row: Row }
  | { readonly kind: "absent"; readonly relation: string; readonly row: readonly (Value | null)[] }
  | { readonly kind: "condition"; readonly text: string }
  | {
      readonly kind: "aggregate";
      readonly op: IrAggregate["op"];
      readonly text: string;
      readonly members: readonly (readonly Premise[])[];
      readonly total: number;
      /** What would give the group another member: the facts that its body asks for, null standing for any value. */
      readonly wanted: readonly { readonly relation: string; readonly row: readonly (Value | null)[] }[];
    };

/** One instance of a rule that gives a fact. */
export interface Derivation {
  readonly rule: IrRule;
  readonly premises: readonly Premise[];
}

/** Derivations that were found: null where no rule gives the fact, undefined where it was not looked for. */
export interface FoundDerivations {
  of(fact: Fact): Derivation | null | undefined;
}

/** Terms and the values they must take, one row of values a question. */
export interface Question {
  readonly terms: readonly IrTerm[];
  readonly rows: readonly Row[];
}

/** The premise that a literal is, its shown terms having these values. */
export function plainPremise(literal: Exclude<IrLiteral, IrAggregate>, values: readonly Value[]): Premise {
  if (literal.kind !== "atom") {
    const shown = shownTerms(literal).map((term, at) => ({ ...term, kind: "constant", value: values[at] ?? "" }) as const);
    return { kind: "condition", text: literalText(withTerms(literal, shown)) };
  }
  if (!literal.negated) return { kind: "fact", relation: literal.relation, row: values };
  let at = 0;
  return { kind: "absent", relation: literal.relation, row: literal.args.map((term) => (term === null ? null : (values[at++] ?? null))) };
}

type Shown = { readonly kind: "constant"; readonly value: Value; readonly type: ValueType };

/** The literal with its shown terms replaced by their values. */
function withTerms(literal: Exclude<IrLiteral, IrAggregate>, shown: readonly Shown[]): IrLiteral {
  const [first, second, third, fourth] = shown;
  if (first === undefined || second === undefined || literal.kind === "atom") return literal;
  if (literal.kind !== "range") return { ...literal, left: first, right: second };
  return third === undefined ? literal : { ...literal, result: first, from: second, to: third, step: fourth ?? null };
}

/** Whether the constants of the head do not already rule the row out: most rules that are facts need no query. */
export function constantsFit(rule: IrRule, row: Row): boolean {
  return rule.head.args.every((term, at) => term.kind !== "constant" || term.value === row[at]);
}

/** Every fact that premises mention, those inside aggregates too. */
export function factsOf(premises: readonly Premise[]): Fact[] {
  return premises.flatMap((premise): Fact[] => {
    if (premise.kind === "fact") return [{ relation: premise.relation, row: premise.row }];
    return premise.kind === "aggregate" ? premise.members.flatMap(factsOf) : [];
  });
}

/**
 * What to ask for the members of an aggregate's group, one question an element: for an extreme those that reach it, otherwise all of
 * them. `values` are those of the aggregate's shown terms.
 */
export function memberQuestions(literal: IrAggregate, values: readonly Value[]): { body: readonly IrLiteral[]; question: Question }[] {
  const [result = 0n, ...outer] = values;
  const terms = shownTerms(literal).slice(1);
  const isExtreme = literal.op === "min" || literal.op === "max";
  return literal.elements.map(({ keys, body }) => {
    const [target] = keys;
    const mine = new Set(outerTerms(literal.outer, body).map((term) => (term.kind === "variable" ? term.name : "")));
    const given = terms.flatMap((term, at) => (term.kind === "variable" && mine.has(term.name) ? [{ term, value: outer[at] ?? "" }] : []));
    const asked = isExtreme && target !== undefined ? [{ term: target, value: result }] : [];
    const all = [...given, ...asked];
    return { body, question: { terms: all.map(({ term }) => term), rows: [all.map(({ value }) => value)] } };
  });
}

/** The `wanted` of an aggregate's premise. `values` are those of the aggregate's shown terms. */
export function wantedMembers(literal: IrAggregate, [, ...outer]: readonly Value[]): Extract<Premise, { kind: "aggregate" }>["wanted"] {
  const terms = shownTerms(literal).slice(1);
  const given = new Map(terms.flatMap((term, at) => (term.kind === "variable" ? [[term.name, outer[at] ?? null] as const] : [])));
  const known = (term: IrTerm | null): Value | null => {
    if (term === null || term.kind === "operation") return null;
    return term.kind === "constant" ? term.value : (given.get(term.name) ?? null);
  };
  return literal.elements.flatMap(({ body }) =>
    body.flatMap((inner) => (inner.kind === "atom" && !inner.negated ? [{ relation: inner.relation, row: inner.args.map(known) }] : [])),
  );
}

/** What a proof says of an aggregate: `count = 2`. */
export function aggregateText(literal: IrAggregate, values: readonly Value[]): string {
  return `${literal.op} = ${valueText(values[0] ?? 0n)}`;
}
