import type { Relation } from "../../schema/relation.ts";
import type { KnownValues } from "./answer_shape.ts";
import { type FactView, viewLines } from "./fact_view.ts";
import { objections, type Refused, type ToldLimits } from "./objections.ts";
import { cutText, toldLine, toldValue } from "./told_text.ts";

/** What a prompt is made of. */
export interface PromptParts {
  readonly task: string;
  readonly relations: readonly Relation[];
  readonly known: KnownValues;
  /** What it is shown of the facts; nothing where absent. */
  readonly view?: readonly FactView[];
  readonly text: string;
  /** The last attempt; null in the first round. */
  readonly last: Refused | null;
  readonly limits: ToldLimits;
}

/**
 * The prompt of one round: the task, the relations with their prose and the values that must be there already, the facts shown, the text;
 * then the last answer, what was wrong with it and what would mend it. All but the text is bounded. The same parts give the same prompt.
 */
export function promptOf({ task, relations, known, view = [], text, last, limits }: PromptParts): string {
  const shown = view.length === 0 ? [] : ["Facts:", ...viewLines(view, limits)];
  const parts = [task, "Relations:", ...relations.flatMap((relation) => relationLines(relation, known, limits)), ...shown, "Text:", text];
  if (last !== null) {
    const byName = new Map(relations.map((relation) => [relation.name, relation]));
    parts.push("Your last answer:", cutText(last.answer, limits.prompt_answer), "It was refused:", ...objections(last, byName, limits));
  }
  return `${[...parts, 'Answer with the facts as JSON: {"assert": {relation: [{attribute: value}]}}.'].join("\n")}\n`;
}

function relationLines({ name, attributes, doc }: Relation, known: KnownValues, limits: ToldLimits): string[] {
  const columns = attributes.map((attribute) => `${attribute.name}: ${attribute.type}`).join(", ");
  const held = attributes.flatMap((attribute) => {
    const values = known.get(name)?.get(attribute.name) ?? [];
    return values.length === 0
      ? []
      : [`  ${attribute.name} is one of ${toldLine(values.map(toldValue).join(", "), limits.prompt_characters)}`];
  });
  return [`- ${name}(${columns})${doc === "" ? "" : ` -- ${doc.replaceAll("\n", " ")}`}`, ...held];
}
