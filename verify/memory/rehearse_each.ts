import type { ProposedDelta } from "../../schema/delta.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { judgePrepared, verdictOf } from "../gate.ts";
import type { BaseState } from "../in_force.ts";
import { type PreparedDelta, preparedOrError } from "../prepared_delta.ts";
import type { Answer } from "../settle.ts";
import { MemoryWorld, type MemoryWorldInput } from "./memory_world.ts";

/**
 * Judges each delta by itself over the facts in memory and takes back what it did: its verdict, or the error that kept it from one.
 * Errors: `SqlError`, and those of the engine; the memory is then to be dropped.
 */
export async function rehearseEach(
  input: Pick<MemoryWorldInput, "memory" | "log" | "session" | "limits">,
  state: BaseState,
  proposed: readonly ProposedDelta[],
): Promise<Answer[]> {
  const prepared = proposed.map((delta) => preparedOrError(delta, state.inForce.program, input.limits));
  const deltas = prepared.filter((item): item is PreparedDelta => !("error" in item));
  const world = await MemoryWorld.open({ ...input, deltas, recalls: false });
  world.keepsAccepted = false;
  const verdicts: Verdict[] = [];
  for (const delta of deltas) verdicts.push(verdictOf(await judgePrepared(world, state, delta, false)));
  const complete = (await world.places.complete(verdicts)).values();
  return prepared.map((item) => ("error" in item ? item : { verdict: complete.next().value as Verdict }));
}
