import { z } from "zod";
import { AssayError, type ErrorReport } from "../../../schema/assay_error.ts";
import type { ProposedDelta } from "../../../schema/delta.ts";
import type { Verdict } from "../../../schema/verdict.ts";
import { verdictJson } from "../../../schema/verdict_wire.ts";
import type { Explanation } from "../../../verify/explain.ts";
import { exactIntegers } from "../../report/envelope_json.ts";
import { type Answer, answerData, answerJson, etagOf } from "../answer.ts";
import type { Context } from "../context.ts";
import { ARROW_MEDIA, JSON_MEDIA, NDJSON_MEDIA, readBatch, readDeltaBody } from "../delta_body.ts";
import { baseOf, ifMatch, isStale, staleBase } from "../if_match.ts";
import { problemOf, Refusal } from "../problem.ts";
import { type Route, route } from "../route.ts";
import { count, flag, sha256Text, text } from "../wire/parameters.ts";
import { batchInput, deltaInput, errorReport, submitted, verdict, violation } from "../wire/schemas.ts";

/** The most alternatives and the tallest proofs that one request may ask for. */
const REPAIRS_MOST = 16;
const DEPTH_MOST = 1_000;

const writeHeaders = z.object({
  "idempotency-key": z.string().min(1).max(255).optional().meta({ description: "the same key again gives the first verdict again" }),
  "if-match": ifMatch,
  prefer: z
    .string()
    .max(200)
    .optional()
    .meta({ description: "`strict`: a delta that is not accepted answers 409; `return=minimal`: laws that found nothing are left out" }),
});

const submitQuery = z.object({
  dryRun: flag("judge, and commit nothing").optional(),
  repairs: count("how many repairs to look for where a law refuses", 0, REPAIRS_MOST).optional(),
  explain: count("show the proofs of violations, so many levels of them", 1, DEPTH_MOST).optional(),
});

/** Proposing deltas, and asking what became of them. */
export function deltaRoutes(context: Context): Route[] {
  return [submitRoute(context), batchRoute(context), verdictRoute(context), violationsRoute(context)];
}

function submitRoute(context: Context): Route {
  return route({
    method: "POST",
    path: "/v1/deltas",
    id: "submitDelta",
    tag: "write",
    summary: "propose a delta; accepted, it is committed when the answer comes",
    query: submitQuery,
    headers: writeHeaders,
    body: { media: { [JSON_MEDIA]: deltaInput, [NDJSON_MEDIA]: null, [ARROW_MEDIA]: null } },
    answers: { 200: { description: "the verdict", data: submitted } },
    errors: ["http.refused", "http.base_stale", "http.base_required", "http.key_reused", "http.key_differs", "http.busy"],
    async handle({ query, headers, body, media, principal }) {
      const { base } = context;
      const read = await readDeltaBody(media, body, base.limits);
      const delta = conditioned(context, read, headers);
      const given = await context.submissions.submit(principal, delta, { isDry: query.dryRun === true, repairs: query.repairs ?? 0 });
      if (given.verdict !== "accepted") refuse(given, headers["if-match"], headers.prefer);
      const shown = MINIMAL.test(headers.prefer ?? "") ? minimal(given) : given;
      if (query.explain === undefined) return verdictAnswer(given, verdictJson(shown));
      const { explanations, events } = await explained(context, delta, given, query.explain);
      return verdictAnswer(given, JSON.stringify({ ...shown, explanations }, exactIntegers), events);
    },
  });
}

/** `return=minimal` of RFC 7240. */
const MINIMAL = /(^|[\s,;])return=minimal($|[\s,;])/i;
const STRICT = /(^|[\s,;])strict($|[\s,;])/i;
const NO_LAWS: Verdict["laws"] = [];

/** A verdict without the laws that found nothing: most of its length, and the same each time. */
function minimal(given: Verdict): Verdict {
  const broken = given.laws.filter(({ violations, waived }) => violations + waived > 0);
  return { ...given, laws: broken.length === 0 ? NO_LAWS : broken };
}

type WriteHeaders = z.output<typeof writeHeaders>;

/** The delta with what the headers say of it. Errors: `http.base_required`, `http.key_differs`. */
function conditioned(context: Context, delta: ProposedDelta, headers: WriteHeaders): ProposedDelta {
  const key = headers["idempotency-key"];
  const base = baseOf(headers["if-match"], context.options, delta.base);
  if (delta.base !== null && base !== delta.base) throw new AssayError("http.key_differs", "`If-Match` and the delta's `base` differ");
  if (key !== undefined && delta.key !== null && key !== delta.key) {
    throw new AssayError("http.key_differs", "`Idempotency-Key` and the delta's `key` differ");
  }
  return base === delta.base && key === undefined ? delta : { ...delta, base, key: key ?? delta.key };
}

