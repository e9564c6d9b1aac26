import { unreachable } from "../../../schema/unreachable.ts";
import type { ValueType } from "../../../schema/value.ts";
import type { Atom, IntegerTerm, Operator, Term } from "../ast.ts";
import type { IrLiteral, IrOperator, IrTerm } from "../ir.ts";
import { integerAs } from "../literal.ts";
import type { VariableScope } from "./inference.ts";
import { printTerm } from "./print_term.ts";
import type { RuleContext } from "./rule_context.ts";
import { leavesOf, type Shape } from "./type_node.ts";

const INTEGER_OPERATORS: ReadonlySet<Operator> = new Set(["%", "band", "bor", "bxor", "bnot"]);

/** Where a term is lowered: the names it may use, and the literals that its intervals need beside it. */
export interface TermPlace {
  readonly scope: VariableScope;
  readonly beside: IrLiteral[];
}

/** Lowers a term of a known shape: one term of the intermediate form for each of the shape's leaves. */
export function lowerTerm(context: RuleContext, term: Term, shape: Shape, place: TermPlace): IrTerm[] {
  switch (term.kind) {
    case "variable":
      return variableLeaves(term.name, shape);
    case "wildcard":
      return leavesOf(shape).map((type) => context.fresh(type, term.span));
    case "integer":
      return [lowerInteger(context, term, leafType(shape))];
    case "string":
      return [{ kind: "constant", value: term.value, type: "symbol" }];
    case "constant":
      return [{ kind: "constant", value: term.name, type: "symbol" }];
    case "function":
      return shape.kind === "leaf" ? [] : term.args.flatMap((arg, index) => lowerPart(context, arg, shape.args[index], place));
    case "operation":
      return [lowerOperation(context, term, shape, place)];
    case "interval":
      return [lowerInterval(context, term, shape, place)];
    case "unsigned":
    case "float":
    case "call":
    case "aggregate":
    case "pool":
    case "record":
    case "nil":
    case "branch":
    case "cast":
      throw new Error(`a ${term.kind} term is not part of a plain rule of clingo's dialect`);
    default:
      return unreachable(term);
  }
}

/** The arguments of an atom in its relation's attribute order; `_` gives null for each attribute it covers. */
export function lowerArguments(context: RuleContext, atom: Atom, place: TermPlace): (IrTerm | null)[] {
  const shapes = context.relations.get(atom.relation)?.shapes ?? [];
  return atom.args.flatMap((arg, index) => {
    const shape = shapes[index];
    if (shape === undefined) return [];
    return nullable(context, arg, shape, place);
  });
}

function nullable(context: RuleContext, term: Term, shape: Shape, place: TermPlace): (IrTerm | null)[] {
  if (term.kind === "wildcard") return leavesOf(shape).map(() => null);
  if (term.kind !== "function" || shape.kind === "leaf") return lowerTerm(context, term, shape, place);
  return term.args.flatMap((arg, index) => {
    const part = shape.args[index];
    return part === undefined ? [] : nullable(context, arg, part, place);
  });
}

/** A variable that stands for a function term is one variable for each of its leaves: `X.1`, `X.2`. */
export function variableLeaves(name: string, shape: Shape): IrTerm[] {
  if (shape.kind === "leaf") return [{ kind: "variable", name, type: shape.type }];
  return shape.args.flatMap((part, index) => variableLeaves(`${name}.${index + 1}`, part));
}

function lowerPart(context: RuleContext, term: Term, shape: Shape | undefined, place: TermPlace): IrTerm[] {
  return shape === undefined ? [] : lowerTerm(context, term, shape, place);
}

function leafType(shape: Shape): ValueType {
  return shape.kind === "leaf" ? shape.type : "symbol";
}

function lowerInteger(context: RuleContext, term: IntegerTerm, type: ValueType): IrTerm {
  const value = type === "symbol" ? null : integerAs(term.value, type);
  if (value !== null) return { kind: "constant", value, type };
  context.sink.error(
    "check.number_range",
    { span: term.span, text: term.text },
    `\`${term.text}\` does not fit the type \`${type}\``,
    null,
  );
  return { kind: "constant", value: 0n, type };
}

function lowerOperation(context: RuleContext, term: Extract<Term, { kind: "operation" }>, shape: Shape, place: TermPlace): IrTerm {
  const type = leafType(shape);
  if (type === "float" && INTEGER_OPERATORS.has(term.op)) {
    const text = printTerm(term);
    context.sink.error("check.type_conflict", { span: term.span, text }, `\`${text}\` works on integers, and stands among floats`, null);
  }
  const args = term.args.flatMap((arg) => lowerTerm(context, arg, shape, place));
  return { kind: "operation", op: operatorOf(term.op, args.length), args, type };
}

function operatorOf(op: Operator, operands: number): IrOperator {
  return op === "-" && operands === 1 ? "neg" : op;
}

/** `a..b` is a variable of its own that takes every value of the interval. */
function lowerInterval(context: RuleContext, term: Extract<Term, { kind: "interval" }>, shape: Shape, place: TermPlace): IrTerm {
  const type = leafType(shape);
  const text = printTerm(term);
  if (type === "float")
    context.sink.error("check.type_conflict", { span: term.span, text }, `\`${text}\` runs over integers, and stands among floats`, null);
  const [from] = lowerTerm(context, term.from, shape, place);
  const [to] = lowerTerm(context, term.to, shape, place);
  const result = context.fresh(type, term.span);
  if (from !== undefined && to !== undefined) {
    place.beside.push({ kind: "range", result, from, to, step: null, inclusive: true, span: term.span });
  }
  return result;
}
