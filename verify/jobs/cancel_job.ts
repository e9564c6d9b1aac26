import { AssayError } from "../../schema/assay_error.ts";
import type { FactBase } from "../fact_base.ts";
import { type JobRecord, readJob } from "./job_record.ts";
import type { JobRunner } from "./job_runner.ts";

/** A job's record. Errors: `job.unknown`. */
export async function requireJob(base: FactBase, job: string): Promise<JobRecord> {
  const record = await readJob(base, job);
  if (record === null) throw new AssayError("job.unknown", `no job \`${job}\` is on record`);
  return record;
}

/** Cancels a job that waits or runs. Errors: `job.unknown`, `job.ended`. */
export async function cancelJob(base: FactBase, runner: JobRunner, job: string): Promise<void> {
  if (runner.cancel(job)) return;
  const { state } = await requireJob(base, job);
  throw new AssayError("job.ended", `\`${job}\` has ended: ${state}`);
}
