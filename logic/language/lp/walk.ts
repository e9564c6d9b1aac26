import type { AggregateLiteral, Formula, Term } from "../ast.ts";

/** The terms directly inside a term. */
export function subterms(term: Term): readonly Term[] {
  switch (term.kind) {
    case "function":
    case "operation":
      return term.args;
    case "pool":
      return term.of;
    case "interval":
      return [term.from, term.to];
    default:
      return [];
  }
}

/** The term and every term inside it, outermost first. */
export function* termsWithin(term: Term): Generator<Term> {
  yield term;
  for (const part of subterms(term)) yield* termsWithin(part);
}

/** Every term of a body, nested ones too, in order of appearance; those of aggregates' elements only where `elements` says so. */
export function* termsOf(body: Iterable<Formula>, elements: boolean): Generator<Term> {
  for (const formula of body) yield* termsOfFormula(formula, elements);
}

function* termsOfFormula(formula: Formula, elements: boolean): Generator<Term> {
  switch (formula.kind) {
    case "atom":
      for (const arg of formula.args) yield* termsWithin(arg);
      break;
    case "not":
      yield* termsOfFormula(formula.of, elements);
      break;
    case "compare":
      yield* termsWithin(formula.left);
      yield* termsWithin(formula.right);
      break;
    case "aggregate_literal":
      if (formula.left !== null) yield* termsWithin(formula.left.term);
      if (elements) for (const element of formula.elements) yield* termsOfElement(element);
      if (formula.right !== null) yield* termsWithin(formula.right.term);
      break;
    default:
  }
}

/** Every term of an aggregate's element, nested ones too. */
export function* termsOfElement(element: AggregateLiteral["elements"][number]): Generator<Term> {
  for (const term of element.terms) yield* termsWithin(term);
  yield* termsOf(element.condition, true);
}

/** Every atom of a body, those in aggregates too. */
export function* atomsOf(body: Iterable<Formula>): Generator<Extract<Formula, { kind: "atom" }>> {
  for (const formula of body) {
    if (formula.kind === "atom") yield formula;
    else if (formula.kind === "not") yield* atomsOf([formula.of]);
    else if (formula.kind === "aggregate_literal") for (const element of formula.elements) yield* atomsOf(element.condition);
  }
}

/** The names of the variables among terms, in order of first appearance. */
export function variableNames(terms: Iterable<Term>): Set<string> {
  const names = new Set<string>();
  for (const term of terms) if (term.kind === "variable") names.add(term.name);
  return names;
}
