import type { Relation } from "../../schema/relation.ts";
import type { Verdict } from "../../schema/verdict.ts";

/** What an attempt came to, as the next prompt tells it. */
export interface Refused {
  /** The answer as the model gave it. */
  readonly answer: string;
  /** Why it was no delta; null where the gate judged it. */
  readonly rejected: string | null;
  readonly verdict: Verdict | null;
}

/** So many violations and repairs are told: a prompt has its length. */
const TOLD = 8;

/**
 * The prompt of one round: the task, the relations with their prose, the text; then the last answer, what was wrong with it and what would
 * mend it. The same input gives the same prompt.
 */
export function promptOf(task: string, relations: readonly Relation[], text: string, last: Refused | null): string {
  const lines = relations.map(({ name, attributes, doc }) => {
    const columns = attributes.map((attribute) => `${attribute.name}: ${attribute.type}`).join(", ");
    return `- ${name}(${columns})${doc === "" ? "" : ` -- ${doc.replaceAll("\n", " ")}`}`;
  });
  const parts = [task, "Relations:", ...lines, "Text:", text];
  if (last !== null) parts.push("Your last answer:", last.answer, "It was refused:", ...objections(last));
  return `${[...parts, "Answer with the facts as JSON."].join("\n")}\n`;
}

function objections({ rejected, verdict }: Refused): string[] {
  const violations = (verdict?.violations ?? []).slice(0, TOLD).map(({ law, message }) => `- ${law}: ${message}`);
  const repairs = (verdict?.repairs ?? []).slice(0, TOLD).map(({ changes }) => {
    const steps = changes.map(
      ({ change, relation, row }) => `${change} ${relation}(${row.map((value) => (value === null ? "?" : String(value))).join(", ")})`,
    );
    return `- to mend it: ${steps.join(" and ")}`;
  });
  const undecided = verdict?.undecided == null ? [] : [`- ${verdict.undecided.code}: ${verdict.undecided.detail}`];
  return [...(rejected === null ? [] : [`- ${rejected}`]), ...violations, ...undecided, ...repairs];
}
