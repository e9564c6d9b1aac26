import { Utf8, vectorFromArray } from "apache-arrow";
import { z } from "zod";
import { entityIds } from "../../../compute/identity/entity_ids.ts";
import { uuidText } from "../../../compute/identity/uuid_text.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import { answerData } from "../answer.ts";
import { JSON_MEDIA } from "../delta_body.ts";
import { readJsonBody } from "../json_body.ts";
import { type Route, route } from "../route.ts";

const KEYS_MOST = 100_000;
const UUID_BYTES = 16;

const part = z.union([z.string(), z.int()]).nullable();
const uuidInput = z
  .strictObject({
    service: z.string().min(1).max(2_000).meta({ description: "the IRI of who gives the ids" }),
    kind: z.string().min(1).max(200).meta({ description: "the sort of thing" }),
    keys: z.array(z.array(part).min(1).max(32)).min(1).max(KEYS_MOST).meta({ description: "the parts of each entity's key" }),
  })
  .meta({ id: "EntityKeys" });

/** Ids of entities, the same wherever they are computed. */
export function uuidRoutes(): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/uuid",
      id: "entityIds",
      tag: "compute",
      summary: "the ids of entities by their keys (RFC 9562, version 5); null where a part of a key is missing",
      body: { media: { [JSON_MEDIA]: uuidInput } },
      answers: { 200: { description: "an id for each key, in order", data: z.object({ ids: z.array(z.uuid().nullable()) }) } },
      handle({ body }) {
        const { service, kind, keys } = readJsonBody(body, uuidInput);
        const width = keys[0]?.length ?? 0;
        if (keys.some((key) => key.length !== width))
          throw new AssayError("http.malformed", "body: `keys` have different numbers of parts");
        const columns = Array.from({ length: width }, (_, at) => {
          const values = keys.map((key) => (key[at] === null ? null : String(key[at]).toWellFormed()));
          return { name: `keys/${at}`, values: vectorFromArray(values, new Utf8()) };
        });
        const { ids, missing } = entityIds({ service, kind }, columns);
        const without = new Set(missing);
        const texts = keys.map((_, row) => (without.has(row) ? null : uuidText(ids.subarray(row * UUID_BYTES, (row + 1) * UUID_BYTES))));
        return answerData({ ids: texts });
      },
    }),
  ];
}
