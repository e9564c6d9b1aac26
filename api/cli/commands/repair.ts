import type { Command } from "commander";
import { readDeltaFile } from "../delta_file.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { type FormatOptions, formatOption, outputsOf } from "../format_option.ts";
import { count, databaseOption, type JudgingOptions, jsonOption, judgingOptions } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { repairsFor } from "../repairs.ts";
import { verdictOutcome } from "../verdict_outcome.ts";

interface RepairOptions extends JudgingOptions, FormatOptions {
  readonly json?: boolean;
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
  formatOption(jsonOption(judgingOptions(command))).action(async (path: string, options: RepairOptions) => {
    const outputs = outputsOf(options);
    await door.report(await repair(door, path, options), outputs);
  });
}

async function repair(door: Door, path: string, options: RepairOptions): Promise<Outcome> {
  const started = door.clock.micros();
  return withFactBase(door, options.db, options, async (base) => {
    const delta = await readDeltaFile(door, path, base.limits);
    const { verdict, isComplete, beside } = await repairsFor(door, base, delta, options.k);
    const { program } = base;
    return verdictOutcome(verdict, {
      show: options.show,
      micros: door.clock.micros() - started,
      beside,
      program,
      repairsComplete: isComplete,
    });
  });
}
