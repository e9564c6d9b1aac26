import { z } from "zod";
import { answerData } from "../answer.ts";
import type { Context } from "../context.ts";
import { type Route, route } from "../route.ts";
import { count } from "../wire/parameters.ts";
import { verdict } from "../wire/schemas.ts";

const PAGE = 1_000;

const refusal = z
  .object({
    delta: z.string(),
    kind: z.enum(["delta", "load"]),
    proposer: z.string(),
    reason: z.string(),
    head: z.int(),
    time: z.string(),
    violations: z.int(),
    verdict: verdict.nullable(),
  })
  .meta({ id: "RefusedDelta" });

const waiver = z
  .object({
    fingerprint: z.string(),
    law: z.string(),
    witness: z.string(),
    author: z.string(),
    reason: z.string(),
    from: z.int(),
    to: z.int().nullable(),
  })
  .meta({ id: "Waiver" });

/** What was refused, and what was waived. */
export function violationRoutes(context: Context): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/violations",
      id: "listViolations",
      tag: "read",
      summary: "refused deltas with their violations, the latest first, and the waivers",
      query: z.object({ offset: count("refused deltas to leave out").optional(), limit: count("at most so many", 1, PAGE).optional() }),
      answers: {
        200: { description: "a page of refusals", data: z.object({ refused: z.array(refusal), waivers: z.array(waiver) }) },
      },
      async handle({ query: { offset = 0, limit = 100 }, principal }) {
        await context.gatekeeper.authorize(principal, { kind: "read", relation: null });
        const { base, queries } = context;
        return queries.pass(async () => {
          const found = await base.refusals({ offset, limit: limit + 1 });
          const refused = [];
          for (const one of found.slice(0, limit)) refused.push({ ...one, verdict: await base.verdict(one.delta) });
          const cursor = found.length > limit ? String(offset + limit) : null;
          return answerData({ refused, waivers: offset === 0 ? await base.waivers() : [] }, { cursor });
        });
      },
    }),
  ];
}
