import { z } from "zod";
import type { SqlRow } from "../../../schema/sql_session.ts";
import { unreachable } from "../../../schema/unreachable.ts";
import type { Row } from "../../../schema/value.ts";
import { readPage } from "../../../verify/read_relation.ts";
import { type Answer, answerData, etagOf } from "../answer.ts";
import type { Context } from "../context.ts";
import { ARROW_MEDIA, CSV_MEDIA, JSON_MEDIA, NDJSON_MEDIA } from "../delta_body.ts";
import { type Route, route } from "../route.ts";
import { preferred } from "../rows/accept.ts";
import { arrowRows } from "../rows/arrow_rows.ts";
import { csvRows } from "../rows/csv_rows.ts";
import { cursorText, readCursor } from "../rows/cursor.ts";
import { ndjsonRows } from "../rows/json_rows.ts";
import { streamRelation } from "../rows/stream_relation.ts";
import { count, text } from "../wire/parameters.ts";
import { table } from "../wire/schemas.ts";

export const rowMedia = [JSON_MEDIA, NDJSON_MEDIA, CSV_MEDIA, ARROW_MEDIA] as const;

const factsQuery = z.object({
  as_of: count("a commit; the last where absent").optional(),
  limit: count("rows of a page, or of the whole in a format without pages", 1).optional(),
  cursor: text("of the page before", 100_000).optional(),
});

/** Reading relations, base and derived. */
export function factRoutes(context: Context): Route[] {
  return [
    route({
      method: "GET",
      path: "/v1/facts/{relation}",
      id: "readFacts",
      tag: "read",
      summary: "the rows of a relation: JSON page by page, NDJSON, CSV and Arrow all of them",
      params: z.object({ relation: text("a relation's name", 300) }),
      query: factsQuery,
      headers: z.object({ accept: z.string().max(1_000).optional(), "if-none-match": z.string().max(1_000).optional() }),
      answers: {
        200: { description: "rows", data: table, media: rowMedia.slice(1) },
        304: { description: "the tag is still that of the head" },
      },
      errors: ["query.unknown_relation", "query.commit", "query.cursor", "http.not_acceptable", "http.busy"],
      async handle({ params: { relation }, query, headers, principal }) {
        await context.gatekeeper.authorize(principal, { kind: "read", relation });
        if (query.as_of === undefined && headers["if-none-match"] === etagOf(context.base.head)) return notModified(context.base.head);
        const media = preferred(headers.accept, rowMedia) as (typeof rowMedia)[number];
        const asOf = query.as_of ?? null;
        const limit = query.limit ?? null;
        switch (media) {
          case JSON_MEDIA:
            return factsPage(context, relation, query);
          case NDJSON_MEDIA:
            return streamRelation(context, relation, asOf, limit, ndjsonRows);
          case CSV_MEDIA:
            return streamRelation(context, relation, asOf, limit, csvRows);
          case ARROW_MEDIA:
            return streamRelation(context, relation, asOf, limit, arrowRows);
          default:
            return unreachable(media);
        }
      },
    }),
  ];
}

function notModified(head: number): Answer {
  return { kind: "text", status: 304, media: JSON_MEDIA, body: "", headers: { etag: etagOf(head) } };
}

async function factsPage({ base, clock, queries }: Context, name: string, query: z.output<typeof factsQuery>): Promise<Answer> {
  const { limits } = base;
  const cursor = query.cursor === undefined ? null : readCursor(query.cursor);
  const limit = Math.min(query.limit ?? limits.page_rows, limits.page_rows);
  return queries.pass(() =>
    base.read(cursor?.asOf ?? query.as_of ?? null, async (snapshot) => {
      const source = { ...snapshot, clock, limits: { ...limits, verdict_ms: limits.query_ms } };
      const { relation, rows } = await readPage(source, name, cursor?.after ?? null, limit + 1);
      const shown = rows.slice(0, limit);
      const more = rows.length > limit;
      const columns = relation.attributes.map((attribute) => ({ name: attribute.name, type: attribute.type }));
      const next = more ? cursorText({ asOf: snapshot.asOf, after: shown.at(-1) as SqlRow as Row }) : null;
      const data = { as_of: snapshot.asOf, columns, rows: shown, more };
      return answerData(data, { cursor: next, headers: { etag: etagOf(snapshot.asOf) } });
    }),
  );
}
