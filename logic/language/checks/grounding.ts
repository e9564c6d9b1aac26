import type { Variable } from "../ast.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import { bindings } from "../dl/bindings.ts";
import { type FlatAggregate, type FlatLiteral, type FlatRule, innerVariables, literalVariables, termVariables } from "../dl/flat.ts";
import { writtenName } from "../dl/lower_aggregates.ts";

/**
 * Reports every variable of a rule that gets no values where it occurs (`check.ungrounded`), once a name and level, and says why what
 * looks like a binding is none. The caller has run `resolveScopes`.
 */
export function checkGrounding(rule: FlatRule, sink: DiagnosticSink): void {
  checkLevel(rule.body, [], [...literalVariables(rule.head)], sink);
}

function checkLevel(level: readonly FlatLiteral[], given: readonly string[], asked: readonly Variable[], sink: DiagnosticSink): void {
  const bound = bindings(level, new Set(given), (aggregate) => aggregate.outer);
  const reported = new Set<string>();
  for (const variable of [...asked, ...level.flatMap((literal) => [...literalVariables(literal)])]) {
    const name = writtenName(variable.name);
    if (bound.has(variable.name) || reported.has(name) || name === "") continue;
    reported.add(name);
    sink.error(
      "check.ungrounded",
      { span: variable.span, text: name },
      `\`${name}\` has no values here: nothing binds it`,
      helpFor(name, level),
    );
  }
  for (const literal of level) {
    if (literal.kind !== "aggregate") continue;
    const target = literal.target === null ? [] : [...termVariables(literal.target)];
    checkLevel(literal.body, literal.outer, target, sink);
  }
}

/** Names the occurrence that a reader may have taken for a binding. */
function helpFor(name: string, level: readonly FlatLiteral[]): string {
  const is = (variable: Variable): boolean => writtenName(variable.name) === name;
  const inAggregate = level.find(
    (literal): literal is FlatAggregate => literal.kind === "aggregate" && [...innerVariables(literal)].some(is),
  );
  if (inAggregate !== undefined) return `an aggregate binds its result alone: bind \`${name}\` in a positive atom beside it`;
  const uses = level.filter((literal) => [...literalVariables(literal)].some(is));
  const negated = uses.find((literal) => literal.kind === "atom" && literal.negated);
  if (negated?.kind === "atom") return `\`!${negated.relation}(…)\` binds nothing: add a positive atom with \`${name}\``;
  const inside = uses.find((literal) => literal.kind === "atom");
  if (inside?.kind === "atom")
    return `an operation inside \`${inside.relation}(…)\` binds nothing: bind \`${name}\` in an atom or by an equation`;
  if (uses.length > 0)
    return `a comparison binds nothing unless it is \`${name} = …\` with a bound right side: add a positive atom with \`${name}\``;
  return `add an atom or an equation with \`${name}\` to the body`;
}
