import { CommanderError } from "commander";
import { AssayError } from "../../schema/assay_error.ts";
import { systemClock } from "../../schema/clock.ts";
import { Door } from "./door.ts";
import { failure } from "./failure.ts";
import { outputsAsked } from "./format_option.ts";
import { type Host, processHost } from "./host.ts";
import type { Outcome } from "./outcome.ts";
import { program } from "./program.ts";
import { fromCommander } from "./usage.ts";

/** Runs one command line: the composition root. Tells the host its exit code; throws nothing. */
export async function main(args: readonly string[], host: Host = processHost): Promise<void> {
  const door = new Door(systemClock, host);
  const commands = await program(door, args[0]);
  try {
    await commands.parseAsync(args, { from: "user" });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return;
    const error = thrown instanceof CommanderError ? fromCommander(thrown, commands, args) : thrown;
    const outcome = failure(error);
    if (outcome.exit === 4 && process.env["ASSAY_DEBUG"] !== undefined && error instanceof Error) door.terminal.err(`${error.stack}\n`);
    await answerFailure(door, outcome, args);
  }
}

/** Says what went wrong in the forms asked for; where a file of one cannot be written, on stdout and stderr alone. */
async function answerFailure(door: Door, outcome: Outcome, args: readonly string[]): Promise<void> {
  const outputs = outputsAsked(args);
  try {
    await door.report(outcome, outputs);
  } catch (thrown) {
    if (!(thrown instanceof AssayError)) throw thrown;
    await door.report(
      outcome,
      outputs.filter(({ file }) => file === null),
    );
  }
}
