import { z } from "zod";
import type { Fiber } from "../../../logic/res/fiber.ts";
import { parseRes } from "../../../logic/res/parse_res.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import { fiberAt } from "../../machine/fiber_at.ts";
import { readTerm, resData } from "../../machine/res_reading.ts";
import { answerData } from "../answer.ts";
import type { Context } from "../context.ts";
import { JSON_MEDIA } from "../delta_body.ts";
import { readJsonBody } from "../json_body.ts";
import { type Route, route } from "../route.ts";

const TERM_LENGTH = 1_000_000;

const resInput = z
  .strictObject({
    term: z.string().min(1).max(TERM_LENGTH).meta({ description: "`(sat (and p q))`, with definitions before it where it has some" }),
    at: z
      .string()
      .min(1)
      .max(10_000)
      .optional()
      .meta({ description: "the history in whose fiber it is read, `(a b)(c)`; `e` is the empty one" }),
    as_of: z.int().min(0).optional().meta({ description: "read as of this commit" }),
    let: z.record(z.string(), z.string()).optional().meta({ description: "elements that names stand for" }),
    core: z.boolean().optional().meta({ description: "the rules R1 to R7 alone" }),
  })
  .meta({ id: "RelationExpression" });

const resAnswer = z.object({
  term: z.string(),
  normal: z.string().meta({ description: "its normal form" }),
  at: z.string().nullable(),
  element: z.string().nullable().meta({ description: "what it denotes there" }),
  stable: z.boolean().nullable(),
});

/** Relation expressions: their normal form, and what they denote in a fiber of the theory `machine`. */
export function resRoutes(context: Context): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/res",
      id: "relationExpression",
      tag: "compute",
      summary: "bring a relation expression to its normal form, and read it in a fiber",
      body: { media: { [JSON_MEDIA]: resInput } },
      answers: { 200: { description: "the normal form, and the element where a history is named", data: resAnswer } },
      errors: ["res.syntax", "res.fiber", "res.unbound", "limit.res_terms", "query.commit"],
      async handle({ body, principal }) {
        const { term: written, at, as_of, let: lets = {}, core = false } = readJsonBody(body, resInput);
        const term = parseRes(written, context.base.limits);
        if (at === undefined) return answerData(resData(term, core, null));
        await context.gatekeeper.authorize(principal, { kind: "read", relation: null });
        const fiber = await context.queries.pass(() => fiberAt(context.base, at, as_of ?? null));
        const bindings = new Map(Object.entries(lets).map(([name, element]) => [name, elementOf(fiber, name, element)]));
        return answerData(resData(term, core, readTerm(term, at, fiber, bindings)));
      },
    }),
  ];
}

function elementOf(fiber: Fiber, name: string, element: string): number {
  const found = fiber.find(element);
  if (found === null) throw new AssayError("res.unbound", `\`${name}\`: \`${element}\` is no element over the history`, { place: name });
  return found;
}
