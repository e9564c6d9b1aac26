import type { DuckDbInput } from "../../logic/engines/duckdb/input.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { GateInput } from "../gate.ts";
import { prepareDelta } from "../prepared_delta.ts";
import { factTable } from "../store/relation_table.ts";
import { speculate, stageRows } from "../store/speculation.ts";

/** Applies the sound rows of a delta in the open transaction, which the caller rolls back, and gives what an engine reads there. */
export async function supposed(input: GateInput, delta: ProposedDelta): Promise<DuckDbInput> {
  const { session, clock, limits, state } = input;
  const { program } = state.inForce;
  const { typed } = prepareDelta(delta, program, limits);
  await speculate(session, await stageRows(session, typed, "assay_staged"), "assay_effective");
  return { program, limits, clock, session, table: factTable, isDistinct: () => true };
}
