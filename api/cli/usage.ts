import type { Command, CommanderError } from "commander";
import { nearest } from "../../logic/language/did_you_mean.ts";
import { AssayError } from "../../schema/assay_error.ts";

/** A command line that does not fit. `help` overrides the registry's next step. */
export function usageError(detail: string, help?: string): AssayError {
  return new AssayError("usage.arguments", detail, help === undefined ? {} : { help });
}

/** What commander refused, in the words of the other errors, with the closest known name. */
export function fromCommander(error: CommanderError, program: Command, args: readonly string[]): AssayError {
  if (error.code === "commander.help") return usageError("a command is missing");
  const detail = error.message
    .replace(/^error: /, "")
    .replace(/'([^']*)'/g, "`$1`")
    .replace(/\.$/, "")
    .replace(/\. E/, ": e");
  const [, name] = /`([^`]*)`/.exec(detail) ?? [];
  const command = commandOf(program, args);
  const near = name === undefined ? null : nearest(name, known(error.code, program, command));
  if (near !== null) return usageError(detail, `did you mean \`${near}\`?`);
  return usageError(detail, command === undefined ? undefined : `run \`assay help ${args[0]}\` for its arguments`);
}

/** The command that the words name, with the subcommand after it where there is one. */
function commandOf(program: Command, args: readonly string[]): Command | undefined {
  const [first, second] = args;
  const command = program.commands.find((other) => other.name() === first);
  return command?.commands.find((other) => other.name() === second) ?? command;
}

function known(code: string, program: Command, command: Command | undefined): string[] {
  if (code === "commander.unknownCommand") return (command ?? program).commands.map((other) => other.name());
  if (code !== "commander.unknownOption") return [];
  return [...program.options, ...(command?.options ?? [])].flatMap((option) => (option.long == null ? [] : [option.long]));
}
