import type { Relation } from "../../schema/relation.ts";
import type { IrLiteral, IrTerm } from "../language/ir.ts";

/** The terms of a literal whose values an explanation shows, in order. */
export function shownTerms(literal: IrLiteral): IrTerm[] {
  switch (literal.kind) {
    case "atom":
      return literal.args.filter((term) => term !== null);
    case "compare":
    case "test":
      return [literal.left, literal.right];
    case "range":
      return [literal.result, literal.from, literal.to, ...(literal.step === null ? [] : [literal.step])];
    case "aggregate":
      return [
        literal.result,
        ...outerTerms(
          literal.outer,
          literal.elements.flatMap((element) => element.body),
        ),
      ];
  }
}

/** The outer variables of an aggregate as terms, in order; ones that its body does not mention are left out. */
export function outerTerms(outer: readonly string[], body: readonly IrLiteral[]): IrTerm[] {
  const found = new Map<string, IrTerm>();
  const visit = (term: IrTerm | null): void => {
    if (term?.kind === "variable") found.set(term.name, term);
    else if (term?.kind === "operation") term.args.forEach(visit);
  };
  const visitAll = (literals: readonly IrLiteral[]): void => {
    for (const literal of literals) {
      if (literal.kind === "atom") literal.args.forEach(visit);
      else shownTerms(literal).forEach(visit);
      if (literal.kind === "aggregate") for (const element of literal.elements) visitAll(element.body);
    }
  };
  visitAll(body);
  return outer.flatMap((name) => found.get(name) ?? []);
}

/** Gives every `_` of a positive atom a name, so that the whole row of the premise is known. */
export function withoutWildcards(body: readonly IrLiteral[], relation: (name: string) => Relation): IrLiteral[] {
  return body.map((literal, at) => {
    if (literal.kind !== "atom" || literal.negated) return literal;
    const { attributes } = relation(literal.relation);
    const args = literal.args.map((term, position) => {
      return term ?? ({ kind: "variable", name: `?${at}_${position}`, type: attributes[position]?.type ?? "symbol" } as const);
    });
    return { ...literal, args };
  });
}
