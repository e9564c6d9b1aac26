import { Readable } from "node:stream";
import { z } from "zod";
import { AssayError } from "../../../schema/assay_error.ts";
import { unreachable } from "../../../schema/unreachable.ts";
import type { QueryRequest } from "../../../verify/query.ts";
import { answerTable } from "../../cli/query_table.ts";
import { arrowStream } from "../../report/arrow.ts";
import { csvChunks } from "../../report/csv.ts";
import { ndjsonChunks } from "../../report/ndjson.ts";
import type { Table } from "../../report/table.ts";
import { type Answer, answerData, answerStream, answerText, etagOf } from "../answer.ts";
import type { Context } from "../context.ts";
import { ARROW_MEDIA, CSV_MEDIA, JSON_MEDIA, NDJSON_MEDIA } from "../delta_body.ts";
import { readJsonBody } from "../json_body.ts";
import { type Route, route } from "../route.ts";
import { preferred } from "../rows/accept.ts";
import { commitNumber } from "../wire/parameters.ts";
import { table } from "../wire/schemas.ts";
import { rowMedia } from "./facts.ts";

const WRITTEN_CHARACTERS = 65_536;

const queryInput = z
  .strictObject({
    datalog: z.string().optional().meta({ description: 'a query: `?- package(p, "zod", v).`' }),
    sql: z.string().optional().meta({ description: "one SELECT over relations" }),
    as_of: commitNumber.optional(),
    limit: z.int().min(1).optional().meta({ description: "the first rows only" }),
  })
  .meta({ id: "Query", description: "either `datalog` or `sql`" });

/** Asking questions. */
export function queryRoutes(context: Context): Route[] {
  return [
    route({
      method: "POST",
      path: "/v1/query",
      id: "query",
      tag: "read",
      summary: "ask a Datalog query or read-only SQL, as of any commit",
      headers: z.object({ accept: z.string().max(1_000).optional() }),
      body: { media: { [JSON_MEDIA]: queryInput } },
      answers: { 200: { description: "rows", data: table, media: rowMedia.slice(1) } },
      errors: [
        "query.rejected",
        "query.undecided",
        "query.sql_statement",
        "query.sql_error",
        "query.sql_confined",
        "query.commit",
        "limit.query_rows",
      ],
      async handle({ body, headers, principal }) {
        await context.gatekeeper.authorize(principal, { kind: "read", relation: null });
        const { datalog, sql, as_of, limit } = readJsonBody(body, queryInput);
        const media = preferred(headers.accept, rowMedia) as (typeof rowMedia)[number];
        const { limits } = context.base;
        const most = media === JSON_MEDIA ? Math.min(limit ?? limits.page_rows, limits.page_rows) : limit;
        const found = await context.queries.pass(() =>
          context.base.query(requestOf(datalog, sql), {
            bounds: { verdict_ms: limits.query_ms },
            ...(as_of === undefined ? {} : { asOf: as_of }),
            ...(most === undefined ? {} : { limit: most }),
          }),
        );
        return printed(media, answerTable(found), found.asOf, found.more);
      },
    }),
  ];
}

function requestOf(datalog: string | undefined, sql: string | undefined): QueryRequest {
  if ((datalog === undefined) === (sql === undefined)) throw new AssayError("http.malformed", "body: either `datalog` or `sql` is wanted");
  return sql === undefined ? { datalog: datalog as string } : { sql, confined: true };
}

function printed(media: (typeof rowMedia)[number], answer: Table, asOf: number, more: boolean): Answer {
  const headers = { etag: etagOf(asOf) };
  switch (media) {
    case JSON_MEDIA:
      return answerData({ as_of: asOf, columns: answer.columns, rows: answer.rows, more }, { headers });
    case NDJSON_MEDIA:
      return answerStream(media, Readable.from(joined(ndjsonChunks(answer))), headers);
    case CSV_MEDIA:
      return answerStream(media, Readable.from(joined(csvChunks(answer))), headers);
    case ARROW_MEDIA:
      return answerText(media, arrowStream(answer), headers);
    default:
      return unreachable(media);
  }
}

/** Lines put together, for a stream of single lines is slow. */
function* joined(lines: Iterable<string>): Generator<string> {
  let text = "";
  for (const line of lines) {
    text += line;
    if (text.length < WRITTEN_CHARACTERS) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}
