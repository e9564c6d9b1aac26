import { setTimeout as after } from "node:timers/promises";
import { z } from "zod";
import { listJobs } from "../../../verify/jobs/job_record.ts";
import { kernels } from "../../jobs/kernels/kernel_registry.ts";
import { answerData } from "../answer.ts";
import type { Context } from "../context.ts";
import { JSON_MEDIA } from "../delta_body.ts";
import { readJsonBody } from "../json_body.ts";
import { RECORD_RELATION, recordedState, startJob } from "../model_jobs.ts";
import { type Route, route } from "../route.ts";
import { jobForm, jobInput, jobStates, jobSummary } from "../wire/job_schemas.ts";
import { count } from "../wire/parameters.ts";

const PAGE = 50;
const PAGE_MOST = 1_000;
const WAIT_MOST_S = 600;
const MILLISECONDS = 1_000;

/** Letting models and kernels propose facts. */
export function modelJobRoutes(context: Context): Route[] {
  return [startRoute(context), listRoute(context), whoRoute(context)];
}

function startRoute(context: Context): Route {
  return route({
    method: "POST",
    path: "/v1/jobs",
    id: "startJob",
    tag: "write",
    summary: "let a model or a kernel propose facts; `Prefer: wait=SECONDS` waits for its end",
    headers: z.object({
      prefer: z.string().max(200).optional().meta({ description: "`wait=30`: answer when the job has ended, or after so many seconds" }),
    }),
    body: { media: { [JSON_MEDIA]: jobInput } },
    answers: {
      200: { description: "the job has ended, or an earlier one of the same input answers", data: jobForm },
      202: { description: "the job waits or runs", data: jobForm },
    },
    errors: [
      "job.unrecorded",
      "job.reach",
      "job.relation",
      "job.record",
      "job.model",
      "job.kernel",
      "model.not_found",
      "model.unreadable",
      "model.crashed",
      "limit.model_mb",
      "limit.query_rows",
      "query.rejected",
      "query.undecided",
    ],
    async handle({ headers, body, principal, request }) {
      const { jobs } = context;
      const { job, receipt } = await startJob(context, principal, readJsonBody(body, jobInput));
      const location = { location: `/v1/jobs/${job}` };
      if (receipt !== null) return answerData(recordedState(receipt, true), { headers: location });
      const wait_ms = waitOf(headers.prefer);
      if (wait_ms > 0) {
        const gone = new AbortController();
        request.raw.socket.once("close", () => gone.abort());
        await Promise.race([jobs.ended(job), after(wait_ms, null, { signal: gone.signal }).catch(() => null)]);
        gone.abort();
      }
      const state = jobs.state(job);
      if (state === null) throw new Error("a job that was begun is known");
      return answerData(state, { status: state.status === "running" ? 202 : 200, headers: location });
    },
  });
}

/** `wait` of RFC 7240, in milliseconds. */
function waitOf(prefer: string | undefined): number {
  const [, seconds = "0"] = /(?:^|[\s,;])wait=(\d{1,6})(?:$|[\s,;])/i.exec(prefer ?? "") ?? [];
  return Math.min(Number(seconds), WAIT_MOST_S) * MILLISECONDS;
}

function listRoute(context: Context): Route {
  return route({
    method: "GET",
    path: "/v1/jobs",
    id: "listJobs",
    tag: "read",
    summary: "the jobs of models and kernels on record, the latest first",
    query: z.object({
      state: jobStates.optional().meta({ description: "those alone that are so" }),
      limit: count("how many", 1, PAGE_MOST).optional(),
      offset: count("after so many").optional(),
    }),
    answers: { 200: { description: "jobs", data: z.object({ jobs: z.array(jobSummary) }) } },
    async handle({ query: { state, limit = PAGE, offset = 0 }, principal }) {
      await context.gatekeeper.authorize(principal, { kind: "read", relation: RECORD_RELATION });
      const asked = { limit, offset, ...(state === undefined ? {} : { state }) };
      return answerData({ jobs: await context.queries.pass(() => listJobs(context.base, asked)) });
    },
  });
}

const kernelForm = z.object({ name: z.string(), version: z.string(), hash: z.string(), doc: z.string() });

function whoRoute({ desk }: Context): Route {
  return route({
    method: "GET",
    path: "/v1/models",
    id: "listModels",
    tag: "read",
    summary: "the models and kernels that jobs may name",
    answers: { 200: { description: "their names", data: z.object({ models: z.array(z.string()), kernels: z.array(kernelForm) }) } },
    handle() {
      const known = kernels.map(({ name, version, hash, doc }) => ({ name, version, hash, doc }));
      return answerData({ models: desk.models.names, kernels: known });
    },
  });
}
