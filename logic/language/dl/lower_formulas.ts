import type { ComparisonOp, Formula } from "../ast.ts";

/** A formula without connectives, and whether it stands negated. */
export interface SignedFormula {
  readonly formula: Exclude<Formula, { kind: "not" | "and" | "or" }>;
  readonly negated: boolean;
}

/**
 * How many conjunctions a body is once its disjunctions are written out, counted without writing them out. Never more than
 * `ceiling`, so that the count itself stays small.
 */
export function countDisjuncts(body: readonly Formula[], ceiling: number): number {
  return body.reduce((product, formula) => Math.min(ceiling, product * countOne(formula, false, ceiling)), 1);
}

function countOne(formula: Formula, negated: boolean, ceiling: number): number {
  switch (formula.kind) {
    case "not":
      return countOne(formula.of, !negated, ceiling);
    case "and":
    case "or": {
      const counts = formula.of.map((part) => countOne(part, negated, ceiling));
      const adds = (formula.kind === "or") !== negated;
      return counts.reduce((total, count) => Math.min(ceiling, adds ? total + count : total * count), adds ? 0 : 1);
    }
    default:
      return 1;
  }
}

/**
 * A body in disjunctive normal form: any of the lists, all of whose members hold. Negation moves inwards by De Morgan's laws,
 * which is sound because a variable that only a negated formula binds is refused later. The caller has bounded the size with
 * `countDisjuncts`.
 */
export function disjuncts(body: readonly Formula[]): SignedFormula[][] {
  return product(body.map((formula) => disjunctsOf(formula, false)));
}

function disjunctsOf(formula: Formula, negated: boolean): SignedFormula[][] {
  switch (formula.kind) {
    case "not":
      return disjunctsOf(formula.of, !negated);
    case "and":
    case "or": {
      const parts = formula.of.map((part) => disjunctsOf(part, negated));
      return (formula.kind === "or") !== negated ? parts.flat() : product(parts);
    }
    default:
      return [[{ formula, negated }]];
  }
}

function product(parts: readonly SignedFormula[][][]): SignedFormula[][] {
  return parts.reduce<SignedFormula[][]>((left, right) => left.flatMap((a) => right.map((b) => [...a, ...b])), [[]]);
}

const opposite: Readonly<Record<ComparisonOp, ComparisonOp>> = { "=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<" };

/** The comparison that holds exactly where `op` does not. There is no NaN among our floats, so one always exists. */
export function negatedComparison(op: ComparisonOp): ComparisonOp {
  return opposite[op];
}
