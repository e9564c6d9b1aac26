import type { Span } from "../../../schema/place.ts";
import type { ComparisonOp } from "../ast.ts";
import type { IrAggregate, IrComparison, IrLiteral, IrTerm } from "../ir.ts";

/** The names of the variables of a term. */
export function* variablesIn(term: IrTerm): Generator<string> {
  if (term.kind === "variable") yield term.name;
  else if (term.kind === "operation") for (const arg of term.args) yield* variablesIn(arg);
}

/** The names of the variables of a literal; of an aggregate its result and those that it shares with the rule. */
export function* literalVariables(literal: IrLiteral): Generator<string> {
  switch (literal.kind) {
    case "atom":
      for (const arg of literal.args) if (arg !== null) yield* variablesIn(arg);
      break;
    case "compare":
    case "test":
      yield* variablesIn(literal.left);
      yield* variablesIn(literal.right);
      break;
    case "range":
      for (const term of [literal.result, literal.from, literal.to, literal.step]) if (term !== null) yield* variablesIn(term);
      break;
    case "aggregate":
      yield* variablesIn(literal.result);
      yield* literal.outer;
      break;
    default:
  }
}

export function comparison(op: ComparisonOp, left: IrTerm, right: IrTerm, span: Span): IrComparison {
  return { kind: "compare", op, left, right, span };
}

/** The variable of the program that a variable of the intermediate form belongs to. */
export function writtenName(name: string): string {
  return name.split(".", 1)[0] ?? name;
}

/** The literals with one variable renamed. Only for a variable that stands in no aggregate's elements. */
export function renamed(literals: readonly IrLiteral[], from: string, to: string): IrLiteral[] {
  const term = <T extends IrTerm>(one: T): IrTerm => {
    if (one.kind === "variable") return one.name === from ? { ...one, name: to } : one;
    return one.kind === "operation" ? { ...one, args: one.args.map(term) } : one;
  };
  return literals.map((literal): IrLiteral => {
    switch (literal.kind) {
      case "atom":
        return { ...literal, args: literal.args.map((arg) => (arg === null ? null : term(arg))) };
      case "compare":
      case "test":
        return { ...literal, left: term(literal.left), right: term(literal.right) };
      case "range":
        return { ...literal, result: term(literal.result), from: term(literal.from), to: term(literal.to) };
      case "aggregate":
        return { ...(literal satisfies IrAggregate), result: term(literal.result) };
      default:
        return literal;
    }
  });
}
