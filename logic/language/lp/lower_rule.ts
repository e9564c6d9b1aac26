import type { IrLiteral, IrRule } from "../ir.ts";
import { variablesIn } from "./ir_parts.ts";
import { lowerFormula } from "./lower_literal.ts";
import { lowerTerm } from "./lower_term.ts";
import { emptyIsHarmless } from "./nonempty.ts";
import type { PlainRule } from "./plain_rule.ts";
import { reportUnbound } from "./report_unbound.ts";
import type { RuleContext } from "./rule_context.ts";
import { type Solved, solve } from "./solve.ts";

/** Lowers one rule; several come of comparisons of tuples and of guards that split. Faults go to the sink, and then there is none. */
export function lowerRule(context: RuleContext, rule: PlainRule): IrRule[] {
  const before = context.sink.errors;
  const shapes = context.relations.get(rule.head.relation)?.shapes ?? [];
  const beside: IrLiteral[] = [];
  const head = rule.head.args.flatMap((arg, index) => {
    const shape = shapes[index];
    return shape === undefined ? [] : lowerTerm(context, arg, shape, { scope: context.scope, beside });
  });
  let bodies: IrLiteral[][] = [beside];
  for (const formula of rule.body) {
    const alternatives = lowerFormula(context, formula, context.scope);
    if (!context.grow(bodies.length * (alternatives.length - 1), rule.item.span)) return [];
    bodies = bodies.flatMap((body) => alternatives.map((more) => [...body, ...more]));
  }
  const names = head.flatMap((term) => [...variablesIn(term)]);
  const rules = bodies.map((body, index): IrRule => {
    const solved = solve(body, () => false, context);
    reportUnbound(context, names, solved, rule.body, rule.head.args);
    checkExtremes(context, solved, head);
    return {
      id: `${rule.head.relation}#${index + 1}`,
      head: { relation: rule.head.relation, args: head },
      body: solved.literals,
      span: rule.item.span,
    };
  });
  return context.sink.errors === before ? rules : [];
}

/** `X = #min { … }` makes X `#sup` where there is nothing, which no typed relation can hold: refused unless it cannot matter. */
function checkExtremes(context: RuleContext, solved: Solved, head: IrRule["head"]["args"]): void {
  const takers = new Map<IrLiteral, Set<string>>();
  for (const [name, aggregate] of solved.extremes) takers.set(aggregate, (takers.get(aggregate) ?? new Set()).add(name));
  for (const [aggregate, names] of takers) {
    const assigned = [...names].some((name) => !context.made.has(name));
    if (!assigned || aggregate.kind !== "aggregate" || emptyIsHarmless(aggregate, names, solved.literals, head)) continue;
    const value = aggregate.op === "min" ? "#sup" : "#inf";
    const message = `where \`#${aggregate.op}\` has no elements its value is \`${value}\`, which a relation cannot hold`;
    const help = "repeat the element's atoms in the body, so that there is one, or compare the value with a bound";
    context.sink.error("lp.clingo_only", { span: aggregate.span, text: `#${aggregate.op}` }, message, help);
  }
}
