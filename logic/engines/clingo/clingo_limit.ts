import { type LimitName, type Limits, limits as registry } from "../../../schema/limits.ts";
import type { Undecided } from "../../../schema/verdict.ts";
import type { ClingoAnswer } from "./clingo.ts";
import { NotForClingo } from "./not_for_clingo.ts";

/** A bound of a run as an undecided answer; `advice` says what would help. */
export function clingoLimit(name: LimitName, limits: Limits, relation: string | null, advice: string | null = null): Undecided {
  const { unit } = registry[name];
  const bound = limits[name];
  const detail = `${relation === null ? "a run of clingo" : `\`${relation}\``} reached the bound \`${name}\` of ${bound} ${unit}`;
  return { code: `limit.${name}`, relation, bound, unit, detail: advice === null ? detail : `${detail}: ${advice}` };
}

/** Carries a bound out of a run. */
export class ClingoBound extends Error {
  override readonly name = "ClingoBound";
  readonly undecided: Undecided;

  constructor(undecided: Undecided) {
    super(undecided.detail);
    this.undecided = undecided;
  }
}

/** The undecided answer that an error of this folder's carries, or null. */
export function undecidedOf(error: unknown): Undecided | null {
  return error instanceof NotForClingo || error instanceof ClingoBound ? error.undecided : null;
}

/** Throws for an answer that decides nothing but was no remark on the program. */
export function ended(answer: Extract<ClingoAnswer, { kind: "stopped" | "failed" }>, limits: Limits): never {
  if (answer.kind === "failed") throw new NotForClingo("failed", null, `clingo failed: ${answer.detail}`);
  if (answer.by === "cancelled") {
    throw new ClingoBound({
      code: "evidence.cancelled",
      relation: null,
      bound: null,
      unit: null,
      detail: "the run of clingo was cancelled",
    });
  }
  throw new ClingoBound(clingoLimit(answer.by === "time" ? "clingo_ms" : "clingo_mb", limits, null));
}
