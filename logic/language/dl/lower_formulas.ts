import type { ComparisonOp, Formula } from "../ast.ts";

/** A formula without connectives, and whether it stands negated. */
export interface SignedFormula {
  readonly formula: Exclude<Formula, { kind: "not" | "and" | "or" }>;
  readonly negated: boolean;
}

/** What a body comes to once its disjunctions are written out: how many conjunctions, and how much program text in all of them together. */
export interface WrittenOut {
  readonly count: number;
  readonly size: number;
}

/** Past this a figure says no more than that it is too large. */
const CEILING = 1e12;

/** Measures a body without writing it out. */
export function measureDisjuncts(body: readonly Formula[]): WrittenOut {
  return all(body.map((formula) => measureOne(formula, false)));
}

function measureOne(formula: Formula, negated: boolean): WrittenOut {
  switch (formula.kind) {
    case "not":
      return measureOne(formula.of, !negated);
    case "and":
    case "or": {
      const parts = formula.of.map((part) => measureOne(part, negated));
      return (formula.kind === "or") !== negated ? any(parts) : all(parts);
    }
    default:
      return { count: 1, size: formula.span.length };
  }
}

function all(parts: readonly WrittenOut[]): WrittenOut {
  return parts.reduce((a, b) => capped({ count: a.count * b.count, size: a.size * b.count + b.size * a.count }), { count: 1, size: 0 });
}

function any(parts: readonly WrittenOut[]): WrittenOut {
  return parts.reduce((a, b) => capped({ count: a.count + b.count, size: a.size + b.size }), { count: 0, size: 0 });
}

function capped({ count, size }: WrittenOut): WrittenOut {
  return { count: Math.min(count, CEILING), size: Math.min(size, CEILING) };
}

/**
 * A body in disjunctive normal form: any of the lists, all of whose members hold. Negation moves inwards by De Morgan's laws,
 * which is sound because a variable that only a negated formula binds is refused later. The caller has bounded the size with
 * `measureDisjuncts`.
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

/** Every choice of one list from each part, joined. The lists of the first parts are its own and grow in place: long bodies have single choices. */
function product(parts: readonly SignedFormula[][][]): SignedFormula[][] {
  let joined: SignedFormula[][] = [[]];
  for (const part of parts) {
    const [only] = part;
    if (part.length !== 1 || only === undefined) joined = joined.flatMap((list) => part.map((choice) => [...list, ...choice]));
    else for (const list of joined) for (const formula of only) list.push(formula);
  }
  return joined;
}

const opposite: Readonly<Record<ComparisonOp, ComparisonOp>> = { "=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<" };

/** The comparison that holds exactly where `op` does not. There is no NaN among our floats, so one always exists. */
export function negatedComparison(op: ComparisonOp): ComparisonOp {
  return opposite[op];
}
