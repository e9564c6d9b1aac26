import type { Command } from "commander";
import { readDeltaFile } from "../delta_file.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { databaseOption, type JudgingOptions, jsonOption, judgingOptions } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { verdictOutcome } from "../verdict_outcome.ts";

interface ProposeOptions extends JudgingOptions {
  readonly db: string;
}

const HELP = `
The delta is JSON: {"proposer": "…", "reason": "…", "assert": {"relation": [[…], …]}, "retract": {…}}, and may name a base commit
("base") and an idempotency key ("key"). Delivered twice it is committed once.`;

export function proposeCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("propose").description("propose a delta; accepted, it is committed when the answer comes"));
  command.argument("<delta>", "a JSON file, or - for stdin").addHelpText("after", HELP);
  jsonOption(judgingOptions(command)).action(async (path: string, options: ProposeOptions) => {
    await door.answer(await propose(door, path, options), options.json === true);
  });
}

async function propose(door: Door, path: string, options: ProposeOptions): Promise<Outcome> {
  const started = door.clock.micros();
  return withFactBase(door, options.db, options, async (base) => {
    const verdict = await base.propose(await readDeltaFile(door, path, base.limits));
    return verdictOutcome(verdict, { show: options.show, micros: door.clock.micros() - started });
  });
}
