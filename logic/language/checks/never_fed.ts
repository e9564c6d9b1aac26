import type { Relation } from "../../../schema/relation.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { IrRule } from "../ir.ts";

/** Warns of relations that neither `.input` feeds nor a rule or fact derives: they are always empty (`check.never_fed`). `incomplete` ones have rules that had errors. */
export function checkNeverFed(
  relations: Iterable<Relation>,
  rules: readonly IrRule[],
  incomplete: ReadonlySet<string>,
  sink: DiagnosticSink,
): void {
  const derived = new Set(rules.map((rule) => rule.head.relation));
  for (const { name, role, span } of relations) {
    if (role === "base" || derived.has(name) || incomplete.has(name)) continue;
    const message = `\`${name}\` is never fed and never derived`;
    sink.warning("check.never_fed", { span, text: name }, message, `mark it \`.input\`, give it a rule, or remove it`);
  }
}
