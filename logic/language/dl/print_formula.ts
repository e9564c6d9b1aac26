import type { Formula } from "../ast.ts";
import { printTerm, printTerms } from "./print_term.ts";

/** Where a formula stands: as the whole, as one of a disjunction, one of a conjunction, or behind `!`. */
export type FormulaPlace = "whole" | "disjunct" | "conjunct" | "negated";

/** Prints a formula, in parentheses where its place asks for them; a formula only `.lp` has is an error. */
export function printFormula(formula: Formula, place: FormulaPlace): string {
  switch (formula.kind) {
    case "atom":
      return `${formula.relation}(${printTerms(formula.args)})`;
    case "not":
      return `!${printFormula(formula.of, "negated")}`;
    case "and": {
      const text = formula.of.map((part) => printFormula(part, "conjunct")).join(", ");
      return place === "conjunct" || place === "negated" ? `(${text})` : text;
    }
    case "or": {
      const text = formula.of.map((part) => printFormula(part, "disjunct")).join(" ; ");
      return place === "whole" ? text : `(${text})`;
    }
    case "compare":
      return `${printTerm(formula.left)} ${formula.op} ${printTerm(formula.right)}`;
    case "test":
      return `${formula.test}(${printTerms(formula.args)})`;
    case "boolean":
      return String(formula.value);
    case "aggregate_literal":
    case "conditional":
      throw new Error(`a ${formula.kind} formula has no form in .dl`);
  }
}

/** Prints formulas that must all hold. */
export function printBody(body: readonly Formula[]): string {
  const place = body.length === 1 ? "whole" : "conjunct";
  return body.map((formula) => printFormula(formula, place)).join(", ");
}
