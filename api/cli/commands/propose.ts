import type { Command } from "commander";
import { readDeltaFile } from "../delta_file.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import { type FormatOptions, formatOption, type Output, outputsOf } from "../format_option.ts";
import { databaseOption, type JudgingOptions, jsonOption, judgingOptions, type RepairsOptions, repairsOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { repairsFor } from "../repairs.ts";
import { verdictOutcome } from "../verdict_outcome.ts";
import { cutNotice, needsAll, wholeVerdict } from "../whole_verdict.ts";

interface ProposeOptions extends JudgingOptions, FormatOptions, RepairsOptions {
  readonly json?: boolean;
  readonly db: string;
}

const HELP = `
The delta is JSON: {"proposer": "…", "reason": "…", "assert": {"relation": [[…], …]}, "retract": {…}}, and may name a base commit
("base") and an idempotency key ("key"). Delivered twice it is committed once. As NDJSON (*.ndjson) it is a line of its head,
{"proposer": "…", …}, and a line an operation, {"op": "assert", "relation": "…", "row": […]}; as Arrow (*.arrow) an IPC stream a relation,
one behind the other, their metadata saying assay.relation, assay.op and assay.proposer.`;

export function proposeCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("propose").description("propose a delta; accepted, it is committed when the answer comes"));
  command.argument("<delta>", "a file of JSON, NDJSON or Arrow, or - for stdin").addHelpText("after", HELP);
  repairsOption(formatOption(jsonOption(judgingOptions(command)))).action(async (path: string, options: ProposeOptions) => {
    const outputs = outputsOf(options);
    await door.report(await propose(door, path, options, outputs), outputs);
  });
}

async function propose(door: Door, path: string, options: ProposeOptions, outputs: readonly Output[]): Promise<Outcome> {
  const started = door.clock.micros();
  return withFactBase(door, options.db, options, async (base) => {
    const delta = await readDeltaFile(door, path, base.limits);
    const verdict = await wholeVerdict(base, await base.propose(delta), needsAll(outputs));
    const isMended = options.repairs > 0 && verdict.verdict === "refused";
    const repaired = isMended ? await repairsFor(door, base, delta, options.repairs) : null;
    return verdictOutcome(repaired === null ? verdict : { ...verdict, repairs: repaired.verdict.repairs }, {
      events: cutNotice(verdict, outputs),
      show: options.show,
      micros: door.clock.micros() - started,
      program: base.program,
      ...(repaired === null ? {} : { beside: repaired.beside, repairsComplete: repaired.isComplete }),
    });
  });
}
