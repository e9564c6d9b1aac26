import { type Span, spanText } from "../../../schema/place.ts";
import type { Relation } from "../../../schema/relation.ts";
import type { DiagnosticSink } from "../diagnostic_sink.ts";
import type { Law } from "../ir.ts";

/** Refuses a second relation of one name (`check.duplicate`), naming both places, and gives the first of each. */
export function uniqueRelations(relations: readonly Relation[], sink: DiagnosticSink): Map<string, Relation> {
  return unique(relations, (relation) => relation.name, "relation", sink);
}

/** Refuses a second law of one id (`check.duplicate`), naming both places, and gives the first of each. */
export function uniqueLaws(laws: readonly Law[], sink: DiagnosticSink): Law[] {
  return [...unique(laws, (law) => law.id, "law", sink).values()];
}

function unique<T extends { readonly span: Span }>(
  items: readonly T[],
  nameOf: (item: T) => string,
  kind: string,
  sink: DiagnosticSink,
): Map<string, T> {
  const kept = new Map<string, T>();
  for (const item of items) {
    const name = nameOf(item);
    const first = kept.get(name);
    if (first === undefined) kept.set(name, item);
    else {
      const message = `the ${kind} \`${name}\` is declared at ${spanText(first.span)} and again here`;
      sink.error("check.duplicate", { span: item.span, text: name }, message, "rename one, or remove it");
    }
  }
  return kept;
}
