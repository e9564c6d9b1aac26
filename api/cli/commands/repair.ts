import type { Command } from "commander";
import type { ProposedDelta, ProposedRow } from "../../../schema/delta.ts";
import type { FactBase } from "../../../verify/fact_base.ts";
import { type RepairAnswer, repairDelta } from "../../../verify/repair/repair_delta.ts";
import { repairedDelta } from "../../../verify/repair/repaired_delta.ts";
import { repairsText } from "../../report/repairs_text.ts";
import { verdictText } from "../../report/verdict_text.ts";
import { readDeltaFile } from "../delta_file.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { count, databaseOption, type JudgingOptions, jsonOption, judgingOptions } from "../options.ts";
import { exitOf, type Outcome } from "../outcome.ts";

interface RepairOptions extends JudgingOptions {
  readonly db: string;
  readonly k: number;
}

const HELP = `
For a delta that is refused: the smallest changes to it that the gate accepts, the cheapest first. Nothing is applied. What a change
costs is said above a relation, \`/// @repair cost=3\` or \`/// @repair never\`. Values that cannot be made up are left open as holes.
Exit codes: those of the delta as it is.`;

export function repairCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("repair").description("the smallest changes that would make a refused delta acceptable"))
    .argument("<delta>", "a JSON file, or - for stdin")
    .option("--k <count>", "how many alternatives", count, 3)
    .addHelpText("after", HELP);
  jsonOption(judgingOptions(command)).action(async (path: string, options: RepairOptions) => {
    await door.answer(await repair(door, path, options), options.json === true);
  });
}

async function repair(door: Door, path: string, options: RepairOptions): Promise<Outcome> {
  const started = door.clock.micros();
  return withFactBase(door, options.db, options, async (base) => {
    const delta = await readDeltaFile(door, path, base.limits);
    const onProgress = (text: string): void => door.terminal.progress(text);
    const answer = await repairDelta(base, delta, { clingo: base.clingo, clock: door.clock, alternatives: options.k, onProgress });
    return outcomeOf(base, delta, answer, options.show, door.clock.micros() - started);
  });
}

function outcomeOf(base: FactBase, delta: ProposedDelta, answer: RepairAnswer, show: number, micros: number): Outcome {
  const { verdict, isComplete, undecided } = answer;
  const proposals = verdict.repairs.map((one) => {
    const repaired = repairedDelta(base.program, base.limits, delta, one);
    return repaired === null ? null : wireForm(repaired);
  });
  const data = { ...verdict, repairs_complete: isComplete, repairs_undecided: undecided, proposals };
  return {
    envelope: { ok: true, data, error: null, events: [], cursor: verdict.cursor },
    exit: exitOf(verdict),
    text: (style) => {
      const judged = verdictText(verdict, { style, perLaw: show, micros });
      return verdict.verdict === "refused" ? `${judged}\n\n${repairsText(verdict.repairs, isComplete, style)}` : judged;
    },
  };
}

/** A delta as `assay propose` reads it. */
function wireForm({ proposer, reason, assert, retract }: ProposedDelta) {
  const side = (rows: ReadonlyMap<string, readonly ProposedRow[]>) => Object.fromEntries(rows);
  return { proposer, reason, assert: side(assert), retract: side(retract) };
}
