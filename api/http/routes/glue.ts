import { z } from "zod";
import { AssayError } from "../../../schema/assay_error.ts";
import type { MachineReader } from "../../machine/read_machine.ts";
import { exactIntegers } from "../../report/envelope_json.ts";
import { answerJson, etagOf } from "../answer.ts";
import type { Context } from "../context.ts";
import { JSON_MEDIA } from "../delta_body.ts";
import { readJsonBody } from "../json_body.ts";
import { asOf, history, machineAsOf, WORD_LENGTH } from "../machine_question.ts";
import { type Route, route } from "../route.ts";

const ROWS = 1_000;

const text = z.string();
const section = z.strictObject({ history, section: z.string().min(1).max(WORD_LENGTH) });
const glueInput = z
  .strictObject({
    accord: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: "one accord; all where absent; `fiber` is that of the fibers by tables" }),
    as_of: asOf,
    global: z.boolean().optional().meta({ description: "list the global sections of the accord" }),
    act: z.array(section).min(2).max(2).optional().meta({ description: "two sections over the sides of a square, to put together" }),
    rows: z.int().min(0).max(ROWS).optional().meta({ description: "rows told of each table; 20 where absent" }),
  })
  .meta({ id: "GlueQuestion", description: "`global` and `act` go with `accord` and exclude each other" });

const textRows = z.array(z.array(text));
const count = z.int().min(0);
const glueAnswer = z.union([
  z.object({
    families: count,
    amalgamations: count,
    missing: count,
    double: count,
    rows: z.object({ missing: textRows, double: textRows }),
  }),
  z.object({ histories: z.array(text), sections: count, rows: textRows }),
  z.object({ act: z.object({ u: text, section: text }).nullable().meta({ description: "null where they do not glue" }) }),
]);

/** Local data of a machine glued, as `assay glue` does. */
export function glueRoutes(context: Context): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/glue",
      id: "glue",
      tag: "compute",
      summary: "hold local data against the squares of a machine, list global sections, or put two sections together",
      body: { media: { [JSON_MEDIA]: glueInput } },
      answers: { 200: { description: "what glues", data: glueAnswer } },
      errors: ["machine.no_machine", "limit.fiber_cells", "limit.compute_ms", "limit.query_rows", "query.commit", "http.busy"],
      async handle({ body, principal }) {
        const input = readJsonBody(body, glueInput);
        const { accord, global = false, act } = input;
        if ((global || act !== undefined) && (accord === undefined || (global && act !== undefined))) {
          throw new AssayError("http.malformed", "body: `global` and `act` go with `accord` and exclude each other");
        }
        const read = await machineAsOf(context, principal, input.as_of);
        const data = await context.queries.pass(() => glued(read, input));
        return answerJson(JSON.stringify(data, exactIntegers), { headers: { etag: etagOf(read.asOf) } });
      },
    }),
  ];
}

async function glued(read: MachineReader, { accord, global, act, rows = 20 }: z.output<typeof glueInput>): Promise<object> {
  // Polars takes its time to load.
  const accords = await import("../../machine/read_accords.ts");
  if (global === true) {
    const { count: sections, first } = await accords.globalSectionsOf(read, accord ?? "", rows);
    return { histories: first.columns, sections, rows: first.rows };
  }
  const [one, other] = act ?? [];
  if (one !== undefined && other !== undefined) {
    return { act: await accords.actOf(read, { f: accord ?? "", v: one.history, x: one.section, w: other.history, y: other.section }) };
  }
  const { firstMissing, firstDouble, ...counts } = await accords.glueAccords(read, accord ?? null, rows);
  return { ...counts, rows: { missing: firstMissing.rows, double: firstDouble.rows } };
}
