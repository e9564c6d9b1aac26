import type { AggregateLiteral, Atom, Formula, Guard, RuleItem, Term } from "../ast.ts";

/**
 * Pools written out, as gringo does it: a rule becomes one rule for each choice of its pools' members, whether they stand in
 * the head, in a positive or in a negated literal; a pool in an aggregate's element makes several elements.
 */
export interface Unpooled {
  readonly heads: Atom[];
  readonly bodies: readonly (readonly Formula[])[];
}

/** How many rules (and elements of aggregates) `unpool` would give, counted without writing them out; never more than `ceiling`. */
export function countUnpooled(item: RuleItem, ceiling: number): number {
  let count = 1;
  const times = (factor: number): void => {
    count = Math.min(ceiling, count * factor);
  };
  for (const head of item.heads) times(countArguments(head.args, ceiling));
  for (const formula of item.body) times(countFormula(formula, ceiling));
  return count;
}

function countFormula(formula: Formula, ceiling: number): number {
  switch (formula.kind) {
    case "atom":
      return countArguments(formula.args, ceiling);
    case "not":
      return countFormula(formula.of, ceiling);
    case "compare":
      return Math.min(ceiling, countTerm(formula.left, ceiling) * countTerm(formula.right, ceiling));
    case "aggregate_literal": {
      const guards = [formula.left, formula.right].reduce(
        (product, guard) => product * (guard === null ? 1 : countTerm(guard.term, ceiling)),
        1,
      );
      const elements = formula.elements.map((element) => {
        const terms = element.terms.reduce((product, term) => Math.min(ceiling, product * countTerm(term, ceiling)), 1);
        return element.condition.reduce((product, part) => Math.min(ceiling, product * countFormula(part, ceiling)), terms);
      });
      const added = elements.reduce((sum, more) => sum + more - 1, 0);
      return Math.min(ceiling, guards * (1 + added));
    }
    default:
      return 1;
  }
}

function countTerm(term: Term, ceiling: number): number {
  switch (term.kind) {
    case "pool":
      return Math.min(
        ceiling,
        term.of.reduce((sum, member) => sum + countTerm(member, ceiling), 0),
      );
    case "function":
    case "operation":
      return countArguments(term.args, ceiling);
    case "interval":
      return Math.min(ceiling, countTerm(term.from, ceiling) * countTerm(term.to, ceiling));
    default:
      return 1;
  }
}

function countArguments(args: readonly Term[], ceiling: number): number {
  return args.reduce((product, arg) => Math.min(ceiling, product * countTerm(arg, ceiling)), 1);
}

/** Writes a rule's pools out. The caller has bounded the size with `countUnpooled`. */
export function unpool(item: RuleItem): Unpooled {
  return { heads: item.heads.flatMap(atomAlternatives), bodies: product(item.body.map(formulaAlternatives)) };
}

function formulaAlternatives(formula: Formula): Formula[] {
  switch (formula.kind) {
    case "atom":
      return atomAlternatives(formula);
    case "not":
      return formulaAlternatives(formula.of).map((of) => ({ ...formula, of }));
    case "compare":
      return product([termAlternatives(formula.left), termAlternatives(formula.right)]).map(([left, right]) => ({
        ...formula,
        left: left ?? formula.left,
        right: right ?? formula.right,
      }));
    case "aggregate_literal": {
      const elements = formula.elements.flatMap(elementAlternatives);
      return product<Guard | null>([guardAlternatives(formula.left), guardAlternatives(formula.right)]).map(([left, right]) => ({
        ...formula,
        left: left ?? null,
        right: right ?? null,
        elements,
      }));
    }
    default:
      return [formula];
  }
}

function atomAlternatives(atom: Atom): Atom[] {
  return argumentAlternatives(atom.args).map((args) => ({ ...atom, args }));
}

function guardAlternatives(guard: Guard | null): (Guard | null)[] {
  return guard === null ? [null] : termAlternatives(guard.term).map((term) => ({ ...guard, term }));
}

function elementAlternatives(element: AggregateLiteral["elements"][number]): AggregateLiteral["elements"][number][] {
  const terms = product(element.terms.map(termAlternatives));
  const conditions = product(element.condition.map(formulaAlternatives));
  return terms.flatMap((chosen) => conditions.map((condition) => ({ ...element, terms: chosen, condition })));
}

function termAlternatives(term: Term): Term[] {
  switch (term.kind) {
    case "pool":
      return term.of.flatMap(termAlternatives);
    case "function":
      return argumentAlternatives(term.args).map((args) => ({ ...term, args }));
    case "operation":
      return product(term.args.map(termAlternatives)).map((args) => ({ ...term, args }));
    case "interval":
      return product([termAlternatives(term.from), termAlternatives(term.to)]).map(([from, to]) => ({
        ...term,
        from: from ?? term.from,
        to: to ?? term.to,
      }));
    default:
      return [term];
  }
}

/** A sole pool of arguments may hold lists of other lengths: `p(a ; b, c)`. */
function argumentAlternatives(args: readonly Term[]): Term[][] {
  const only = args.length === 1 ? args[0] : undefined;
  if (only?.kind !== "pool") return product(args.map(termAlternatives));
  return only.of.flatMap((member) =>
    member.kind === "function" && member.name === ";"
      ? product(member.args.map(termAlternatives))
      : termAlternatives(member).map((term) => [term]),
  );
}

function product<T>(choices: readonly (readonly T[])[]): T[][] {
  return choices.reduce<T[][]>((left, right) => left.flatMap((chosen) => right.map((one) => [...chosen, one])), [[]]);
}
