import { z } from "zod";
import { replayTheory } from "../../../verify/what_if/replay_theory.ts";
import { answerData } from "../answer.ts";
import type { Context } from "../context.ts";
import { JSON_MEDIA, readBatch } from "../delta_body.ts";
import { readJsonBody } from "../json_body.ts";
import { type Route, route } from "../route.ts";
import { batchInput, verdict } from "../wire/schemas.ts";
import { theoryInput, theoryOfFiles } from "./theories.ts";

const deltasAnswer = z.object({ verdicts: z.array(verdict) });
const theoryAnswer = z.object({
  verdict,
  commits: z.int(),
  rejudged: z.int(),
  left: z.int(),
  refused: z.array(z.object({ commit: z.int(), delta: z.string(), verdict })),
  passing: z.array(z.object({ delta: z.string(), head: z.int(), proposer: z.string(), reason: z.string() })),
});

const triedInput = theoryInput.partial({ author: true }).meta({ id: "TriedTheory", description: "as a theory that is put in force" });

/** What would be, were it done. Nothing is written. */
export function whatIfRoutes(context: Context): Route[] {
  return [deltasRoute(context), theoryRoute(context)];
}

function deltasRoute(context: Context): Route {
  return route({
    method: "POST",
    path: "/v1/whatif/deltas",
    id: "whatIfDeltas",
    tag: "what if",
    summary: "the verdicts on deltas proposed one over the other, up to the first that is not accepted",
    body: { media: { [JSON_MEDIA]: batchInput } },
    answers: { 200: { description: "a verdict for each delta judged", data: deltasAnswer } },
    errors: ["http.batch", "limit.batch_deltas"],
    async handle({ body, principal }) {
      const { base, gatekeeper, queries } = context;
      const deltas = readBatch(body, base.limits);
      for (const delta of deltas) await gatekeeper.authorize(principal, { kind: "propose", delta, isDry: true });
      return answerData({ verdicts: await queries.pass(() => base.rehearse(deltas)) });
    },
  });
}

function theoryRoute(context: Context): Route {
  return route({
    method: "POST",
    path: "/v1/whatif/theories",
    id: "whatIfTheory",
    tag: "what if",
    summary: "the verdict on a changed theory, and the log replayed under it",
    body: { media: { [JSON_MEDIA]: triedInput } },
    answers: { 200: { description: "what would be refused and what would pass", data: theoryAnswer } },
    errors: ["theory.rejected", "theory.manifest"],
    async handle({ body, principal }) {
      const theory = theoryOfFiles(readJsonBody(body, triedInput).files, null);
      const { base, gatekeeper, options, queries } = context;
      await gatekeeper.authorize(principal, { kind: "load", theory: theory.name });
      return answerData(await queries.pass(() => replayTheory(base, [theory], options.base)));
    },
  });
}
