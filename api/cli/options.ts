import { type Command, InvalidArgumentError, Option } from "commander";
import { nearest } from "../../logic/language/did_you_mean.ts";
import { type LimitName, type Limits, limits, limitsWith } from "../../schema/limits.ts";
import { usageError } from "./usage.ts";

/** The engines that can judge, by the names that `--engine` takes. */
const engines = ["duckdb"];

export interface CommonOptions {
  readonly json?: boolean;
}

export interface JudgingOptions extends CommonOptions {
  readonly limit: readonly string[];
  readonly engine?: string;
  readonly engines?: string;
  readonly show: number;
}

export interface TheoryOptions {
  readonly theory: readonly string[];
}

export function jsonOption(command: Command): Command {
  return command.option("--json", "print the result envelope as JSON and nothing else on stdout");
}

export function databaseOption(command: Command): Command {
  return command.requiredOption("--db <file>", "the fact base");
}

export function theoryOption(command: Command, description: string): Command {
  return command.option("--theory <name|dir>", description, collect, []);
}

export function limitOption(command: Command): Command {
  return command.option("--limit <name=value>", "override a bound, as in rows_derived=1000 (repeatable)", collect, []);
}

/** The options of every command that makes a verdict. */
export function judgingOptions(command: Command): Command {
  return limitOption(command)
    .addOption(new Option("--engine <name>", "the engine that judges").choices(engines))
    .addOption(new Option("--engines <names>", "engines that must agree, separated by commas").argParser(engineNames))
    .option("--show <count>", "violations printed of one law", count, 5);
}

/** The bounds in force: the defaults, overridden by theories' `[limits]` and then by `--limit`. */
export function limitsOf(overrides: readonly string[], theories: Partial<Limits> = {}): Limits {
  return limitsWith({ ...theories, ...limitOverrides(overrides) });
}

/** The bounds that `--limit` names. Errors: `usage.arguments`. */
export function limitOverrides(texts: readonly string[]): Partial<Limits> {
  return Object.fromEntries(texts.map(limitOverride));
}

function limitOverride(text: string): [LimitName, number] {
  const [, name = "", digits = ""] = /^([^=]*)=([\d_]+)$/.exec(text) ?? [];
  if (digits === "") throw usageError(`\`--limit ${text}\` is not of the form \`name=value\``);
  if (!Object.hasOwn(limits, name)) {
    const near = nearest(name, Object.keys(limits));
    throw usageError(
      `there is no limit \`${name}\``,
      near === null ? `the limits are ${Object.keys(limits).join(", ")}` : `did you mean \`${near}\`?`,
    );
  }
  const value = Number(digits.replaceAll("_", ""));
  if (!Number.isSafeInteger(value) || value < 1) throw usageError(`the limit \`${text}\` is not a count from 1 to 2^53 - 1`);
  return [name as LimitName, value];
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function engineNames(value: string): string {
  const unknown = value.split(",").find((name) => !engines.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`Allowed names are ${engines.join(", ")}.`);
  return value;
}

/** Parses a count for an option: a whole number from 0 on. */
export function count(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError("Not a whole number from 0 to 999999999.");
  return Number(value);
}
