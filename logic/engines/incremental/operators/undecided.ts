import { type LimitName, type Limits, limits as registry } from "../../../../schema/limits.ts";
import type { Undecided } from "../../../../schema/verdict.ts";
import { type FailureName, failureName } from "./failure.ts";

const REASONS: Readonly<Record<Exclude<FailureName, LimitName>, string>> = {
  overflow: "a value leaves its type",
  division_by_zero: "a division by zero",
  conversion: "a value that its conversion does not admit",
  pattern: "a regular expression that cannot be read",
};

/** The answer where `relation` reached a bound; null where no relation is at work. The codes are those of every engine. */
export function limitUndecided(name: LimitName, relation: string | null, limits: Limits): Undecided {
  const { unit } = registry[name];
  const bound = limits[name];
  const detail = `\`${relation ?? "the verdict"}\` reached the bound \`${name}\` of ${bound} ${unit}`;
  return { code: `limit.${name}`, relation, bound, unit, detail };
}

/** The answer where an instance of a rule of `relation` failed with this cell. */
export function failureUndecided(cell: number, relation: string, limits: Limits): Undecided {
  const name = failureName(cell);
  if (name === "symbol_bytes" || name === "rows_derived") return limitUndecided(name, relation, limits);
  return { code: `evaluation.${name}`, relation, bound: null, unit: null, detail: `evaluating \`${relation}\` met ${REASONS[name]}` };
}
