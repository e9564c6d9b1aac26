import { bindings } from "./bindings.ts";
import { type FlatAggregate, type FlatLiteral, type FlatRule, literalVariables, ruleVariables } from "./flat.ts";
import { outerOf, ownVariables, renameTerm, renameWithin } from "./lower_aggregates.ts";

/**
 * Gives values to witnesses: variables that only the body of a `min` or `max` binds and that the rule uses outside of it. They are those of the
 * bodies that reach the result, so the body is written beside the aggregate once more with its target equal to the
 * result, and inside the aggregate they get names of their own. Runs before `resolveScopes`. Witnesses of other aggregates, and
 * of nested ones, stay unbound and are refused. Source: Soufflé's ground-witnesses transformation.
 */
export function groundWitnesses(rule: FlatRule): FlatRule {
  const bound = bindings(rule.body, new Set(), () => []);
  const asked = new Set([rule.head, ...rule.body].flatMap((literal) => [...literalVariables(literal)].map((variable) => variable.name)));
  const unbound = asked.difference(bound);
  if (unbound.size === 0) return rule;
  const taken = new Set([...ruleVariables(rule)].map((variable) => variable.name));
  const body = rule.body.flatMap((literal) => {
    if (literal.kind !== "aggregate" || (literal.op !== "min" && literal.op !== "max")) return [literal];
    return withWitnesses(literal, rule.body, unbound, taken);
  });
  return { ...rule, body };
}

function withWitnesses(
  aggregate: FlatAggregate,
  level: readonly FlatLiteral[],
  unbound: ReadonlySet<string>,
  taken: Set<string>,
): FlatLiteral[] {
  const outer = new Set(outerOf(aggregate, level, new Set()));
  const inside = bindings(aggregate.body, outer, () => []);
  const own = new Set([...ownVariables(aggregate)].map((variable) => variable.name));
  const witnesses = unbound.intersection(own).intersection(inside);
  if (witnesses.size === 0 || aggregate.target === null) return [aggregate];
  const hidden = new Map([...witnesses].map((name) => [name, fresh(name, taken)]));
  const locals = new Map([...own.difference(outer).difference(witnesses)].map((name) => [name, fresh(name, taken)]));
  const beside = aggregate.body.map((literal) => renameWithin(literal, locals));
  const reached = renameTerm(aggregate.target, locals);
  return [
    {
      ...aggregate,
      target: renameTerm(aggregate.target, hidden),
      body: aggregate.body.map((literal) => renameWithin(literal, hidden)),
    },
    ...beside,
    { kind: "compare", op: "=", left: aggregate.result, right: reached, span: aggregate.span },
  ];
}

function fresh(name: string, taken: Set<string>): string {
  let count = 1;
  while (taken.has(`${name}~w${count}`)) count += 1;
  taken.add(`${name}~w${count}`);
  return `${name}~w${count}`;
}
