import type { Diagnostic } from "../../schema/diagnostic.ts";
import { type Limits, limitsWith } from "../../schema/limits.ts";
import type { Relation } from "../../schema/relation.ts";
import { uniqueLaws, uniqueRelations } from "./checks/duplicates.ts";
import { checkLawsFire } from "./checks/law_never_fires.ts";
import { checkNeverFed } from "./checks/never_fed.ts";
import { checkRoles } from "./checks/roles.ts";
import { checkStratification } from "./checks/stratification.ts";
import { assayReading, type Reading } from "./compatibility.ts";
import { DiagnosticSink } from "./diagnostic_sink.ts";
import { lowerDl, type TheoryPrograms } from "./dl/lower.ts";
import type { IrProgram, IrRule, Law } from "./ir.ts";
import type { Lowered } from "./lowered.ts";
import { lowerLp } from "./lp/lower.ts";
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
export function compile(theories: readonly TheoryPrograms[], limits: Limits = limitsWith(), reading: Reading = assayReading): Compiled {
  const parts = lowerAll(theories, limits, reading);
  const lowered = parts.flatMap((part) => part.diagnostics);
  const sink = new DiagnosticSink();
  const relations = uniqueRelations(
    parts.flatMap((part) => part.relations),
    sink,
  );
  const answerSets = parts.flatMap((part) => part.answerSets ?? []);
  const rules = numbered(parts.flatMap((part) => part.rules));
  const laws = withRulePlaces(
    uniqueLaws(
      parts.flatMap((part) => part.laws),
      sink,
    ),
    rules,
  );
  const selections = new Map(parts.flatMap((part) => [...(part.selections ?? [])]));
  const selecting = [...selections.values()].flatMap((selection) => selection.subsumptions);
  const strata = stratify(relations.values(), [...rules, ...selecting]);
  checkRoles(relations, rules, sink);
  checkStratification([...rules, ...selecting], strata, sink);
  if (parts.every((part) => part.incomplete !== undefined || !hasError(part.diagnostics))) {
    const incomplete = new Set(parts.flatMap((part) => part.incomplete ?? []));
    for (const { demands } of answerSets) for (const { law } of demands) incomplete.add(laws.find(({ id }) => id === law)?.relation ?? law);
    checkNeverFed(relations.values(), rules, incomplete, sink);
    checkLawsFire({ relations, rules, laws, incomplete }, sink);
  }
  const diagnostics = bounded(inPlace([...lowered, ...sink.list()], theories), limits.diagnostics);
  if (hasError(diagnostics)) return { program: null, diagnostics };
  const outputs = [...new Set(parts.flatMap((part) => part.outputs))];
  const structures = new Map(parts.flatMap((part) => [...(part.structures ?? [])]));
  return {
    program: {
      relations,
      rules,
      laws,
      strata,
      outputs,
      ...(selections.size === 0 ? {} : { selections }),
      ...(structures.size === 0 ? {} : { structures }),
      ...(answerSets.length === 0 ? {} : { answerSets }),
    },
    diagnostics,
  };
}

/** The .dl programs of all theories first; then each theory's .lp programs, which may use every relation known by then. */
function lowerAll(theories: readonly TheoryPrograms[], limits: Limits, reading: Reading): Lowered[] {
  const parts = [lowerDl(theories, limits, reading)];
  const known = new Map<string, Relation>(parts.flatMap((part) => part.relations.map((relation) => [relation.name, relation] as const)));
  for (const { theory, programs } of theories) {
    const lp = programs.filter((program) => program.dialect === "lp");
    if (lp.length === 0) continue;
    const part = lowerLp({ theory, programs: lp, known }, limits);
    for (const relation of part.relations) known.set(relation.name, relation);
    parts.push(part);
  }
  return parts;
}

function hasError(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
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

/** In the order of the files as given, and of the places in each. */
function inPlace(diagnostics: readonly Diagnostic[], theories: readonly TheoryPrograms[]): Diagnostic[] {
  const files = new Map(theories.flatMap((one) => one.programs).map((program, index) => [program.file, index]));
  const fileOf = (one: Diagnostic): number => files.get(one.span.file) ?? files.size;
  return diagnostics.toSorted((a, b) => fileOf(a) - fileOf(b) || a.span.offset - b.span.offset);
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
