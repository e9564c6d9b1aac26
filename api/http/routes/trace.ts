import { z } from "zod";
import { Alphabet } from "../../../compute/traces/alphabet.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import { readPresentation } from "../../machine/read_machine.ts";
import { COUNTED_LENGTH, traceData } from "../../machine/trace_data.ts";
import { answerData, etagOf } from "../answer.ts";
import type { Context } from "../context.ts";
import { JSON_MEDIA } from "../delta_body.ts";
import { readJsonBody } from "../json_body.ts";
import { asOf, machineAsOf, WORD_LENGTH } from "../machine_question.ts";
import { type Route, route } from "../route.ts";

const WORDS = 100;
const WORDS_LENGTH = 20_000;
const STEPS = 1_000;

const text = z.string();
const step = z.string().min(1).max(200);
const traceInput = z
  .strictObject({
    words: z
      .array(z.string().max(WORD_LENGTH))
      .max(WORDS)
      .refine((words) => words.reduce((sum, { length }) => sum + length, 0) <= WORDS_LENGTH, `are longer than ${WORDS_LENGTH} in all`)
      .optional()
      .meta({ description: "`a b c` or `(a b)(c)`; two of them are compared" }),
    steps: z.array(step).max(STEPS).optional().meta({ description: "the steps; those of the fact base where absent" }),
    independent: z
      .array(z.tuple([step, step]))
      .max(STEPS)
      .optional()
      .meta({ description: "pairs of steps that may be swapped, beside `steps`" }),
    as_of: asOf,
    count: z.int().min(0).max(COUNTED_LENGTH).optional().meta({ description: "count the histories of each length up to this one" }),
  })
  .meta({ id: "TraceQuestion" });

const traceAnswer = z.object({
  traces: z.array(
    z.object({
      history: text,
      depth: z.int(),
      height: z.int(),
      least_word: z.array(text),
      layers: z.array(z.array(text)),
      prefixes: z.int(),
      words: text.meta({ description: "how many words it has, in digits" }),
    }),
  ),
  compared: z
    .object({ is_same: z.boolean(), is_prefix: z.boolean(), meet: text.nullable(), join: text.nullable(), residual: text.nullable() })
    .nullable(),
  counts: z.object({ clique_polynomial: z.array(text), histories: z.array(text) }).nullable(),
});

/** Histories of steps, as `assay trace` tells of them. */
export function traceRoutes(context: Context): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/trace",
      id: "trace",
      tag: "compute",
      summary: "bring words of steps to their Foata form, compare two, and count histories",
      body: { media: { [JSON_MEDIA]: traceInput } },
      answers: { 200: { description: "what each word comes to", data: traceAnswer } },
      errors: [
        "machine.no_machine",
        "machine.history",
        "machine.unknown_step",
        "machine.step_name",
        "limit.step_histories",
        "query.commit",
      ],
      async handle({ body, principal }) {
        const { words = [], steps, independent, as_of, count } = readJsonBody(body, traceInput);
        if (words.length === 0 && count === undefined) throw new AssayError("http.malformed", "body: neither `words` nor `count` is there");
        if (steps === undefined && independent !== undefined) {
          throw new AssayError("http.malformed", "body: `independent` goes with `steps`; the fact base has its own");
        }
        if (steps !== undefined)
          return answerData(traceData(new Alphabet(steps, independent ?? []), words, count ?? null, context.base.limits));
        const read = await machineAsOf(context, principal, as_of);
        const stored = await context.queries.pass(() => readPresentation(read));
        const data = traceData(new Alphabet(stored.steps, stored.independent), words, count ?? null, context.base.limits);
        return answerData(data, { headers: { etag: etagOf(read.asOf) } });
      },
    }),
  ];
}
