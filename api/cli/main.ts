import { CommanderError } from "commander";
import { systemClock } from "../../schema/clock.ts";
import { Door } from "./door.ts";
import { failure } from "./failure.ts";
import { type Host, processHost } from "./host.ts";
import { program } from "./program.ts";
import { fromCommander } from "./usage.ts";

/** Runs one command line: the composition root. Tells the host its exit code; throws nothing. */
export async function main(args: readonly string[], host: Host = processHost): Promise<void> {
  const door = new Door(systemClock, host);
  const json = wantsJson(args);
  const commands = program(door);
  try {
    await commands.parseAsync(args, { from: "user" });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return;
    const error = thrown instanceof CommanderError ? fromCommander(thrown, commands, args) : thrown;
    const outcome = failure(error);
    if (outcome.exit === 4 && process.env["ASSAY_DEBUG"] !== undefined && error instanceof Error) door.terminal.err(`${error.stack}\n`);
    await door.answer(outcome, json);
  }
}

function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return args.slice(0, end < 0 ? args.length : end).includes("--json");
}
