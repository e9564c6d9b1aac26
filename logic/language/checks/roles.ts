import { spanText } from "../../../schema/place.ts";
import type { Relation } from "../../../schema/relation.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { IrRule } from "../ir.ts";

/** Refuses rules and facts for base relations (`check.base_derived`), once a relation. */
export function checkRoles(relations: ReadonlyMap<string, Relation>, rules: readonly IrRule[], sink: DiagnosticSink): void {
  const reported = new Set<string>();
  for (const { head, body, span } of rules) {
    const relation = relations.get(head.relation);
    if (relation?.role !== "base" || reported.has(head.relation)) continue;
    reported.add(head.relation);
    const what = body.length === 0 ? "fact" : "rule";
    const message = `\`${head.relation}\` is fed by \`.input\` (declared at ${spanText(relation.span)}), but has a ${what} here`;
    const help = `split it: keep \`${head.relation}\` for the facts and derive a second relation from it`;
    sink.error("check.base_derived", { span, text: head.relation }, message, help);
  }
}
