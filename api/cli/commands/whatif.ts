import type { Command } from "commander";
import { findTheory, type Theory } from "../../../logic/theory.ts";
import type { FactBase } from "../../../verify/fact_base.ts";
import { replayTheory } from "../../../verify/what_if/replay_theory.ts";
import { verdictText } from "../../report/verdict_text.ts";
import { whatIfText } from "../../report/what_if_text.ts";
import { readDeltaFile } from "../delta_file.ts";
import type { Door } from "../door.ts";
import { withFactBase } from "../fact_base_door.ts";
import {
  databaseOption,
  factBaseOptions,
  type JudgingOptions,
  jsonOption,
  judgingOptions,
  type TheoryOptions,
  theoryOption,
} from "../options.ts";
import { exitOf, type Outcome } from "../outcome.ts";
import { usageError } from "../usage.ts";
import { verdictOutcome } from "../verdict_outcome.ts";

interface WhatIfOptions extends JudgingOptions, TheoryOptions {
  readonly db: string;
  readonly delta?: string;
}

const HELP = `
--delta gives the verdict that \`propose\` would give. --theory gives the verdict that \`load\` would give, and replays the log
under the changed theory: which commits would be refused, and which refused deltas would pass. Nothing is written.`;

export function whatIfCommand(root: Command, door: Door): void {
  const command = databaseOption(root.command("whatif").description("the verdict on a delta or a changed theory, without a commit"));
  theoryOption(command, "a changed theory, by name or folder (repeatable)")
    .option("--delta <file>", "a delta: a JSON file, or - for stdin")
    .addHelpText("after", HELP);
  jsonOption(judgingOptions(command)).action(async (options: WhatIfOptions) => {
    await door.answer(await whatIf(door, options), options.json === true);
  });
}

async function whatIf(door: Door, options: WhatIfOptions): Promise<Outcome> {
  const isDelta = options.delta !== undefined;
  if (isDelta === options.theory.length > 0) throw usageError("`whatif` takes either `--delta` or `--theory`");
  return withFactBase(door, options.db, options, (base) => (isDelta ? withDelta(door, base, options) : withTheory(door, base, options)));
}

async function withDelta(door: Door, base: FactBase, options: WhatIfOptions): Promise<Outcome> {
  const started = door.clock.micros();
  const [verdict] = await base.rehearse([await readDeltaFile(door, options.delta ?? "-", base.limits)]);
  if (verdict === undefined) throw new Error("a rehearsal gave no verdict");
  return verdictOutcome(verdict, { show: options.show, micros: door.clock.micros() - started, program: base.program });
}

async function withTheory(door: Door, base: FactBase, options: WhatIfOptions): Promise<Outcome> {
  const started = door.clock.micros();
  const theories: Theory[] = [];
  for (const name of options.theory) theories.push(await findTheory(name));
  const onProgress = (text: string): void => door.terminal.progress(text);
  const found = await replayTheory(base, theories, { ...factBaseOptions(door.clock, options), onProgress });
  const { verdict, commits, refused, passing, rejudged, left } = found;
  const micros = door.clock.micros() - started;
  return {
    envelope: {
      ok: true,
      data: { ...verdict, replay: { commits, refused, passing, rejudged, left } },
      error: null,
      events: [],
      cursor: verdict.cursor,
    },
    exit: exitOf(verdict),
    text: (style) => `${verdictText(verdict, { style, perLaw: options.show, micros })}\n\n${whatIfText(found, style)}`,
  };
}
