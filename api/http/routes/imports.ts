import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { z } from "zod";
import { AssayError } from "../../../schema/assay_error.ts";
import { answerData, answerStream, etagOf } from "../answer.ts";
import type { Context } from "../context.ts";
import { NDJSON_MEDIA } from "../delta_body.ts";
import { baseOf, ifMatch, staleBase } from "../if_match.ts";
import { importFile, quarantineFile } from "../import_file.ts";
import { authorizeAsking } from "../job_access.ts";
import type { JobState } from "../jobs.ts";
import { type Route, route } from "../route.ts";
import { receive, type Upload, uploadMedia } from "../upload.ts";
import { jobForm } from "../wire/job_schemas.ts";
import { flag, text } from "../wire/parameters.ts";

const importQuery = z.object({
  relation: text("the base relation that the file holds facts of", 300),
  proposer: text("who proposes", 200),
  reason: text("why, for the log", 10_000).optional(),
  onViolation: z.enum(["refuse", "quarantine"]).optional().meta({ description: "what a violation does" }),
  retry: flag("with quarantine: judge records set aside again after the others").optional(),
  replace: flag("retract facts of the relation that the file does not hold").optional(),
});

/** Uploads by the name of their job, for what they left out. */
type Uploads = Map<string, Upload>;

/** Files of facts. */
export function importRoutes(context: Context): Route[] {
  const uploads: Uploads = new Map();
  return [uploadRoute(context, uploads), quarantineRoute(context, uploads)];
}

function uploadRoute(context: Context, uploads: Uploads): Route {
  return route({
    method: "POST",
    path: "/v1/imports",
    id: "importFile",
    tag: "write",
    summary: "propose the records of a file as one delta; a job, which the answer waits for unless `Prefer: respond-async` is sent",
    query: importQuery,
    headers: z.object({ "if-match": ifMatch, prefer: z.string().max(200).optional() }),
    body: { media: Object.fromEntries(Object.keys(uploadMedia).map((media) => [media, null])), isStream: true },
    answers: { 200: { description: "the job has ended", data: jobForm }, 202: { description: "the job runs", data: jobForm } },
    errors: [
      "import.quarantined",
      "query.unknown_relation",
      "limit.upload_bytes",
      "http.body_aborted",
      "http.busy",
      "http.base_stale",
      "http.base_required",
    ],
    async handle({ query, headers, media, principal, request }) {
      const { base, gatekeeper, jobs, queries } = context;
      const { relation, proposer, reason = `import of ${relation}`, onViolation = "refuse", retry = false, replace = false } = query;
      await gatekeeper.authorize(principal, { kind: "import", relation });
      if (base.program.relations.get(relation)?.role !== "base") {
        throw new AssayError("query.unknown_relation", `there is no base relation \`${relation}\``);
      }
      const made = baseOf(headers["if-match"], context.options);
      if (made !== null && made !== base.head) throw staleBase(made, base.head, null);
      const upload = await receive(request.body as Readable, `upload.${uploadMedia[media]}`, base.limits.upload_bytes);
      const authorize = async (delta: Parameters<typeof base.propose>[0]): Promise<void> =>
        gatekeeper.authorize(principal, { kind: "propose", delta, isDry: false });
      const asked = { relation, proposer, reason, onViolation, retry, replace, base: made, authorize };
      const job = jobs.start(
        async (progress) => {
          const result = await queries.pass(() => importFile(base, upload, asked, progress)).finally(() => upload.discard());
          return { status: "done", result, error: null };
        },
        {
          work: "import",
          owner: principal,
          relation,
          async dispose() {
            uploads.delete(job);
            await upload.remove();
          },
        },
      );
      uploads.set(job, upload);
      const location = { location: `/v1/jobs/${job}` };
      if (/respond-async/i.test(headers.prefer ?? "")) return answerData(jobs.state(job), { status: 202, headers: location });
      const ended = await jobs.ended(job);
      if (ended.error !== null) throw failureOf(ended);
      return answerData(ended, { headers: { ...location, etag: etagOf(base.head) } });
    },
  });
}

/** The error of a job that failed, for a request that waited for it. */
function failureOf({ error }: JobState): AssayError {
  if (error === null) throw new Error("a job that did not fail");
  const { code, detail, place, help, also = [] } = error;
  return new AssayError(code as ConstructorParameters<typeof AssayError>[0], detail, { place, help, also });
}

function quarantineRoute({ gatekeeper, jobs }: Context, uploads: Uploads): Route {
  return route({
    method: "GET",
    path: "/v1/imports/{job}/quarantine",
    id: "getQuarantine",
    tag: "read",
    summary: "what an import left out, one JSON object a line",
    params: z.object({ job: text("an import's job", 40) }),
    answers: { 200: { description: "NDJSON", media: [NDJSON_MEDIA] } },
    errors: ["http.job_running"],
    async handle({ params: { job }, principal }) {
      const access = jobs.access(job);
      const upload = uploads.get(job);
      if (access !== null) await authorizeAsking(gatekeeper, principal, access, "read");
      if (upload === undefined) throw new AssayError("http.not_found", `there is no import \`${job}\``);
      if (jobs.state(job)?.status === "running") throw new AssayError("http.job_running", `\`${job}\` is still running`);
      const path = quarantineFile(upload);
      if ((await stat(path).catch(() => null)) === null) throw new AssayError("http.not_found", `\`${job}\` left no quarantine`);
      return answerStream(NDJSON_MEDIA, createReadStream(path));
    },
  });
}
