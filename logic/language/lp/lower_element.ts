import type { ValueType } from "../../../schema/value.ts";
import type { AggregateLiteral } from "../ast.ts";
import type { IrAggregate, IrLiteral, IrTerm } from "../ir.ts";
import type { VariableScope } from "./inference.ts";
import { comparison, variablesIn, writtenName } from "./ir_parts.ts";
import { lowerFormula } from "./lower_literal.ts";
import { lowerTerm } from "./lower_term.ts";
import { printTerm } from "./print_term.ts";
import { reportUnbound } from "./report_unbound.ts";
import type { RuleContext } from "./rule_context.ts";
import { solve } from "./solve.ts";
import { shapeText } from "./type_node.ts";

export type LoweredElement = IrAggregate["elements"][number];

/** An element before its tuple has got the columns that all elements share. */
interface OpenElement {
  /** The leaves of the tuple, the aggregated value first where there is one. */
  readonly terms: readonly IrTerm[];
  /** Tuples of different kinds are never equal. */
  readonly kind: string;
  readonly body: readonly IrLiteral[];
}

/** Lowers the elements of an aggregate; `type` is that of the aggregated value. Null where a fault was reported. */
export function lowerElements(
  context: RuleContext,
  aggregate: AggregateLiteral,
  scope: VariableScope,
): { elements: LoweredElement[]; type: ValueType } | null {
  const open: OpenElement[] = [];
  let type: ValueType = "number";
  for (const element of aggregate.elements) {
    const inner = scope.ofElement(element);
    const value = valueType(context, aggregate, element, inner);
    if (value === null) return null;
    type = value;
    const lowered = lowerElement(context, aggregate, element, inner);
    if (lowered === null) return null;
    open.push(...lowered);
  }
  return { elements: alignedKeys(open, aggregate.op !== "count"), type };
}

/** The type of what is summed or compared; `number` for a count. */
function valueType(
  context: RuleContext,
  aggregate: AggregateLiteral,
  element: AggregateLiteral["elements"][number],
  scope: VariableScope,
): ValueType | null {
  if (aggregate.op === "count") return "number";
  const [first] = element.terms;
  const shape = first === undefined ? null : context.shape(first, scope);
  if (shape?.kind === "leaf") return shape.type;
  const text = first === undefined ? `#${aggregate.op}` : printTerm(first);
  const message =
    first === undefined
      ? `an element of \`#${aggregate.op}\` has no value`
      : `\`${text}\` is no value that \`#${aggregate.op}\` could take`;
  context.sink.error("lp.clingo_only", { span: element.span, text }, message, "begin the element's tuple with a number or a symbol");
  return null;
}

function lowerElement(
  context: RuleContext,
  aggregate: AggregateLiteral,
  element: AggregateLiteral["elements"][number],
  scope: VariableScope,
): OpenElement[] | null {
  const beside: IrLiteral[] = [];
  const kinds: string[] = [];
  const terms: IrTerm[] = [];
  for (const term of element.terms) {
    const shape = context.shape(term, scope);
    if (shape === null) return null;
    kinds.push(shapeText(shape));
    terms.push(...lowerTerm(context, term, shape, { scope, beside }));
  }
  const [value] = terms;
  if (aggregate.op === "sum+" && value !== undefined) {
    const zero: IrTerm = { kind: "constant", value: value.type === "float" ? 0 : 0n, type: value.type };
    beside.push(comparison(">", value, zero, element.span));
  }
  let bodies: IrLiteral[][] = [beside];
  for (const part of element.condition) {
    const alternatives = lowerFormula(context, part, scope);
    if (!context.grow(bodies.length * (alternatives.length - 1), element.span)) return null;
    bodies = bodies.flatMap((body) => alternatives.map((more) => [...body, ...more]));
  }
  return bodies.map((body) => {
    const names = [...new Set([...terms.flatMap((term) => [...variablesIn(term)])])];
    const solved = solve(body, (name) => scope.global.has(writtenName(name)), context);
    reportUnbound(context, names, solved, element.condition, element.terms);
    return { terms, kind: kinds.join(","), body: solved.literals };
  });
}

/**
 * Gives all elements key tuples of one length and one type a column: tuples of each kind have columns of their own, filled in elsewhere,
 * and where there are several kinds a column tells them apart. The value, where there is one, comes first.
 */
function alignedKeys(open: readonly OpenElement[], valueFirst: boolean): LoweredElement[] {
  const kinds = [...new Set(open.map((element) => element.kind))];
  const shared = valueFirst ? 1 : 0;
  const columns = kinds.map((kind) => (open.find((element) => element.kind === kind)?.terms ?? []).slice(shared).map((term) => term.type));
  return open.map((element) => {
    const index = kinds.indexOf(element.kind);
    const filled = columns.flatMap((types, other) => (other === index ? element.terms.slice(shared) : types.map(filling)));
    const tag: IrTerm[] = kinds.length > 1 ? [{ kind: "constant", value: BigInt(index), type: "number" }] : [];
    const keys = [...element.terms.slice(0, shared), ...tag, ...filled];
    return { keys: keys.length > 0 ? keys : [filling("number")], body: element.body };
  });
}

function filling(type: ValueType): IrTerm {
  return { kind: "constant", value: type === "symbol" ? "" : type === "float" ? 0 : 0n, type };
}
