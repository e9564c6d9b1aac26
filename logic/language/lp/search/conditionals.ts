import type { ConditionalLiteral, Formula, RuleItem } from "../../ast.ts";
import { termsOf, variableNames } from "../walk.ts";
import { atom, not, ruleAt, variable } from "./ast_parts.ts";

/** A rule without conditional literals, and the rules of the relations that stand for them. */
export interface Unconditional {
  readonly item: RuleItem;
  readonly beside: readonly RuleItem[];
}

/**
 * `h :- b, l : c.` as `h :- b, not x.` and `x :- c, not l.`: nothing that meets the condition may fail the literal. This is clingo's
 * meaning as long as `l` does not depend on `h`, which the caller checks by the relations that `isConditional` knows.
 */
export function withoutConditionals(item: RuleItem, stem: string): Unconditional {
  const conditionals = item.body.filter((formula) => formula.kind === "conditional");
  if (conditionals.length === 0) return { item, beside: [] };
  const rest = item.body.filter((formula) => formula.kind !== "conditional");
  const outside = variableNames(termsOf(rest, false));
  const replaced = conditionals.map((conditional, index) => replace(conditional, rest, outside, `${stem}${CONDITIONAL}${index + 1}`, item));
  return {
    item: { ...item, body: [...rest, ...replaced.map(({ literal }) => literal)] },
    beside: replaced.map(({ rule }) => rule),
  };
}

const CONDITIONAL = "?condition";

/** Whether a relation stands for a conditional literal. */
export function isConditional(relation: string): boolean {
  return relation.includes(CONDITIONAL);
}

function replace(
  conditional: ConditionalLiteral,
  rest: readonly Formula[],
  outside: ReadonlySet<string>,
  name: string,
  item: RuleItem,
): { literal: Formula; rule: RuleItem } {
  const { literal, condition, span } = conditional;
  const shared = [...variableNames(termsOf([literal, ...condition], true))].filter((one) => outside.has(one));
  const bound = variableNames(
    termsOf(
      condition.filter((formula) => formula.kind === "atom"),
      false,
    ),
  );
  const binders = shared.every((one) => bound.has(one)) ? [] : rest;
  const head = atom(
    name,
    shared.map((one) => variable(one, span)),
    span,
  );
  const failed = literal.kind === "not" ? literal.of : not(literal);
  return { literal: not(head), rule: ruleAt(item, head, [...binders, ...condition, failed]) };
}
