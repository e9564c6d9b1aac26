import type { Fact } from "../../../schema/fact.ts";
import type { Limits } from "../../../schema/limits.ts";
import type { AnswerSetText } from "./answer_set_text.ts";
import type { Clingo } from "./clingo.ts";
import { ended } from "./clingo_limit.ts";
import { minimalCore } from "./minimal_core.ts";
import { NotForClingo } from "./not_for_clingo.ts";

/** Demands that no answer set meets together over some facts, none of which can be left out. */
export interface Clash {
  /** Positions of the demands, ascending; empty where the program has no answer set whatever is asked of it. */
  readonly demands: readonly number[];
  /** The demand that the clash is listed under; null where there are none. */
  readonly under: number | null;
  readonly facts: readonly Fact[];
  /** False where the bound on runs ended the search for a smaller one. */
  readonly isMinimal: boolean;
}

export interface ClashSearch {
  readonly clingo: Clingo;
  readonly limits: Limits;
  readonly text: AnswerSetText;
  /** Positions of demands in the order in which they are given up: the first of a clash stands for it and is then left out. */
  readonly demands: readonly number[];
  readonly signal?: AbortSignal;
}

/**
 * The clashes of a slice: the first, then, without the demand that stands for it, the next, until the rest can be met. None where there
 * is an answer set. Errors: `ClingoBound`, `NotForClingo`.
 */
export async function findClashes(search: ClashSearch): Promise<Clash[]> {
  const { text, limits } = search;
  const clashes: Clash[] = [];
  let left = [...search.demands];
  while (!(await hasAnswerSet(search, text.with(left, text.facts)))) {
    const budget = { left: limits.clingo_runs };
    const demands = await minimalCore(left, async (part) => !(await hasAnswerSet(search, text.with(part, text.facts))), budget);
    const facts = await minimalCore(text.facts, async (part) => !(await hasAnswerSet(search, text.with(demands, part))), budget);
    const sorted = demands.toSorted((a, b) => a - b);
    const given = left.find((demand) => demands.includes(demand)) ?? null;
    clashes.push({
      demands: sorted,
      under: given,
      facts: facts.map(({ relation, row }) => ({ relation, row })),
      isMinimal: budget.left > 0,
    });
    if (given === null) break;
    left = left.filter((demand) => demand !== given);
  }
  if (text.overflowing !== null && (await hasAnswerSet(search, text.overflowing))) {
    throw new NotForClingo("overflow", null, "a calculation may leave clingo's 32-bit integers");
  }
  return clashes;
}

async function hasAnswerSet({ clingo, limits, text, signal }: ClashSearch, program: string): Promise<boolean> {
  const bounds = { time_ms: limits.clingo_ms, memory_mb: limits.clingo_mb, ...(signal === undefined ? {} : { signal }) };
  const answer = await clingo.solve({ program, mode: "decide", ...bounds });
  if (answer.kind === "rejected") throw text.refusal(answer.messages);
  if (answer.kind === "stopped" || answer.kind === "failed") return ended(answer, limits);
  return answer.kind === "satisfiable";
}
