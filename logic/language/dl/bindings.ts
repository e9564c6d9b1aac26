import { type FlatAggregate, type FlatLiteral, type FlatTerm, literalVariables, termVariables } from "./flat.ts";

/**
 * The variables that literals of one level give values to, together with `given`. A positive atom binds the variables that are
 * its arguments; an equation binds a variable once its other side is bound; a range and an aggregate bind their results once
 * what they need is bound. `needs` says what an aggregate needs from its level.
 */
export function bindings(
  level: readonly FlatLiteral[],
  given: ReadonlySet<string>,
  needs: (aggregate: FlatAggregate) => readonly string[],
): Set<string> {
  const bound = new Set(given);
  const steps: Step[] = [];
  for (const literal of level) {
    if (literal.kind === "atom" && !literal.negated) bindArguments(literal.args, bound);
    else steps.push(...stepsOf(literal, needs));
  }
  let waiting = steps;
  while (true) {
    const left = waiting.filter((step) => {
      if (!step.needs.every((name) => bound.has(name))) return true;
      bound.add(step.gives);
      return false;
    });
    if (left.length === waiting.length) return bound;
    waiting = left;
  }
}

/** Once all of `needs` is bound, so is `gives`. */
interface Step {
  readonly needs: readonly string[];
  readonly gives: string;
}

function stepsOf(literal: FlatLiteral, needs: (aggregate: FlatAggregate) => readonly string[]): Step[] {
  switch (literal.kind) {
    case "compare":
      if (literal.op !== "=") return [];
      return [...equation(literal.left, literal.right), ...equation(literal.right, literal.left)];
    case "range":
      return [{ needs: [...literalVariables(literal)].map((one) => one.name).slice(1), gives: literal.result.name }];
    case "aggregate":
      return [{ needs: needs(literal), gives: literal.result.name }];
    case "atom":
    case "test":
      return [];
  }
}

function equation(variable: FlatTerm, term: FlatTerm): Step[] {
  if (variable.kind !== "variable") return [];
  return [{ needs: [...termVariables(term)].map((one) => one.name), gives: variable.name }];
}

function bindArguments(args: readonly (FlatTerm | null)[], bound: Set<string>): void {
  for (const arg of args) if (arg?.kind === "variable") bound.add(arg.name);
}
