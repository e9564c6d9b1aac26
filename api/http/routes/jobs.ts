import { PassThrough } from "node:stream";
import { z } from "zod";
import { AssayError } from "../../../schema/assay_error.ts";
import { answerData, answerStream } from "../answer.ts";
import type { Context } from "../context.ts";
import type { JobState } from "../jobs.ts";
import { type Route, route } from "../route.ts";
import { text } from "../wire/parameters.ts";
import { jobForm } from "./imports.ts";

const EVENT_STREAM = "text/event-stream";
const params = z.object({ job: text("a job's name", 40) });

/** Work that outlasts its request. */
export function jobRoutes(context: Context): Route[] {
  const stateOf = (job: string): JobState => {
    const state = context.jobs.state(job);
    if (state === null) throw new AssayError("http.not_found", `there is no job \`${job}\``);
    return state;
  };
  return [
    route({
      method: "GET",
      path: "/v1/jobs/{job}",
      id: "getJob",
      tag: "read",
      summary: "how far a job is, or what became of it",
      params,
      answers: { 200: { description: "the job", data: jobForm } },
      async handle({ params: { job }, principal }) {
        await context.gatekeeper.authorize(principal, { kind: "read", relation: null });
        return answerData(stateOf(job));
      },
    }),
    route({
      method: "GET",
      path: "/v1/jobs/{job}/events",
      id: "watchJob",
      tag: "live",
      summary: "a job's progress: events `progress`, then `done` or `failed`",
      params,
      answers: { 200: { description: "server-sent events", media: [EVENT_STREAM] } },
      async handle({ params: { job }, principal }) {
        await context.gatekeeper.authorize(principal, { kind: "watch", relation: null });
        return answerStream(EVENT_STREAM, progressStream(context, stateOf(job)), { "cache-control": "no-store" });
      },
    }),
  ];
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
