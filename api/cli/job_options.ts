import { type Command, InvalidArgumentError, Option } from "commander";
import { type JobKind, jobKinds } from "../../verify/jobs/job_kind.ts";
import { jobDefaults } from "../jobs/begin_job.ts";
import { collect, count } from "./options.ts";

/** What a job may cost and how its model is asked. */
export interface JobOptions {
  readonly task: string;
  readonly view: readonly string[];
  readonly kind: JobKind;
  readonly rounds: number;
  readonly tokens: number;
  readonly time: number;
  readonly seed: number;
  readonly temperature: number;
  readonly rows: number;
  readonly characters: number;
  readonly repairs: number;
  readonly fresh?: boolean;
  readonly by?: string;
}

const MILLISECONDS = 1_000;

export function jobOptions(command: Command): Command {
  return command
    .option("--task <text>", "what to do with the text", jobDefaults.task)
    .option("--view <query>", "a Datalog query whose answer the model is shown (repeatable)", collect, [])
    .addOption(new Option("--kind <kind>", "the closure kind of the job").choices(jobKinds).default(jobDefaults.kind))
    .option("--rounds <count>", "answers at most", count, jobDefaults.rounds)
    .option("--tokens <count>", "tokens of all answers together", count, jobDefaults.tokens)
    .option("--time <seconds>", "how long the model may work", count, jobDefaults.time_ms / MILLISECONDS)
    .option("--seed <number>", "the same seed gives the same answers", count, jobDefaults.seed)
    .option("--temperature <number>", "0 takes the likeliest token each time", temperature, jobDefaults.temperature)
    .option("--rows <count>", "rows of one relation in an answer", count, jobDefaults.rows)
    .option("--characters <count>", "characters of one symbol in an answer", count, jobDefaults.characters)
    .option("--repairs <count>", "ways to mend a refused answer that the model is told", count, jobDefaults.repairs)
    .option("--fresh", "run it even where the same job was accepted before")
    .option("--by <name>", "who proposes; the account where absent");
}

/** The options in the units of jobs. */
export function jobBounds({ time, ...options }: JobOptions) {
  const { task, view, kind, rounds, tokens, seed, temperature: heat, rows, characters, repairs, fresh } = options;
  const bounds = { rounds, tokens, time_ms: time * MILLISECONDS, rows, characters, repairs };
  return { task, view, kind, seed, temperature: heat, ...bounds, fresh: fresh === true, priority: jobDefaults.priority };
}

/** Gathers names separated by commas; the option may be repeated. */
export function relationNames(value: string, before: readonly string[]): string[] {
  return [...before, ...value.split(",").filter((name) => name !== "")];
}

function temperature(value: string): number {
  if (!/^\d(\.\d{1,3})?$/.test(value) || Number(value) > 2) throw new InvalidArgumentError("Not a number from 0 to 2.");
  return Number(value);
}
