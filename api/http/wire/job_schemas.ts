import { z } from "zod";
import { jobKinds } from "../../../verify/jobs/job_kind.ts";
import { jobDefaults } from "../../jobs/begin_job.ts";
import { commitNumber, sha256Text } from "./parameters.ts";
import { errorReport, verdict } from "./schemas.ts";

const count = z.int().min(0);
const hash = z.string().meta({ description: "`sha256:` and 64 hexadecimal digits; of an endpoint, `endpoint:` before it" });
const codeAndDetail = z.object({ code: z.string(), detail: z.string() });
const states = ["running", "accepted", "refused", "unchanged", "failed", "cancelled"] as const;

/** What a request may ask of a job at most. */
const MOST = { rounds: 100, tokens: 1_000_000, time_ms: 3_600_000, rows: 10_000, characters: 100_000, repairs: 16, text: 4_000_000 };

const kernelParameters = z.record(z.string().max(100), z.union([z.string().max(10_000), z.array(z.string().max(10_000)).max(1_000)]));

export const jobInput = z
  .strictObject({
    model: z.string().min(1).max(200).optional().meta({ description: "a model by its name here, or `kernel`" }),
    kernel: z.string().min(1).max(200).optional().meta({ description: "a kernel, in a model's place" }),
    parameters: kernelParameters.optional().meta({ description: "of the kernel" }),
    task: z.string().min(1).max(10_000).default(jobDefaults.task),
    text: z.string().max(MOST.text).default(""),
    view: z
      .array(z.string().min(1).max(10_000))
      .max(20)
      .default([])
      .meta({ description: "Datalog queries whose answers the model is shown" }),
    relations: z
      .array(z.string().min(1).max(300))
      .max(100)
      .default([])
      .meta({ description: "what the answer may write; a kernel's follow from its parameters" }),
    kind: z.enum(jobKinds).default(jobDefaults.kind),
    proposer: z.string().min(1).max(200).optional().meta({ description: "who proposes; the principal where absent" }),
    reason: z.string().min(1).max(10_000).optional(),
    rounds: z.int().min(1).max(MOST.rounds).default(jobDefaults.rounds),
    tokens: z.int().min(1).max(MOST.tokens).default(jobDefaults.tokens).meta({ description: "of all answers together" }),
    time_ms: z.int().min(1).max(MOST.time_ms).default(jobDefaults.time_ms).meta({ description: "how long the model may work" }),
    seed: z.int().min(0).max(0xffffffff).default(jobDefaults.seed),
    temperature: z.number().min(0).max(2).default(jobDefaults.temperature),
    rows: z.int().min(1).max(MOST.rows).default(jobDefaults.rows).meta({ description: "rows of one relation in an answer" }),
    characters: z.int().min(1).max(MOST.characters).default(jobDefaults.characters).meta({ description: "characters of one symbol" }),
    repairs: z
      .int()
      .min(0)
      .max(MOST.repairs)
      .default(jobDefaults.repairs)
      .meta({ description: "ways to mend a refused answer that the model is told" }),
    fresh: z.boolean().default(false).meta({ description: "run it even where the same job was accepted before" }),
    priority: z.int().min(-100).max(100).default(jobDefaults.priority).meta({ description: "higher goes first" }),
  })
  .meta({ id: "JobRequest" });

const attemptRecord = z
  .object({
    round: count,
    prompt: hash,
    prompt_text: z.string().nullable(),
    answer: z.string().nullable(),
    snapshot: commitNumber,
    tokens: count,
    millis: count,
    delta: sha256Text.nullable(),
    writes: z.array(z.string()),
    verdict: z.string().nullable(),
    error: codeAndDetail.nullable(),
  })
  .meta({ id: "JobAttempt" });

const summaryMembers = {
  job: z.string(),
  kind: z.string(),
  principal: z.string(),
  asked: hash,
  model: z.object({ name: z.string(), hash }),
  rounds: count,
  tokens: count,
  millis: count,
  state: z.enum(states),
  error: codeAndDetail.nullable(),
  delta: sha256Text.nullable(),
  commit: commitNumber.nullable(),
};

export const jobSummary = z.object({ ...summaryMembers, attempts: count }).meta({ id: "JobSummary" });

/** What the facts of the theory `jobs` say of a job. */
export const jobRecord = z
  .object({
    ...summaryMembers,
    relations: z.array(z.string()),
    left_open: z.array(z.string()),
    attempts: z.array(attemptRecord),
    receipt: z.boolean().meta({ description: "an earlier job of the same input answers" }),
  })
  .meta({ id: "JobRecord" });

export const jobStates = z.enum(states);

const importResult = z
  .object({
    verdict,
    quarantined: z.object({ total: z.int(), records: z.array(z.looseObject({ place: z.string(), code: z.string(), reason: z.string() })) }),
    set_aside: z.object({ total: z.int(), rows: z.array(z.looseObject({ relation: z.string(), law: z.string() })) }),
    rounds: z.int(),
    events: z.array(errorReport),
  })
  .meta({ id: "ImportResult" });

export const jobForm = z
  .object({
    job: z.string(),
    work: z.enum(["import", "model", "kernel"]).meta({ description: "what works at it" }),
    status: z.enum(["running", "done", "failed", "cancelled"]),
    begun: z.string().nullable().meta({ description: "null where another process ran it" }),
    ended: z.string().nullable(),
    step: z.string(),
    rows: count.meta({ description: "records read, of an import" }),
    round: count.meta({ description: "of a model or a kernel" }),
    tokens: count.meta({ description: "of the answer that is being given" }),
    attempts: z.array(z.object({ round: count, verdict: z.string(), violations: count })),
    result: z.union([importResult, jobRecord]).nullable(),
    error: errorReport.nullable(),
  })
  .meta({ id: "Job" });
