import { type Command, Option } from "commander";
import { AssayError } from "../../../schema/assay_error.ts";
import { allowJobs } from "../../../verify/jobs/allow_jobs.ts";
import { attemptReasons } from "../../../verify/jobs/attempt_reasons.ts";
import { requireJob } from "../../../verify/jobs/cancel_job.ts";
import { type JobKind, jobKinds } from "../../../verify/jobs/job_kind.ts";
import { type JobState, keepsJobs, listJobs } from "../../../verify/jobs/job_record.ts";
import { kernels } from "../../jobs/kernels/kernel_registry.ts";
import { jobDetails, jobsTable } from "../../report/job_text.ts";
import { tableText } from "../../report/table_text.ts";
import type { Door } from "../door.ts";
import { accountName, withFactBase } from "../fact_base_door.ts";
import { cancelAt } from "../job_client.ts";
import { type CommonOptions, count, databaseOption, type JudgingOptions, jsonOption, judgingOptions, limitOption } from "../options.ts";
import type { Outcome } from "../outcome.ts";
import { verdictOutcome } from "../verdict_outcome.ts";
import { jobRunCommand } from "./job_run.ts";

interface ReadOptions extends CommonOptions {
  readonly db: string;
  readonly limit: readonly string[];
}

interface ListOptions extends ReadOptions {
  readonly state?: JobState;
  readonly most: number;
}

interface AllowOptions extends JudgingOptions {
  readonly db: string;
  readonly by?: string;
}

interface CancelOptions extends CommonOptions {
  readonly url: string;
  readonly tokenFile?: string;
}

const states: readonly JobState[] = ["running", "accepted", "refused", "unchanged", "failed", "cancelled"];

const HELP = `
A job lets a model, or a kernel, propose facts; the laws accept or refuse them, and a refusal is told to the model, which answers anew. All
of it is kept as facts of the theory \`jobs\`, which must be in force, and jobs of a kind write only what \`may_write\` facts let them.

Examples:
  assay load --db x.duckdb --theory jobs
  assay job allow --db x.duckdb inquiry customer order
  assay job run --db x.duckdb --model learner.gguf --relations customer,order --text invoice.txt
  assay job list --db x.duckdb
  assay job cancel job-0123456789abcdef --url http://127.0.0.1:8080

One process at a time owns a file, so a job of a running service is cancelled through the service; one of \`assay job run\` by Ctrl-C.
\`assay job kernels\` lists what needs no model.`;

export function jobCommand(root: Command, door: Door): void {
  const job = root.command("job").description("let models and kernels propose facts, and see what became of it").addHelpText("after", HELP);
  jobRunCommand(job, door);
  const over = (name: string, description: string): Command =>
    databaseOption(limitOption(jsonOption(job.command(name).description(description))));
  over("list", "jobs on record, the latest first")
    .addOption(new Option("--state <state>", "those alone that are so").choices(states))
    .option("--most <count>", "how many", count, 20)
    .action(async (options: ListOptions) => door.answer(await list(door, options), options.json === true));
  over("show", "one job: what was asked and answered in each round, and what stood against it")
    .argument("<job>", "its name")
    .action(async (name: string, options: ReadOptions) => door.answer(await show(door, name, options), options.json === true));
  jsonOption(job.command("cancel").description("cancel a job of a running service"))
    .argument("<job>", "its name")
    .requiredOption("--url <url>", "where the service is")
    .option("--token-file <file>", "a file with the credential to show; ASSAY_TOKEN where absent")
    .action(async (name: string, options: CancelOptions) => door.answer(await cancel(door, name, options), options.json === true));
  judgingOptions(databaseOption(jsonOption(job.command("allow").description("let the jobs of a kind write relations"))))
    .addArgument(job.createArgument("<kind>", "of jobs").choices(jobKinds))
    .argument("<relations...>", "what they may write")
    .option("--by <name>", "who proposes it; the account where absent")
    .action(async (kind: JobKind, relations: readonly string[], options: AllowOptions) =>
      door.answer(await allow(door, kind, relations, options), options.json === true),
    );
  jsonOption(job.command("kernels").description("the kernels there are, and their parameters")).action(async (options: CommonOptions) =>
    door.answer(listKernels(), options.json === true),
  );
}

async function list(door: Door, options: ListOptions): Promise<Outcome> {
  return withFactBase(door, options.db, options, async (base): Promise<Outcome> => {
    if (!keepsJobs(base)) throw new AssayError("job.unrecorded", "the theory `jobs` is not in force");
    const { state, most } = options;
    const jobs = await listJobs(base, { limit: most, ...(state === undefined ? {} : { state }) });
    return done({ jobs }, (style) => tableText(jobsTable(jobs), style));
  });
}

async function show(door: Door, name: string, options: ReadOptions): Promise<Outcome> {
  return withFactBase(door, options.db, options, async (base): Promise<Outcome> => {
    const record = await requireJob(base, name);
    const reasons = await attemptReasons(base, record);
    return done({ ...record, reasons: Object.fromEntries(reasons) }, (style) => jobDetails(record, reasons, style));
  });
}

async function allow(door: Door, kind: JobKind, relations: readonly string[], options: AllowOptions): Promise<Outcome> {
  const started = door.clock.micros();
  return withFactBase(door, options.db, options, async (base): Promise<Outcome> => {
    if (!keepsJobs(base)) throw new AssayError("job.unrecorded", "the theory `jobs` is not in force");
    const unknown = relations.find((name) => base.program.relations.get(name)?.role !== "base");
    if (unknown !== undefined) throw new AssayError("job.relation", `\`${unknown}\` is no base relation of the theories in force`);
    const verdict = await allowJobs(base, kind, relations, options.by ?? accountName());
    return verdictOutcome(verdict, { show: options.show, micros: door.clock.micros() - started, program: base.program });
  });
}

async function cancel(door: Door, name: string, { url, tokenFile }: CancelOptions): Promise<Outcome> {
  const record = await cancelAt(door, { url, job: name, tokenFile: tokenFile ?? null });
  return done(record, () => `${name} is cancelled`);
}

function listKernels(): Outcome {
  const shown = kernels.map(({ name, version, hash, doc }) => ({ name, version, hash, doc }));
  return done({ kernels: shown }, (style) => shown.map(({ name, version, doc }) => `${style("bold", name)} ${version}  ${doc}`).join("\n"));
}

function done(data: unknown, text: Outcome["text"]): Outcome {
  return { envelope: { ok: true, data, error: null, events: [], cursor: null }, exit: 0, text };
}
