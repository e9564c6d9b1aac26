import type { Variable } from "../ast.ts";
import { bindings } from "./bindings.ts";
import {
  type FlatAggregate,
  type FlatLiteral,
  type FlatRule,
  type FlatTerm,
  innerVariables,
  literalVariables,
  termVariables,
} from "./flat.ts";

/**
 * Settles which variable is which inside aggregates: one that the levels around bind is given from outside (`outer`), unless
 * the target names it; every other is the aggregate's own and is renamed where its name is in use. Afterwards one name is one variable
 * all over the rule. Source: Soufflé's injected and local variables.
 */
export function resolveScopes(rule: FlatRule): FlatRule {
  const taken = new Set<string>();
  for (const literal of [rule.head, ...rule.body]) for (const variable of literalVariables(literal)) taken.add(variable.name);
  const body = resolveLevel(rule.body, new Set(), new Map(), taken);
  return { ...rule, body };
}

/** The name that the program gave a variable. */
export function writtenName(name: string): string {
  return name.split("~")[0] ?? name;
}

function resolveLevel(
  level: readonly FlatLiteral[],
  given: ReadonlySet<string>,
  names: ReadonlyMap<string, string>,
  taken: Set<string>,
): FlatLiteral[] {
  return level.map((literal) => {
    if (literal.kind !== "aggregate") return renameWithin(literal, names);
    return resolveAggregate(literal, level, given, names, taken);
  });
}

function resolveAggregate(
  aggregate: FlatAggregate,
  level: readonly FlatLiteral[],
  given: ReadonlySet<string>,
  names: ReadonlyMap<string, string>,
  taken: Set<string>,
): FlatAggregate {
  const outer = outerOf(aggregate, level, given);
  const inside = new Map(outer.map((name) => [name, names.get(name) ?? name]));
  for (const name of unique(ownVariables(aggregate))) {
    if (!inside.has(name)) inside.set(name, take(name, taken));
  }
  return {
    ...aggregate,
    result: renameVariable(aggregate.result, names),
    target: aggregate.target === null ? null : renameTerm(aggregate.target, inside),
    body: resolveLevel(aggregate.body, new Set(outer), inside, taken),
    outer: outer.map((name) => inside.get(name) ?? name),
  };
}

/** The variables that an aggregate's level binds without it and that it uses, those of its target left out. */
export function outerOf(aggregate: FlatAggregate, level: readonly FlatLiteral[], given: ReadonlySet<string>): string[] {
  const others = level.filter((literal) => literal !== aggregate);
  const bound = bindings(others, given, () => []);
  const target = new Set(aggregate.target === null ? [] : unique(termVariables(aggregate.target)));
  return unique(innerVariables(aggregate)).filter((name) => bound.has(name) && !target.has(name));
}

/** The variables of an aggregate's target and body at their own level. */
export function* ownVariables(aggregate: FlatAggregate): Generator<Variable> {
  if (aggregate.target !== null) yield* termVariables(aggregate.target);
  for (const literal of aggregate.body) yield* literalVariables(literal);
}

function unique(variables: Iterable<Variable>): string[] {
  return [...new Set([...variables].map((variable) => variable.name))];
}

function take(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let count = 2; taken.has(candidate); count++) candidate = `${name}~${count}`;
  taken.add(candidate);
  return candidate;
}

/** A literal with variables under other names, inside aggregates too. */
export function renameWithin(literal: FlatLiteral, names: ReadonlyMap<string, string>): FlatLiteral {
  switch (literal.kind) {
    case "atom":
      return { ...literal, args: literal.args.map((arg) => (arg === null ? null : renameTerm(arg, names))) };
    case "compare":
    case "test":
      return { ...literal, left: renameTerm(literal.left, names), right: renameTerm(literal.right, names) };
    case "range":
      return {
        ...literal,
        result: renameVariable(literal.result, names),
        from: renameTerm(literal.from, names),
        to: renameTerm(literal.to, names),
        step: literal.step === null ? null : renameTerm(literal.step, names),
      };
    case "aggregate":
      return {
        ...literal,
        result: renameVariable(literal.result, names),
        target: literal.target === null ? null : renameTerm(literal.target, names),
        body: literal.body.map((inner) => renameWithin(inner, names)),
      };
  }
}

export function renameTerm(term: FlatTerm, names: ReadonlyMap<string, string>): FlatTerm {
  if (term.kind === "variable") return renameVariable(term, names);
  if (term.kind === "field") return { ...term, of: renameVariable(term.of, names) };
  if (term.kind === "cast") return { ...term, of: renameTerm(term.of, names) };
  if (term.kind === "apply" || term.kind === "record") return { ...term, args: term.args.map((arg) => renameTerm(arg, names)) };
  return { ...term };
}

function renameVariable(variable: Variable, names: ReadonlyMap<string, string>): Variable {
  return { ...variable, name: names.get(variable.name) ?? variable.name };
}
