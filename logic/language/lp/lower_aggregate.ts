import type { ValueType } from "../../../schema/value.ts";
import type { AggregateLiteral, ComparisonOp, Term } from "../ast.ts";
import type { IrAggregate, IrLiteral, IrTerm } from "../ir.ts";
import { contrary, mirrored } from "./contrary.ts";
import type { VariableScope } from "./inference.ts";
import { comparison, literalVariables, variablesIn, writtenName } from "./ir_parts.ts";
import { type LoweredElement, lowerElements } from "./lower_element.ts";
import type { Alternatives } from "./lower_literal.ts";
import { lowerTerm } from "./lower_term.ts";
import type { RuleContext } from "./rule_context.ts";

/** A guard that reads `aggregate op term`. */
interface RightGuard {
  readonly op: ComparisonOp;
  readonly term: Term;
}

/**
 * Lowers an aggregate with its guards. The value of nothing is 0 for a count or a sum, `#sup` for a minimum and `#inf` for a
 * maximum: no typed value, so a guard that holds of it becomes an alternative of its own, which asks for an empty set.
 */
export function lowerAggregate(context: RuleContext, aggregate: AggregateLiteral, negated: boolean, scope: VariableScope): Alternatives {
  const guards: RightGuard[] = [];
  if (aggregate.left !== null) guards.push({ op: mirrored[aggregate.left.op], term: aggregate.left.term });
  if (aggregate.right !== null) guards.push(aggregate.right);
  if (guards.length === 0) return negated ? [] : [[]];
  const together = negated ? guards.map((guard) => [{ ...guard, op: contrary[guard.op] }]) : [guards];
  return together.flatMap((set) => lowerGuarded(context, aggregate, set, scope));
}

function lowerGuarded(
  context: RuleContext,
  aggregate: AggregateLiteral,
  guards: readonly RightGuard[],
  scope: VariableScope,
): Alternatives {
  const { op } = aggregate;
  const lowered = lowerElements(context, aggregate, scope);
  if (lowered === null) return [];
  const { elements, type } = lowered;
  if (op !== "min" && op !== "max") {
    const zero: IrTerm = { kind: "constant", value: type === "float" ? 0 : 0n, type };
    if (elements.length === 0) return [guarded(context, guards, zero, aggregate, scope)];
    return [valued(context, aggregate, op === "sum+" ? "sum" : op, type, elements, guards, scope)];
  }
  const some = elements.length === 0 ? [] : [valued(context, aggregate, op, type, elements, guards, scope)];
  if (!guards.every((guard) => holdsOfNothing(op, guard.op))) return some;
  return [...some, elements.length === 0 ? [] : nothing(context, aggregate, elements)];
}

/** Whether `#min { } op t` or `#max { } op t` holds whatever `t` is: `#sup` is above and `#inf` below every value. */
function holdsOfNothing(op: "min" | "max", guard: ComparisonOp): boolean {
  return guard === "!=" || (op === "min" ? guard.startsWith(">") : guard.startsWith("<"));
}

function valued(
  context: RuleContext,
  aggregate: AggregateLiteral,
  op: IrAggregate["op"],
  type: ValueType,
  elements: readonly LoweredElement[],
  guards: readonly RightGuard[],
  scope: VariableScope,
): IrLiteral[] {
  const result = context.fresh(type, aggregate.span);
  const literal: IrAggregate = { kind: "aggregate", op, result, type, elements, outer: outerOf(elements, scope), span: aggregate.span };
  return [literal, ...guarded(context, guards, result, aggregate, scope)];
}

function guarded(
  context: RuleContext,
  guards: readonly RightGuard[],
  value: IrTerm,
  aggregate: AggregateLiteral,
  scope: VariableScope,
): IrLiteral[] {
  const beside: IrLiteral[] = [];
  const compared = guards.flatMap((guard) => {
    const [term] = lowerTerm(context, guard.term, { kind: "leaf", type: value.type }, { scope, beside });
    return term === undefined ? [] : [comparison(guard.op, value, term, aggregate.span)];
  });
  return [...beside, ...compared];
}

function nothing(context: RuleContext, aggregate: AggregateLiteral, elements: readonly LoweredElement[]): IrLiteral[] {
  const result = context.fresh("number", aggregate.span);
  const outer = outerOf(elements, context.scope);
  const zero: IrTerm = { kind: "constant", value: 0n, type: "number" };
  const count: IrAggregate = { kind: "aggregate", op: "count", result, type: "number", elements, outer, span: aggregate.span };
  return [count, comparison("=", result, zero, aggregate.span)];
}

/** The variables of elements that the rule binds outside. */
function outerOf(elements: readonly LoweredElement[], scope: VariableScope): string[] {
  const names = new Set<string>();
  for (const element of elements) {
    for (const key of element.keys) for (const name of variablesIn(key)) names.add(name);
    for (const literal of element.body) for (const name of literalVariables(literal)) names.add(name);
  }
  return [...names].filter((name) => scope.global.has(writtenName(name)));
}
