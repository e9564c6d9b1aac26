import type { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Repair, RepairChange, Verdict, Violation } from "../../schema/verdict.ts";
import { toldLine, toldValue } from "./told_text.ts";

/** What an attempt came to, as the next prompt tells it. */
export interface Refused {
  /** The answer as the model gave it. */
  readonly answer: string;
  /** Why it was no delta; null where the gate judged it. */
  readonly rejected: AssayError | null;
  readonly verdict: Verdict | null;
}

export type ToldLimits = Pick<Limits, "prompt_objections" | "prompt_characters" | "prompt_answer">;

/**
 * What was wrong with an answer and what would mend it, a line each. Of violations the first of each law come first; at most
 * `prompt_objections` are told, and as many repairs, and how many more there are. Repairs that the job cannot do are left out: it only adds
 * facts to `relations`.
 */
export function objections(
  { rejected, verdict }: Omit<Refused, "answer">,
  relations: ReadonlyMap<string, Relation>,
  limits: ToldLimits,
): string[] {
  const cut = (text: string): string => `- ${toldLine(text, limits.prompt_characters)}`;
  const lines: string[] = [];
  if (rejected !== null) {
    const errors = [{ detail: rejected.detail, place: rejected.place }, ...rejected.also];
    lines.push(
      ...errors.slice(0, limits.prompt_objections).map(({ detail, place }) => cut(place === null ? detail : `${place}: ${detail}`)),
    );
    lines.push(...more(errors.length - limits.prompt_objections, "more like it"));
  }
  if (verdict === null) return lines;
  const told = oneLawAfterTheOther(verdict.violations).slice(0, limits.prompt_objections);
  lines.push(...told.map((violation) => cut(violationText(violation))));
  lines.push(...restLines(verdict, told, limits));
  if (verdict.undecided !== null) lines.push(cut(`${verdict.undecided.code}: ${verdict.undecided.detail}`));
  const doable = verdict.repairs.filter(({ changes }) => changes.every((change) => isDoable(change, relations)));
  lines.push(...doable.slice(0, limits.prompt_objections).map((repair) => cut(`to mend it: ${repairText(repair, relations)}`)));
  lines.push(...more(doable.length - limits.prompt_objections, "more ways to mend it"));
  return lines;
}

function more(count: number, what: string): string[] {
  return count > 0 ? [`- and ${count} ${what}`] : [];
}

/** How many more violations each broken law has, those of pages that are not here too. */
function restLines({ laws, violations }: Verdict, told: readonly Violation[], limits: ToldLimits): string[] {
  const toldOf = (law: string): number => told.filter((violation) => violation.law === law).length;
  const checks = new Set(violations.flatMap(({ law, code }) => (code === undefined ? [] : [law])));
  const rests = [
    ...[...checks].map((law) => ({ law, rest: violations.filter((violation) => violation.law === law).length - toldOf(law) })),
    ...laws.flatMap(({ law, severity, violations: all, waived }) =>
      severity === "warn" ? [] : [{ law, rest: all - waived - toldOf(law) }],
    ),
  ].filter(({ rest }) => rest > 0);
  const lines = rests.slice(0, limits.prompt_objections).map(({ law, rest }) => `- ${law}: ${rest} more`);
  return [...lines, ...more(rests.length - lines.length, "laws are broken")];
}

/** A warning refuses nothing, nor does what was waived. */
function isNoReason({ severity, waived }: Violation): boolean {
  return severity === "warn" || waived === true;
}

/** The reasons of a refusal: the first violation of every law, then the second of every law, and so on. */
function oneLawAfterTheOther(violations: readonly Violation[]): Violation[] {
  const seen = new Map<string, number>();
  const ranked = violations.flatMap((violation) => {
    if (isNoReason(violation)) return [];
    const rank = seen.get(violation.law) ?? 0;
    seen.set(violation.law, rank + 1);
    return [{ violation, rank }];
  });
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ violation }) => violation);
}

function violationText({ law, message, code, help }: Violation): string {
  return `${law}: ${message}${code === undefined || help === undefined ? "" : ` (${help})`}`;
}

function isDoable({ change, relation }: RepairChange, relations: ReadonlyMap<string, Relation>): boolean {
  return change === "drop" || (change === "assert" && relations.has(relation));
}

const WORDS = { drop: "leave out", keep: "do not retract", assert: "also give", retract: "retract" } as const;

/** The changes, their holes numbered; then of every hole what may stand there. */
function repairText({ changes, holes }: Repair, relations: ReadonlyMap<string, Relation>): string {
  const names = new Map(holes.map(({ change, attribute }, at) => [`${change} ${attribute}`, `?${at + 1}`]));
  const steps = changes.map(({ change, relation, row }, index) => {
    const attributes = relations.get(relation)?.attributes ?? [];
    const values = row.map((value, at) => (value === null ? (names.get(`${index} ${attributes[at]?.name}`) ?? "?") : toldValue(value)));
    return `${WORDS[change]} ${relation}(${values.join(", ")})`;
  });
  const conditions = holes.map(({ attribute, type, laws }, at) => {
    const held = laws.length === 0 ? "" : `, held to ${laws.join(", ")}`;
    return `?${at + 1} is the right ${attribute}, a ${type}${held}`;
  });
  return [steps.join(" and "), ...conditions].join("; ");
}
