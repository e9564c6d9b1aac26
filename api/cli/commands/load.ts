import type { Command } from "commander";
import type { Door } from "../door.ts";
import { accountName, withFactBase } from "../fact_base_door.ts";
import {
  databaseOption,
  type JudgingOptions,
  jsonOption,
  judgingOptions,
  type ProfileOptions,
  profileOption,
  type TheoryOptions,
  theoryOption,
} from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { foundTheories } from "../theories.ts";
import { usageError } from "../usage.ts";
import { verdictOutcome } from "../verdict_outcome.ts";

interface LoadOptions extends JudgingOptions, TheoryOptions, ProfileOptions {
  readonly db: string;
  readonly author?: string;
  readonly reason?: string;
  readonly ratchet?: boolean;
  readonly allowDestructive?: boolean;
}

const HELP = `
A new law that facts present break refuses the load and names them. With --ratchet they are recorded as waived, by author and with
the reason, and only new violations refuse. The same bytes again change nothing.`;

export function loadCommand(root: Command, door: Door): void {
  const command = root.command("load").description("put theories in force, or change them, judged against the facts present");
  theoryOption(databaseOption(command), "a shipped theory or a folder (repeatable)")
    .option("--ratchet", "waive the violations that stand; needs --reason")
    .option("--allow-destructive", "let relations lose or retype attributes while facts stand in them")
    .option("--author <name>", "who loads; the account's name where absent")
    .option("--reason <text>", "why, for the log")
    .addHelpText("after", HELP);
  jsonOption(judgingOptions(profileOption(command))).action(async (options: LoadOptions) => {
    await door.answer(await load(door, options), options.json === true);
  });
}

async function load(door: Door, options: LoadOptions): Promise<Outcome> {
  const started = door.clock.micros();
  const { ratchet = false, allowDestructive = false, reason } = options;
  if (options.theory.length === 0) throw usageError("no theory is named", "name one: --theory NAME or --theory DIR");
  if (ratchet && (reason ?? "").trim() === "") throw usageError("`--ratchet` waives violations for a reason", "say it: --reason TEXT");
  const theories = await foundTheories(options.theory, options.profile);
  return withFactBase(door, options.db, options, async (base) => {
    const author = options.author ?? accountName();
    const verdict = await base.loadTheory(theories, { author, reason: reason ?? "load", ratchet, allowDestructive });
    return verdictOutcome(verdict, { show: options.show, micros: door.clock.micros() - started, program: base.program });
  });
}
