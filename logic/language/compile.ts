import type { Diagnostic } from "../../schema/diagnostic.ts";
import { type Limits, limitsWith } from "../../schema/limits.ts";
import { uniqueLaws, uniqueRelations } from "./checks/duplicates.ts";
import { checkLawsFire } from "./checks/law_never_fires.ts";
import { checkNeverFed } from "./checks/never_fed.ts";
import { checkRoles } from "./checks/roles.ts";
import { checkStratification } from "./checks/stratification.ts";
import { DiagnosticSink } from "./diagnostic_sink.ts";
import { lowerDl, type TheoryPrograms } from "./dl/lower.ts";
import type { IrProgram, IrRule, Law } from "./ir.ts";
import { stratify } from "./stratify.ts";

export interface Compiled {
  /** Null exactly where a diagnostic is an error. */
  readonly program: IrProgram | null;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles the programs of a set of theories into one checked program. All theories share one namespace of relations. Takes
 * programs as parsed, with the includes already read; the caller reports the parsers' own diagnostics. Checks, in order: those of each rule
 * (names, arity, types, bound variables), duplicates, roles, strata, relations never fed, laws that never fire.
 */
export function compile(theories: readonly TheoryPrograms[], limits: Limits = limitsWith()): Compiled {
  const parts = [lowerDl(theories, limits)];
  const lowered = parts.flatMap((part) => part.diagnostics);
  const sink = new DiagnosticSink();
  const relations = uniqueRelations(
    parts.flatMap((part) => part.relations),
    sink,
  );
  const rules = numbered(parts.flatMap((part) => part.rules));
  const laws = withRulePlaces(
    uniqueLaws(
      parts.flatMap((part) => part.laws),
      sink,
    ),
    rules,
  );
  const strata = stratify(relations.values(), rules);
  checkRoles(relations, rules, sink);
  checkStratification(rules, strata, sink);
  if (!lowered.some((diagnostic) => diagnostic.severity === "error")) {
    checkNeverFed(relations.values(), rules, sink);
    checkLawsFire(relations, rules, laws, sink);
  }
  const diagnostics = bounded([...lowered, ...sink.list()], limits.diagnostics);
  if (diagnostics.some((diagnostic) => diagnostic.severity === "error")) return { program: null, diagnostics };
  const outputs = [...new Set(parts.flatMap((part) => part.outputs))];
  return { program: { relations, rules, laws, strata, outputs }, diagnostics };
}

/** Gives rules their ids, `<relation>#<n>`. */
function numbered(rules: readonly IrRule[]): IrRule[] {
  const counts = new Map<string, number>();
  return rules.map((rule) => {
    const count = (counts.get(rule.head.relation) ?? 0) + 1;
    counts.set(rule.head.relation, count);
    return { ...rule, id: `${rule.head.relation}#${count}` };
  });
}

/** A law stands where its first rule stands: that is the place a reader of a violation wants. */
function withRulePlaces(laws: readonly Law[], rules: readonly IrRule[]): Law[] {
  const first = new Map(rules.toReversed().map((rule) => [rule.head.relation, rule.span]));
  return laws.map((law) => ({ ...law, span: first.get(law.relation) ?? law.span }));
}

function bounded(diagnostics: readonly Diagnostic[], limit: number): readonly Diagnostic[] {
  const last = diagnostics[limit - 1];
  if (diagnostics.length <= limit || last === undefined) return diagnostics;
  const message = `there are ${diagnostics.length} diagnostics, of which ${limit} are listed`;
  const help = "mend the first ones and run again";
  return [
    ...diagnostics.slice(0, limit),
    { code: "limit.diagnostics", severity: "error", message, span: last.span, text: last.text, help },
  ];
}
