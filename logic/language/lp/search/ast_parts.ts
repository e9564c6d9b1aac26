import type { Span } from "../../../../schema/place.ts";
import type { Atom, Formula, RuleItem, Term } from "../../ast.ts";

/** Nodes for what a program does not write itself. Their names hold a character that no program can write. */

export function variable(name: string, span: Span): Term {
  return { kind: "variable", name, span };
}

export function wildcards(count: number, span: Span): Term[] {
  return Array.from({ length: count }, () => ({ kind: "wildcard", span }) as const);
}

export function atom(relation: string, args: readonly Term[], span: Span): Atom {
  return { kind: "atom", relation, args, span };
}

export function not(of: Formula): Formula {
  return { kind: "not", of, span: of.span };
}

/** A rule at the place of `item`, without its doc comment. */
export function ruleAt(item: { readonly span: Span }, head: Atom, body: readonly Formula[]): RuleItem {
  return { kind: "rule", form: "normal", heads: [head], choice: null, body, plan: null, doc: { text: "", marks: [] }, span: item.span };
}