/** Throws where a verdict that does not accept is to be an error for HTTP. */
function refuse(given: Verdict, match: string | undefined, prefer: string | undefined): void {
  if (match !== undefined && match !== "*" && isStale(given)) throw staleBase(Number(match.slice(1, -1)), given.base, given);
  if (prefer === undefined || !STRICT.test(prefer)) return;
  const gate = given.violations.some(({ law }) => law === "gate.shape" || law === "gate.types") ? "shape" : "logic";
  throw new Refusal("http.refused", `the delta is ${given.verdict}`, given, gate);
}

/** The proofs of violations; where they cannot be had in time the verdict is given all the same, with an event that says why. */
async function explained(
  { submissions }: Context,
  delta: ProposedDelta,
  given: Verdict,
  depth: number,
): Promise<{ readonly explanations: readonly Explanation[]; readonly events: readonly ErrorReport[] }> {
  try {
    return { explanations: await submissions.explanations(delta, given, depth), events: [] };
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
    return { explanations: [], events: [cause.report()] };
  }
}

function verdictAnswer(given: Verdict, data: string, events: readonly ErrorReport[] = []): Answer {
  const headers: Record<string, string> = { etag: etagOf(given.commit ?? given.base) };
  if (given.replayed) headers["idempotent-replayed"] = "true";
  return answerJson(data, { events, cursor: given.cursor, headers });
}

const batchAnswer = z.object({
  accepted: z.int().min(0),
  results: z.array(z.object({ status: z.int(), verdict: verdict.nullable(), error: errorReport.nullable() })),
});

function batchRoute(context: Context): Route {
  return route({
    method: "POST",
    path: "/v1/deltas:batch",
    id: "submitBatch",
    tag: "write",
    summary: "propose many deltas, one after the other, each with its own verdict",
    body: { media: { [JSON_MEDIA]: batchInput } },
    answers: { 200: { description: "a verdict for each delta, in order", data: batchAnswer } },
    errors: ["http.batch", "limit.batch_deltas", "http.base_required", "http.busy"],
    async handle({ body, principal, request }) {
      const deltas = readBatch(body, context.base.limits).map((delta) => conditioned(context, delta, {}));
      const settled = await context.submissions.submitAll(principal, deltas);
      const results = settled.map((one) => {
        if (one.status === "fulfilled") return { status: 200, verdict: one.value, error: null };
        const { status, body: problem } = problemOf(one.reason, request.url);
        return { status, verdict: null, error: (JSON.parse(problem) as { error: unknown }).error };
      });
      const accepted = results.filter((one) => one.verdict?.verdict === "accepted").length;
      return answerData({ accepted, results }, { headers: { etag: etagOf(context.base.head) } });
    },
  });
}

const deltaParams = z.object({ delta: sha256Text });

function verdictRoute(context: Context): Route {
  return route({
    method: "GET",
    path: "/v1/deltas/{delta}",
    id: "getVerdict",
    tag: "read",
    summary: "the verdict that a delta was given",
    params: deltaParams,
    answers: { 200: { description: "the verdict", data: verdict } },
    async handle({ params, principal }) {
      await context.gatekeeper.authorize(principal, { kind: "read", relation: null });
      const found = await context.base.verdict(params.delta);
      if (found === null) throw new AssayError("http.not_found", `no delta \`${params.delta}\` was judged here`);
      return answerJson(verdictJson(found), { cursor: found.cursor });
    },
  });
}

const violationsAnswer = z.object({ violations: z.array(violation), total: z.int().min(0) });

function violationsRoute(context: Context): Route {
  return route({
    method: "GET",
    path: "/v1/deltas/{delta}/violations",
    id: "getDeltaViolations",
    tag: "read",
    summary: "the violations behind a verdict's cursor; the delta is judged again",
    params: deltaParams,
    query: z.object({ cursor: text("of the verdict or of the page before", 100) }),
    answers: { 200: { description: "a page of violations", data: violationsAnswer } },
    errors: ["query.cursor"],
    async handle({ params, query, principal }) {
      await context.gatekeeper.authorize(principal, { kind: "read", relation: null });
      const { violations, total, cursor } = await context.queries.pass(() => context.base.violations(params.delta, query.cursor));
      return answerData({ violations, total }, { cursor });
    },
  });
}
