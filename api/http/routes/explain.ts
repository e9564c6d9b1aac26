import { z } from "zod";
import { answerData, etagOf } from "../answer.ts";
import type { Context } from "../context.ts";
import { type Route, route } from "../route.ts";
import { count, text } from "../wire/parameters.ts";
import { explanation } from "../wire/schemas.ts";

/** A taller proof is read level by level; printing recurses into it. */
const DEPTH_MOST = 1_000;

const explainQuery = z.object({
  target: text('a ground fact, `package("a", "b")`, or the fingerprint of a violation', 10_000),
  as_of: count("explain a fact as of this commit").optional(),
  depth: count("levels of the proof", 1, DEPTH_MOST).optional(),
});

/** Why a fact holds, why it does not, and what stands behind a violation. */
export function explainRoutes(context: Context): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/explain",
      id: "explain",
      tag: "read",
      summary: "prove a fact or a violation down to base facts, or say what is missing",
      query: explainQuery,
      answers: { 200: { description: "a proof, or what is missing for one", data: explanation } },
      errors: [
        "explain.rejected",
        "explain.unknown_relation",
        "explain.value",
        "explain.unknown_fingerprint",
        "explain.undecided",
        "query.commit",
      ],
      async handle({ query: { target, as_of, depth }, principal }) {
        await context.gatekeeper.authorize(principal, { kind: "read", relation: null });
        const found = await context.queries.pass(() =>
          context.base.explain(target, {
            ...(as_of === undefined ? {} : { asOf: as_of }),
            ...(depth === undefined ? {} : { depth }),
          }),
        );
        return answerData(found, { headers: found.kind === "violation" ? {} : { etag: etagOf(found.asOf) } });
      },
    }),
  ];
}
