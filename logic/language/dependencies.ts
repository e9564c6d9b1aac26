import type { Span } from "../../schema/place.ts";
import type { IrLiteral, IrRule } from "./ir.ts";

/** A rule's head needs a relation; `strict` means under negation or in an aggregate, where the relation must be complete before. */
export interface Dependency {
  readonly from: string;
  readonly to: string;
  readonly strict: boolean;
  readonly how: "positive" | "negated" | "aggregated";
  readonly span: Span;
}

/** Every use of a relation in the bodies of rules, in order. */
export function dependencies(rules: readonly IrRule[]): Dependency[] {
  return rules.flatMap((rule) => [...usesOf(rule.head.relation, rule.body, false)]);
}

function* usesOf(from: string, body: readonly IrLiteral[], inAggregate: boolean): Generator<Dependency> {
  for (const literal of body) {
    if (literal.kind === "atom") {
      const how = literal.negated ? "negated" : inAggregate ? "aggregated" : "positive";
      yield { from, to: literal.relation, strict: how !== "positive", how, span: literal.span };
    } else if (literal.kind === "aggregate") {
      for (const element of literal.elements) yield* usesOf(from, element.body, true);
    }
  }
}
