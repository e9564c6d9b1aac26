import type { Span } from "../../../schema/place.ts";
import type { Atom, ComparisonOp, Formula, Term } from "../ast.ts";
import type { IrLiteral, IrTerm } from "../ir.ts";
import { contrary } from "./contrary.ts";
import type { VariableScope } from "./inference.ts";
import { comparison, variablesIn } from "./ir_parts.ts";
import { lowerAggregate } from "./lower_aggregate.ts";
import { lowerArguments, lowerTerm } from "./lower_term.ts";
import type { RuleContext } from "./rule_context.ts";

/** Lists of literals: a formula holds where all literals of one of them hold. */
export type Alternatives = readonly (readonly IrLiteral[])[];

/** Lowers one body formula. An empty list of alternatives never holds. */
export function lowerFormula(context: RuleContext, formula: Formula, scope: VariableScope): Alternatives {
  switch (formula.kind) {
    case "atom":
      return lowerAtom(context, formula, false, scope);
    case "boolean":
      return formula.value ? [[]] : [];
    case "compare":
      return lowerComparison(context, formula.op, formula.left, formula.right, scope);
    case "aggregate_literal":
      return lowerAggregate(context, formula, false, scope);
    case "not":
      return lowerNegation(context, formula.of, scope);
    default:
      throw new Error(`a ${formula.kind} formula is not part of a plain rule of clingo's dialect`);
  }
}

function lowerNegation(context: RuleContext, of: Formula, scope: VariableScope): Alternatives {
  switch (of.kind) {
    case "atom":
      return lowerAtom(context, of, true, scope);
    case "boolean":
      return of.value ? [] : [[]];
    case "compare":
      return lowerComparison(context, contrary[of.op], of.left, of.right, scope);
    case "aggregate_literal":
      return lowerAggregate(context, of, true, scope);
    case "not":
      return of.of.kind === "atom" ? lowerTwiceNegated(context, of.of, scope) : lowerFormula(context, of.of, scope);
    default:
      throw new Error(`a ${of.kind} formula is not part of a plain rule of clingo's dialect`);
  }
}

function lowerAtom(context: RuleContext, atom: Atom, negated: boolean, scope: VariableScope): Alternatives {
  const beside: IrLiteral[] = [];
  const args = lowerArguments(context, atom, { scope, beside });
  return [[...beside, { kind: "atom", relation: atom.relation, args, negated, span: atom.span }]];
}

/**
 * `not not a` asks whether `a` holds without deriving from it: a count of at least one. A plain atom would turn
 * `a :- not not a.`, which has two answer sets, into a rule that derives nothing.
 */
function lowerTwiceNegated(context: RuleContext, atom: Atom, scope: VariableScope): Alternatives {
  const beside: IrLiteral[] = [];
  const args = lowerArguments(context, atom, { scope, beside });
  const span = atom.span;
  const result = context.fresh("number", span);
  const one: IrTerm = { kind: "constant", value: 1n, type: "number" };
  const outer = [...new Set(args.flatMap((arg) => (arg === null ? [] : [...variablesIn(arg)])))];
  const elements = [{ keys: [one], body: [{ kind: "atom", relation: atom.relation, args, negated: false, span } as const] }];
  const count: IrLiteral = { kind: "aggregate", op: "count", result, type: "number", elements, outer, span };
  return [[...beside, count, comparison("=", result, one, span)]];
}

function lowerComparison(context: RuleContext, op: ComparisonOp, left: Term, right: Term, scope: VariableScope): Alternatives {
  const shape = context.shape(left, scope);
  if (shape === null) return [];
  const beside: IrLiteral[] = [];
  const lefts = lowerTerm(context, left, shape, { scope, beside });
  const rights = lowerTerm(context, right, shape, { scope, beside });
  const pairs = lefts.flatMap((one, index) => {
    const other = rights[index];
    return other === undefined ? [] : [[one, other] as const];
  });
  const whole: Span = { ...left.span, length: Math.max(left.span.length, right.span.offset + right.span.length - left.span.offset) };
  return comparedPairs(op, pairs, whole).map((alternative) => [...beside, ...alternative]);
}

/** Function terms of one shape are equal where their parts are, and ordered by the first parts that differ, as in gringo. */
function comparedPairs(op: ComparisonOp, pairs: readonly (readonly [IrTerm, IrTerm])[], span: Span): IrLiteral[][] {
  const equal = (count: number): IrLiteral[] => pairs.slice(0, count).map(([left, right]) => comparison("=", left, right, span));
  if (op === "=") return [equal(pairs.length)];
  if (op === "!=") return pairs.map(([left, right]) => [comparison("!=", left, right, span)]);
  const strict = op === "<" || op === "<=" ? "<" : ">";
  if (pairs.length === 1) return pairs.map(([left, right]) => [comparison(op, left, right, span)]);
  const differing = pairs.map(([left, right], index) => [...equal(index), comparison(strict, left, right, span)]);
  return op === strict ? differing : [...differing, equal(pairs.length)];
}
