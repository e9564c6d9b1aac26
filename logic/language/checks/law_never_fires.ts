import { spanText } from "../../../schema/place.ts";
import type { Relation } from "../../../schema/relation.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { IrRule, Law } from "../ir.ts";
import { contradiction } from "./contradiction.ts";

/** A program as far as it could be lowered; rules of the `incomplete` relations may be missing, so they pass as fillable. */
export interface LawfulProgram {
  readonly relations: ReadonlyMap<string, Relation>;
  readonly rules: readonly IrRule[];
  readonly laws: readonly Law[];
  readonly incomplete: ReadonlySet<string>;
}

/** Refuses laws that no state of the base can break (`check.law_never_fires`), and says what keeps each from firing. */
export function checkLawsFire(program: LawfulProgram, sink: DiagnosticSink): void {
  const fillable = fillableRelations(program);
  const byHead = Map.groupBy(program.rules, (rule) => rule.head.relation);
  for (const law of program.laws) {
    if (fillable.has(law.relation)) continue;
    const reason = reasonFor(law.relation, byHead.get(law.relation) ?? [], fillable);
    sink.error("check.law_never_fires", { span: law.span, text: law.id }, `the law \`${law.id}\` can never fire: ${reason}`, null);
  }
}

/** Relations that some state of the base fills: base ones, and derived ones with a rule whose positive atoms are all fillable. */
function fillableRelations({ relations, rules, incomplete }: LawfulProgram): Set<string> {
  const fillable = new Set(incomplete);
  for (const { name, role } of relations.values()) if (role === "base") fillable.add(name);
  const ready: string[] = [];
  const waiting = new Map<string, { missing: number; readonly head: string }[]>();
  const fill = (name: string): void => {
    if (!fillable.has(name)) ready.push(name);
    fillable.add(name);
  };
  for (const rule of rules) {
    if (contradiction(rule.body) !== null) continue;
    const needs = new Set(positiveRelations(rule).filter((name) => !fillable.has(name)));
    const entry = { missing: needs.size, head: rule.head.relation };
    for (const need of needs) append(waiting, need, entry);
    if (needs.size === 0) fill(rule.head.relation);
  }
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    for (const entry of waiting.get(name) ?? []) {
      entry.missing -= 1;
      if (entry.missing === 0) fill(entry.head);
    }
  }
  return fillable;
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function positiveRelations(rule: IrRule): string[] {
  return rule.body.flatMap((literal) => (literal.kind === "atom" && !literal.negated ? [literal.relation] : []));
}

function reasonFor(relation: string, rules: readonly IrRule[], fillable: ReadonlySet<string>): string {
  const [rule] = rules;
  if (rule === undefined) return `\`${relation}\` has no rules`;
  const conflict = contradiction(rule.body);
  if (conflict !== null) return `its rule contradicts itself (${spanText(conflict.span)})`;
  const empty = positiveRelations(rule).find((name) => !fillable.has(name));
  return `its rule (${spanText(rule.span)}) needs \`${empty ?? relation}\`, which stays empty`;
}
