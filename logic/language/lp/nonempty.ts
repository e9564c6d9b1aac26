import type { IrAggregate, IrAtom, IrLiteral, IrTerm } from "../ir.ts";
import { variablesIn } from "./ir_parts.ts";

/** Steps that the search for a matching element may take before it gives up. */
const MATCH_STEPS = 10_000;

/**
 * Whether giving a rule no instance where `aggregate` is empty keeps clingo's meaning, although there `#min` is `#sup` and
 * `#max` is `#inf`. So it is where the rule's own positive atoms make some element hold, and where a comparison or an
 * operation fails for `#sup` (`#inf`). `names` are the variables that take the aggregate's value.
 */
export function emptyIsHarmless(
  aggregate: IrAggregate,
  names: ReadonlySet<string>,
  body: readonly IrLiteral[],
  head: readonly IrTerm[],
): boolean {
  return (
    isOperand(names, body, head) || body.some((literal) => excludesEmpty(literal, aggregate.op, names)) || holdsForSure(aggregate, body)
  );
}

/** Arithmetic is undefined for `#sup` and `#inf`, and gringo drops the instance. */
function isOperand(names: ReadonlySet<string>, body: readonly IrLiteral[], head: readonly IrTerm[]): boolean {
  const inOperation = (term: IrTerm | null): boolean =>
    term?.kind === "operation" && [...variablesIn(term)].some((name) => names.has(name));
  return head.some(inOperation) || body.some((literal) => termsOf(literal).some(inOperation));
}

function termsOf(literal: IrLiteral): readonly (IrTerm | null)[] {
  if (literal.kind === "atom") return literal.args;
  return literal.kind === "compare" ? [literal.left, literal.right] : [];
}

/** A minimum below some value is no `#sup`, a maximum above some value no `#inf`. */
function excludesEmpty(literal: IrLiteral, op: IrAggregate["op"], names: ReadonlySet<string>): boolean {
  if (literal.kind !== "compare") return false;
  const { left, right } = literal;
  const takes = (term: IrTerm): boolean => term.kind === "variable" && names.has(term.name);
  const free = (term: IrTerm): boolean => [...variablesIn(term)].every((name) => !names.has(name));
  const below = op === "min";
  if (takes(left) && free(right))
    return literal.op === (below ? "<" : ">") || (literal.op === (below ? "<=" : ">=") && right.kind === "constant");
  if (takes(right) && free(left))
    return literal.op === (below ? ">" : "<") || (literal.op === (below ? ">=" : "<=") && left.kind === "constant");
  return false;
}

/** Whether some element consists of positive atoms that match positive atoms of the rule, its own variables chosen to fit. */
function holdsForSure(aggregate: IrAggregate, body: readonly IrLiteral[]): boolean {
  const facts = body.filter((literal): literal is IrAtom => literal.kind === "atom" && !literal.negated);
  const outer = new Set(aggregate.outer);
  const budget = { steps: MATCH_STEPS };
  return aggregate.elements.some((element) => {
    const wanted = element.body.filter((literal): literal is IrAtom => literal.kind === "atom" && !literal.negated);
    return wanted.length === element.body.length && matches(wanted, facts, outer, new Map(), budget);
  });
}

function matches(
  wanted: readonly IrAtom[],
  facts: readonly IrAtom[],
  outer: ReadonlySet<string>,
  chosen: ReadonlyMap<string, string>,
  budget: { steps: number },
): boolean {
  const [first, ...rest] = wanted;
  if (first === undefined) return true;
  for (const fact of facts) {
    if (--budget.steps < 0) return false;
    const extended = fact.relation === first.relation ? matched(first, fact, outer, chosen) : null;
    if (extended !== null && matches(rest, facts, outer, extended, budget)) return true;
  }
  return false;
}

/** The choices that make `wanted` an instance of `fact`, or null. A `_` of the fact is a value that nothing else is known to equal. */
function matched(
  wanted: IrAtom,
  fact: IrAtom,
  outer: ReadonlySet<string>,
  chosen: ReadonlyMap<string, string>,
): Map<string, string> | null {
  const extended = new Map(chosen);
  for (const [index, term] of wanted.args.entries()) {
    if (term === null) continue;
    const other = fact.args[index] ?? null;
    const value = other === null ? `_ ${fact.span.offset} ${index}` : printed(other);
    if (term.kind === "variable" && !outer.has(term.name)) {
      if ((extended.get(term.name) ?? value) !== value) return null;
      extended.set(term.name, value);
    } else if (printed(term) !== value) return null;
  }
  return extended;
}

function printed(term: IrTerm): string {
  if (term.kind === "variable") return `?${term.name}`;
  if (term.kind === "constant") return `=${typeof term.value} ${String(term.value)}`;
  return `(${term.op} ${term.args.map(printed).join(" ")})`;
}
