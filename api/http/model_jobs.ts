import type { z } from "zod";
import { AssayError, type ErrorReport } from "../../schema/assay_error.ts";
import { registry } from "../../schema/errors.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import { requireJob } from "../../verify/jobs/cancel_job.ts";
import type { JobRecord } from "../../verify/jobs/job_record.ts";
import type { BegunJob } from "../../verify/jobs/job_runner.ts";
import type { Attempt } from "../../verify/jobs/run_job.ts";
import { type AskedJob, beginJob } from "../jobs/begin_job.ts";
import { kernelOf } from "../jobs/kernels/kernel_registry.ts";
import type { Context } from "./context.ts";
import { type JobEnd, type JobProgress, type JobState, UNBEGUN } from "./jobs.ts";
import type { jobInput } from "./wire/job_schemas.ts";

/** What is read of a job on record by whoever asks about another's: prompts and answers are in it. */
export const RECORD_RELATION = "attempt_text";

/** A job at the door: where it is to be asked about, and its record if an earlier job answers. */
export interface StartedJob {
  readonly job: string;
  readonly receipt: JobRecord | null;
}

/**
 * Starts a job for a principal, who must be granted `generate` on what it writes, `read` on what a kernel reads and on all where the
 * model is shown facts, and, delta by delta, what each
 * answer asserts. Only who may read everything has the model told which values the facts hold. Errors: `http.malformed`, `auth.*`, those of
 * `beginJob`.
 */
export async function startJob(context: Context, principal: Principal, given: z.output<typeof jobInput>): Promise<StartedJob> {
  const asked = askedJob(principal.id, given);
  const { submissions, jobs, desk } = context;
  await authorizeJob(context, principal, asked);
  const attempts: JobState["attempts"][number][] = [];
  let progress: JobProgress | null = null;
  const begun = await beginJob(desk, asked, {
    knows: await mayReadAll(context, principal),
    propose: (delta) => submissions.submit(principal, delta, { isDry: false, repairs: 0 }),
    onTokens: (round, tokens) => progress?.report("answering", { round, tokens }),
    onAttempt: (attempt) => {
      attempts.push(attemptState(attempt));
      progress?.report("judged", { round: attempt.round, attempts: [...attempts] });
    },
  });
  if (begun.receipt) return { job: begun.job, receipt: (await begun.done).record };
  const work = "kernel" in asked.by ? "kernel" : "model";
  const run = (own: JobProgress): Promise<JobEnd> => {
    progress = own;
    return endOf(context, begun);
  };
  jobs.start(run, { owner: principal, relation: RECORD_RELATION, work, name: begun.job });
  return { job: begun.job, receipt: null };
}

/** Starts a job and waits for its end. Errors: those of `startJob`. */
export async function endedJob(
  context: Context,
  principal: Principal,
  given: z.output<typeof jobInput>,
): Promise<{ readonly record: JobRecord; readonly receipt: boolean }> {
  const { job, receipt } = await startJob(context, principal, given);
  if (receipt !== null) return { record: receipt, receipt: true };
  await context.jobs.ended(job);
  return { record: await requireJob(context.base, job), receipt: false };
}

/** The state of a job that is on record and of which this process knows no more. */
export function recordedState(record: JobRecord, receipt: boolean): JobState {
  const work = record.model.name.startsWith("kernel:") ? "kernel" : "model";
  const { status, result, error } = endOfRecord(record, receipt);
  const attempts = record.attempts.map(({ round, verdict }) => ({ round, verdict: verdict ?? "", violations: 0 }));
  return {
    ...UNBEGUN,
    job: record.job,
    work,
    status: record.state === "running" ? "running" : status,
    step: "on record",
    attempts,
    result,
    error,
  };
}

async function endOf({ jobMetrics }: Context, { done, receipt }: BegunJob): Promise<JobEnd> {
  const { record } = await done;
  jobMetrics.noteEnded(record);
  return endOfRecord(record, receipt);
}

function endOfRecord(record: JobRecord, receipt: boolean): JobEnd {
  const { state } = record;
  const status = state === "failed" || state === "cancelled" ? state : "done";
  return { status, result: { ...record, receipt }, error: errorOf(record) };
}

function errorOf({ error }: JobRecord): ErrorReport | null {
  if (error === null) return null;
  const known = Object.entries(registry).find(([code]) => code === error.code)?.[1];
  return { ...error, title: known?.title ?? "a job failed", place: null, help: known?.help ?? null };
}

function attemptState({ round, verdict, rejected }: Attempt): JobState["attempts"][number] {
  if (verdict === null) return { round, verdict: rejected?.code === "job.empty" ? "unchanged" : "rejected", violations: 0 };
  return { round, verdict: verdict.verdict, violations: verdict.total };
}

/** A request as a job; `own` proposes where it names nobody. Errors: `http.malformed`. */
export function askedJob(own: string, given: z.output<typeof jobInput>): AskedJob {
  const { model, kernel, parameters = {}, proposer = own, reason, ...order } = given;
  if ((model === undefined) === (kernel === undefined)) throw new AssayError("http.malformed", "body: a job names a `model` or a `kernel`");
  if (model !== undefined && order.relations.length === 0) throw new AssayError("http.malformed", "body: `relations` names none");
  const by = kernel === undefined ? { model: model ?? "" } : { kernel, parameters };
  return { ...order, by, proposer, reason: reason ?? `job by ${model ?? kernel}` };
}

async function authorizeJob({ gatekeeper }: Context, principal: Principal, { by, relations, view = [] }: AskedJob): Promise<void> {
  const { reads, writes } = "kernel" in by ? kernelOf(by.kernel).reach(by.parameters) : { reads: [], writes: relations };
  for (const relation of writes) await gatekeeper.authorize(principal, { kind: "generate", relation });
  if (view.length > 0) await gatekeeper.authorize(principal, { kind: "read", relation: null });
  for (const relation of reads) await gatekeeper.authorize(principal, { kind: "read", relation });
}

async function mayReadAll({ gatekeeper }: Context, principal: Principal): Promise<boolean> {
  try {
    await gatekeeper.authorize(principal, { kind: "read", relation: null });
    return true;
  } catch (cause) {
    if (cause instanceof AssayError && cause.code.startsWith("auth.")) return false;
    throw cause;
  }
}
