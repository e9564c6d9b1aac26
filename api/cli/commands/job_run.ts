import type { Command } from "commander";
import { registry } from "../../../schema/errors.ts";
import type { FactBase } from "../../../verify/fact_base.ts";
import { attemptReasons } from "../../../verify/jobs/attempt_reasons.ts";
import type { JobRecord } from "../../../verify/jobs/job_record.ts";
import { type BegunJob, JobRunner } from "../../../verify/jobs/job_runner.ts";
import type { KernelParameters } from "../../../verify/jobs/kernel.ts";
import { type AskedJob, beginJob } from "../../jobs/begin_job.ts";
import { countText } from "../../report/count_text.ts";
import { jobText } from "../../report/job_text.ts";
import type { Door } from "../door.ts";
import { accountName, withFactBase } from "../fact_base_door.ts";
import { type JobOptions, jobBounds, jobOptions, relationNames } from "../job_options.ts";
import { type ModelOptions, modelOptions, modelShelf } from "../model_options.ts";
import { collect, databaseOption, type JudgingOptions, jsonOption, judgingOptions } from "../options.ts";
import type { ExitCode, Outcome } from "../outcome.ts";
import { readTextFile } from "../text_file.ts";
import { usageError } from "../usage.ts";

interface RunOptions extends JudgingOptions, JobOptions, ModelOptions {
  readonly db: string;
  readonly model?: string;
  readonly kernel?: string;
  readonly set: readonly string[];
  readonly text?: string;
  readonly relations: readonly string[];
  readonly reason?: string;
}

const HELP = `
The model is asked for facts of the relations, is told what the laws hold against its answer and how it could be mended, and answers anew,
until an answer is accepted, which is committed, or rounds, tokens or time are used up. The same job again is answered by its record.
A kernel computes from facts instead, by --set NAME=VALUE; the relations that it writes follow from these.

Examples:
  assay job run --db x.duckdb --model learner.gguf --relations customer,order --text invoice.txt
  assay job run --db x.duckdb --kernel entity_ids --kind process --set service=https://shop.example --set kind=customer \\
    --set from=customer --set key=name --set into=customer_id

Exit codes: 0 accepted, or nothing to write · 1 refused · 2 undecided, cancelled or failed · 3 usage or input · 4 internal.`;

export function jobRunCommand(job: Command, door: Door): void {
  const command = databaseOption(job.command("run").description("run one job and wait for its end"));
  command
    .option("--model <model>", "a GGUF file, NAME=FILE, or URL#MODEL of an OpenAI-compatible endpoint")
    .option("--kernel <name>", "a kernel, in a model's place")
    .option("--set <name=value>", "a parameter of the kernel (repeatable; one named again is a list)", collect, [])
    .option("--text <file>", "the text, a file, or - for stdin")
    .option("--relations <names>", "what the answer may write, separated by commas", relationNames, [])
    .option("--reason <text>", "why, for the log")
    .addHelpText("after", HELP);
  jsonOption(judgingOptions(modelOptions(jobOptions(command)))).action(async (options: RunOptions) =>
    door.answer(await run(door, options), options.json === true),
  );
}

async function run(door: Door, options: RunOptions): Promise<Outcome> {
  const asked = await askedJob(door, options);
  const models = modelShelf(options.model === undefined ? [] : [options.model], door.clock, options);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort(new Error("interrupted"));
  process.once("SIGINT", interrupt);
  try {
    return await withFactBase(door, options.db, options, async (base): Promise<Outcome> => {
      const runner = await JobRunner.open(base, door.clock);
      try {
        const by = "model" in asked.by ? { model: models.names[0] ?? "" } : asked.by;
        const begun = await beginJob({ base, clock: door.clock, runner, models }, { ...asked, by }, progressOf(door, stop.signal));
        return await outcomeOf(base, begun);
      } finally {
        await runner.close();
      }
    });
  } finally {
    process.off("SIGINT", interrupt);
    await models.close();
  }
}

function progressOf(door: Door, signal: AbortSignal): Parameters<typeof beginJob>[2] {
  return {
    signal,
    onTokens: (round, tokens) => door.terminal.progress(`round ${round} · ${countText(tokens, "token")}`),
    onAttempt: ({ round, verdict }) => door.terminal.progress(`round ${round} · ${verdict?.verdict ?? "rejected"}`),
  };
}

async function askedJob(door: Door, options: RunOptions): Promise<AskedJob> {
  const { model, kernel, set, text, relations } = options;
  if ((model === undefined) === (kernel === undefined)) throw usageError("a job is done by a `--model` or by a `--kernel`, one of them");
  if (model !== undefined && relations.length === 0) throw usageError("`--relations` says what the answer may write, and is missing");
  const by = kernel === undefined ? { model: model ?? "" } : { kernel, parameters: parametersOf(set) };
  const read = text === undefined ? "" : await readTextFile(door, text);
  const reason = options.reason ?? `job on ${kernel ?? (text === undefined ? options.task : text === "-" ? "stdin" : text)}`;
  return { ...jobBounds(options), by, text: read, relations, proposer: options.by ?? accountName(), reason };
}

async function outcomeOf(base: FactBase, begun: BegunJob): Promise<Outcome> {
  const { record, outcome } = await begun.done;
  const reasons = await attemptReasons(base, record);
  const isUndecided = outcome?.attempts.at(-1)?.verdict?.verdict === "undecided";
  const data = { ...record, receipt: begun.receipt, reasons: Object.fromEntries(reasons) };
  return {
    envelope: { ok: true, data, error: null, events: [], cursor: null },
    exit: record.state === "refused" && isUndecided ? 2 : exitOfJob(record),
    text: (style) => jobText(record, reasons, begun.receipt, style),
  };
}

function exitOfJob({ state, error }: JobRecord): ExitCode {
  if (state === "accepted" || state === "unchanged") return 0;
  if (state === "refused") return 1;
  const known = error === null ? undefined : Object.entries(registry).find(([code]) => code === error.code)?.[1].exit;
  return known ?? 2;
}

/** Parameters of a kernel; one that is named several times is a list. */
function parametersOf(texts: readonly string[]): KernelParameters {
  const parameters = new Map<string, string[]>();
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at < 1) throw usageError(`\`--set ${text}\` is not of the form \`name=value\``);
    const name = text.slice(0, at);
    parameters.set(name, [...(parameters.get(name) ?? []), text.slice(at + 1)]);
  }
  return Object.fromEntries([...parameters].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]));
}
