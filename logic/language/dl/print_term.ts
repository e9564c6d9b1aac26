import type { Term } from "../ast.ts";
import { quoteString } from "./lex_string.ts";
import { infixOperators, prefixLevel, primaryLevel } from "./operators.ts";
import { printBody } from "./print_formula.ts";

/** Prints a term so that it can stand where operators of `least` level or tighter are read; a term only `.lp` has is an error. */
export function printTerm(term: Term, least = 0): string {
  const { text, level } = print(term);
  return level < least ? `(${text})` : text;
}

function print(term: Term): { readonly text: string; readonly level: number } {
  switch (term.kind) {
    case "variable":
    case "constant":
      return { text: term.name, level: primaryLevel };
    case "wildcard":
      return { text: "_", level: primaryLevel };
    case "integer":
    case "unsigned":
    case "float":
      return { text: term.text, level: term.text.startsWith("-") ? prefixLevel : primaryLevel };
    case "string":
      return { text: quoteString(term.value), level: primaryLevel };
    case "call":
      return { text: `${term.functor}(${printTerms(term.args)})`, level: primaryLevel };
    case "operation":
      return printOperation(term);
    case "aggregate": {
      const target = term.target === null ? "" : ` ${printTerm(term.target)}`;
      return { text: `${term.op}${target} : { ${printBody(term.body)} }`, level: 0 };
    }
    case "record":
      return { text: `[${printTerms(term.args)}]`, level: primaryLevel };
    case "nil":
      return { text: "nil", level: primaryLevel };
    case "branch":
      return { text: `$${term.name}${term.args.length > 0 ? `(${printTerms(term.args)})` : ""}`, level: primaryLevel };
    case "cast":
      return { text: `as(${printTerm(term.of)}, ${term.type.name})`, level: primaryLevel };
    case "function":
    case "interval":
    case "pool":
      throw new Error(`a ${term.kind} term has no form in .dl`);
  }
}

function printOperation(term: Extract<Term, { kind: "operation" }>): { readonly text: string; readonly level: number } {
  const [left, right] = term.args;
  if (left === undefined || term.op === "abs") throw new Error(`the operation ${term.op} has no form in .dl`);
  if (right === undefined) {
    const sign = term.op === "-" ? "-" : `${term.op} `;
    return { text: `${sign}${printTerm(left, prefixLevel)}`, level: prefixLevel };
  }
  const infix = infixOperators.get(term.op);
  if (infix === undefined) throw new Error(`the operation ${term.op} takes one operand`);
  const leftLevel = infix.right ? infix.level + 1 : infix.level;
  const rightLevel = infix.right ? infix.level : infix.level + 1;
  return { text: `${printTerm(left, leftLevel)} ${term.op} ${printTerm(right, rightLevel)}`, level: infix.level };
}

export function printTerms(terms: readonly Term[]): string {
  return terms.map((term) => printTerm(term)).join(", ");
}
