import type { ProposedDelta, ProposedRow } from "../../schema/delta.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import { repairDelta } from "../../verify/repair/repair_delta.ts";
import { repairedDelta } from "../../verify/repair/repaired_delta.ts";
import type { Door } from "./door.ts";

/** A verdict with its repairs, and what a door tells beside it. */
export interface Repaired {
  /** That of the delta as it is, `repairs` filled in. */
  readonly verdict: Verdict;
  readonly isComplete: boolean;
  readonly beside: Readonly<Record<string, unknown>>;
}

/** Looks for `alternatives` ways to make a refused delta acceptable, each also as a delta to propose. Errors: those of `repairDelta`. */
export async function repairsFor(door: Door, base: FactBase, delta: ProposedDelta, alternatives: number): Promise<Repaired> {
  const onProgress = (text: string): void => door.terminal.progress(text);
  const { verdict, isComplete, undecided } = await repairDelta(base, delta, {
    clingo: base.clingo,
    clock: door.clock,
    alternatives,
    onProgress,
  });
  const proposals = verdict.repairs.map((one) => {
    const repaired = repairedDelta(base.program, base.limits, delta, one);
    return repaired === null ? null : wireForm(repaired);
  });
  return { verdict, isComplete, beside: { repairs_complete: isComplete, repairs_undecided: undecided, proposals } };
}

/** A delta as `assay propose` reads it. */
function wireForm({ proposer, reason, assert, retract }: ProposedDelta) {
  const side = (rows: ReadonlyMap<string, readonly ProposedRow[]>) => Object.fromEntries(rows);
  return { proposer, reason, assert: side(assert), retract: side(retract) };
}
