import { type Command, InvalidArgumentError } from "commander";
import { nearest } from "../../logic/language/did_you_mean.ts";
import { type Format, formats } from "../report/format.ts";
import { usageError } from "./usage.ts";

/** A form of the answer and where it goes: a file, or stdout where null. */
export interface Output {
  readonly format: Format;
  readonly file: string | null;
}

export interface FormatOptions {
  readonly json?: boolean;
  readonly format: readonly Output[];
}

/** The option of every command that ends in a verdict. */
export function formatOption(command: Command): Command {
  const forms = formats.join(", ");
  return command.option(
    "--format <form[=file]>",
    `print the verdict as ${forms}; with =FILE into a file beside what is printed (repeatable)`,
    addOutput,
    [],
  );
}

/** What is asked for: at most one form on stdout, that of a terminal where none is named. Errors: `usage.arguments`. */
export function outputsOf({ json, format }: FormatOptions): readonly Output[] {
  const asked: readonly Output[] = json === true ? [{ format: "json", file: null }, ...format] : format;
  const printed = asked.filter(({ file }) => file === null);
  if (printed.length > 1) {
    throw usageError("two forms for one stdout", "give all but one a file: `--format sarif=report.sarif`");
  }
  return printed.length === 1 ? asked : [{ format: "tty", file: null }, ...asked];
}

/** The forms a command line asks for, as far as they can be made out: an error is printed in them too. */
export function outputsAsked(args: readonly string[]): readonly Output[] {
  const end = args.indexOf("--");
  const words = args.slice(0, end < 0 ? args.length : end);
  const format = words.flatMap((word, index): Output[] => {
    const text = word.startsWith("--format=") ? word.slice("--format=".length) : words[index - 1] === "--format" ? word : null;
    const output = text === null ? null : readOutput(text);
    return output === null ? [] : [output];
  });
  const json = words.includes("--json") || format.some((output) => output.format === "json" && output.file === null);
  const [printed] = format.filter((output) => output.file === null);
  const stdout: Output = { format: json ? "json" : (printed?.format ?? "tty"), file: null };
  return [stdout, ...format.filter((output) => output.file !== null)];
}

function addOutput(text: string, previous: readonly Output[]): Output[] {
  const output = readOutput(text);
  if (output !== null) return [...previous, output];
  const [name = ""] = text.split("=");
  const near = nearest(name, formats);
  throw new InvalidArgumentError(near === null ? `Allowed forms are ${formats.join(", ")}.` : `Did you mean ${near}?`);
}

function readOutput(text: string): Output | null {
  const [, name, file] = /^([^=]*)(?:=(.+))?$/s.exec(text) ?? [];
  const format = formats.find((known) => known === name);
  return format === undefined ? null : { format, file: file ?? null };
}
