import { type Command, InvalidArgumentError, Option } from "commander";
import type { Clingo } from "../../logic/engines/clingo/clingo.ts";
import { openClingo } from "../../logic/engines/clingo/open_clingo.ts";
import { findSouffle, type Souffle } from "../../logic/engines/souffle/find_souffle.ts";
import { nearest } from "../../logic/language/did_you_mean.ts";
import type { Clock } from "../../schema/clock.ts";
import { type LimitName, type Limits, limits, limitsWith } from "../../schema/limits.ts";
import { deputyOf, type EngineName, engineNames } from "../../verify/engine_name.ts";
import type { FactBaseOptions } from "../../verify/fact_base_options.ts";
import { usageError } from "./usage.ts";

export interface CommonOptions {
  readonly json?: boolean;
}

export interface JudgingOptions extends CommonOptions {
  readonly limit: readonly string[];
  readonly engine?: EngineName;
  readonly engines?: readonly EngineName[];
  readonly clingo: string;
  readonly souffle?: string;
  readonly souffleCompiled?: boolean;
  readonly show: number;
}

/** What of a command's options a fact base is opened by. Commands that judge nothing have no clingo. */
export type BaseOptions = Pick<JudgingOptions, "limit" | "engine" | "engines"> &
  Partial<Pick<JudgingOptions, "clingo" | "souffle" | "souffleCompiled">>;

export interface TheoryOptions {
  readonly theory: readonly string[];
}

export interface ProfileOptions {
  readonly profile?: string;
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

export function profileOption(command: Command): Command {
  return command.option("--profile <name>", "weigh the laws by a profile of the theories");
}

export function limitOption(command: Command): Command {
  return command.option("--limit <name=value>", "override a bound, as in rows_derived=1000 (repeatable)", collect, []);
}

/** The options of every command that makes a verdict. */
export function judgingOptions(command: Command): Command {
  return limitOption(command)
    .addOption(new Option("--engine <name>", "the engine that judges").choices(engineNames))
    .addOption(new Option("--engines <names>", "engines that must agree, separated by commas").argParser(engineList))
    .option("--clingo <which>", "auto, wasm, native, or the path of a clingo, where one is needed", "auto")
    .option("--souffle <which>", "judge by Soufflé: auto for the one on the PATH, or its path")
    .option("--souffle-compiled", "let it compile the program first, and keep that: for long runs")
    .option("--show <count>", "violations printed of one law", count, 5);
}

export interface RepairsOptions {
  readonly repairs: number;
}

export function repairsOption(command: Command): Command {
  return command.option("--repairs <count>", "tell so many of the smallest changes that would be accepted; none where 0", count, 0);
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

/** Gathers the values of an option that may be repeated. */
export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function engineList(value: string): readonly EngineName[] {
  const names = value.split(",");
  const known = names.filter((name): name is EngineName => (engineNames as readonly string[]).includes(name));
  if (known.length !== names.length) throw new InvalidArgumentError(`Allowed names are ${engineNames.join(", ")}.`);
  return known;
}

/** The engines asked for, or null where none is named. Errors: `usage.arguments` where both options name some. */
export function enginesOf({ engine, engines, souffle }: EngineOptions): readonly EngineName[] | null {
  if (engine !== undefined && engines !== undefined) throw usageError("`--engine` and `--engines` exclude each other");
  const asked = engines ?? (engine === undefined ? null : [engine]);
  if (souffle !== undefined && asked !== null && !asked.includes("souffle")) throw usageError("`--souffle` asks for the engine `souffle`");
  const deputies = (asked ?? []).filter((name) => name !== "incremental");
  if (deputies.length > 1) {
    throw usageError("`clingo` and `souffle` judge in the place of `duckdb`, so only `incremental` can agree with one of them");
  }
  return asked ?? (souffle === undefined ? null : ["souffle"]);
}

type EngineOptions = Pick<JudgingOptions, "engine" | "engines" | "souffle" | "souffleCompiled">;

function souffleOf({ souffle, souffleCompiled }: Pick<JudgingOptions, "souffle" | "souffleCompiled">): Souffle {
  return findSouffle(souffle === undefined || souffle === "auto" ? null : souffle, souffleCompiled === true ? "compiled" : "interpreted");
}

/** Who judges in DuckDB's place, of the engines asked for. Errors: `souffle.not_found`. */
export function deputyFor(options: EngineOptions): "clingo" | Souffle | null {
  const deputy = deputyOf(enginesOf(options) ?? undefined);
  return deputy === "souffle" ? souffleOf(options) : deputy;
}

/** How a command opens a fact base: by its clock, and by the bounds and engines asked for. */
export function factBaseOptions(clock: Clock, options: BaseOptions): FactBaseOptions {
  const engines = enginesOf(options);
  const clingo = (): Clingo => openClingo(options.clingo);
  const souffle = (): Souffle => souffleOf(options);
  return { clock, limits: limitOverrides(options.limit), clingo, souffle, ...(engines === null ? {} : { engines }) };
}

/** Parses a count for an option: a whole number from 0 on. */
export function count(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError("Not a whole number from 0 to 999999999.");
  return Number(value);
}

/** Parses a time for an option, in UTC. */
export function instant(value: string): string {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value) && !Number.isNaN(Date.parse(value));
  if (!isTime) throw new InvalidArgumentError("Not a time in UTC, as in 2027-01-31T00:00:00Z.");
  return value;
}
