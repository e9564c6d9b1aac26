import { PassThrough } from "node:stream";
import { z } from "zod";
import { AssayError } from "../../../schema/assay_error.ts";
import type { Principal } from "../../../verify/checks/authorization/principal.ts";
import { cancelJob } from "../../../verify/jobs/cancel_job.ts";
import { readJob } from "../../../verify/jobs/job_record.ts";
import { answerData, answerStream } from "../answer.ts";
import type { Context } from "../context.ts";
import { authorizeAsking, authorizeCancelling } from "../job_access.ts";
import type { JobState } from "../jobs.ts";
import { RECORD_RELATION, recordedState } from "../model_jobs.ts";
import { type Route, route } from "../route.ts";
import { jobForm } from "../wire/job_schemas.ts";
import { text } from "../wire/parameters.ts";

const EVENT_STREAM = "text/event-stream";
const params = z.object({ job: text("a job's name", 40) });

/** Work that outlasts its request. */
export function jobRoutes(context: Context): Route[] {
  return [stateRoute(context), eventsRoute(context), cancelRoute(context)];
}

/** The state of a job: as this process knows it, else as it is on record. Errors: `http.not_found`, `auth.*`. */
async function stateOf(context: Context, principal: Principal, job: string, kind: "read" | "watch"): Promise<JobState> {
  const { base, gatekeeper, jobs } = context;
  const access = jobs.access(job);
  const state = jobs.state(job);
  if (access !== null && state !== null) {
    await authorizeAsking(gatekeeper, principal, access, kind);
    return state;
  }
  await gatekeeper.authorize(principal, { kind, relation: RECORD_RELATION });
  const record = await readJob(base, job);
  if (record === null) throw new AssayError("http.not_found", `there is no job \`${job}\``);
  return recordedState(record, false);
}

function stateRoute(context: Context): Route {
  return route({
    method: "GET",
    path: "/v1/jobs/{job}",
    id: "getJob",
    tag: "read",
    summary: "how far a job is, or what became of it",
    params,
    answers: { 200: { description: "the job", data: jobForm } },
    async handle({ params: { job }, principal }) {
      return answerData(await stateOf(context, principal, job, "read"));
    },
  });
}

function eventsRoute(context: Context): Route {
  return route({
    method: "GET",
    path: "/v1/jobs/{job}/events",
    id: "watchJob",
    tag: "live",
    summary: "a job's progress, its tokens, rounds and verdicts: events `progress`, then `done`, `failed` or `cancelled`",
    params,
    answers: { 200: { description: "server-sent events", media: [EVENT_STREAM], item: jobForm } },
    async handle({ params: { job }, principal }) {
      const state = await stateOf(context, principal, job, "watch");
      return answerStream(EVENT_STREAM, progressStream(context, state), { "cache-control": "no-store" });
    },
  });
}

function cancelRoute(context: Context): Route {
  return route({
    method: "DELETE",
    path: "/v1/jobs/{job}",
    id: "cancelJob",
    tag: "write",
    summary: "cancel the job of a model or a kernel; what the gate accepted by then stays",
    params,
    answers: { 200: { description: "the job, which has ended", data: jobForm } },
    errors: ["job.ended", "job.unknown", "http.job_running"],
    async handle({ params: { job }, principal }) {
      const { base, gatekeeper, jobs, desk } = context;
      const access = jobs.access(job);
      if (access === null) await gatekeeper.authorize(principal, { kind: "operate" });
      else await authorizeCancelling(gatekeeper, principal, access);
      if (jobs.state(job)?.work === "import") throw new AssayError("http.job_running", `\`${job}\` is an import, which runs to its end`);
      await cancelJob(base, desk.runner, job);
      return answerData(await jobs.ended(job));
    },
  });
}

/** A reader that is slower than the job gets the latest state when it is ready, not all there were. */
function progressStream({ jobs }: Context, first: JobState): PassThrough {
  const out = new PassThrough();
  let isBusy = false;
  let latest: JobState | null = null;
  const put = (state: JobState): void => {
    if (isBusy && state.status === "running") {
      latest = state;
      return;
    }
    const event = state.status === "running" ? "progress" : state.status;
    isBusy = !out.write(`event: ${event}\ndata: ${JSON.stringify(state)}\n\n`);
    if (state.status !== "running") out.end();
  };
  out.on("drain", () => {
    isBusy = false;
    if (latest !== null) put(latest);
    latest = null;
  });
  put(first);
  if (first.status === "running") out.on("close", jobs.listen(first.job, put));
  return out;
}
