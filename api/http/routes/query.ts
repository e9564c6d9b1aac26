import { Readable } from "node:stream";
import { z } from "zod";
import { AssayError } from "../../../schema/assay_error.ts";
import { unreachable } from "../../../schema/unreachable.ts";
import type { QueryRequest, QueryResult } from "../../../verify/query.ts";
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
import { queryPage } from "../rows/query_pages.ts";
import { commitNumber } from "../wire/parameters.ts";
import { table } from "../wire/schemas.ts";
import { rowMedia } from "./facts.ts";

const WRITTEN_CHARACTERS = 65_536;

const queryInput = z
  .strictObject({
    datalog: z.string().optional().meta({ description: 'a query: `?- package(p, "zod", v).`' }),
    sql: z.string().optional().meta({ description: "one SELECT over relations" }),
    as_of: commitNumber.optional(),
    limit: z.int().min(1).optional().meta({ description: "rows of a page of JSON, or of the whole in other formats" }),
    cursor: z.string().max(1_000).optional().meta({ description: "of the page before, in JSON; SQL needs an order that leaves none open" }),
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
        "query.cursor",
        "limit.query_rows",
      ],
      async handle({ body, headers, principal }) {
        await context.gatekeeper.authorize(principal, { kind: "read", relation: null });
        const asked = readJsonBody(body, queryInput);
        const request = requestOf(asked.datalog, asked.sql);
        const media = preferred(headers.accept, rowMedia) as (typeof rowMedia)[number];
        if (media === JSON_MEDIA) return page(context, request, asked);
        if (asked.cursor !== undefined) throw new AssayError("query.cursor", "only pages of JSON have cursors");
        const found = await run(context, request, asked.as_of, asked.limit);
        return printed(media, answerTable(found), etagOf(found.asOf));
      },
    }),
  ];
}

function requestOf(datalog: string | undefined, sql: string | undefined): QueryRequest {
  if ((datalog === undefined) === (sql === undefined)) throw new AssayError("http.malformed", "body: either `datalog` or `sql` is wanted");
  return sql === undefined ? { datalog: datalog as string } : { sql, confined: true };
}

function run({ base, queries }: Context, request: QueryRequest, asOf: number | undefined, limit: number | undefined): Promise<QueryResult> {
  return queries.pass(() =>
    base.query(request, {
      bounds: { verdict_ms: base.limits.query_ms },
      ...(asOf === undefined ? {} : { asOf }),
      ...(limit === undefined ? {} : { limit }),
    }),
  );
}

/** One page of JSON. */
async function page(context: Context, request: QueryRequest, { as_of, limit, cursor }: z.output<typeof queryInput>): Promise<Answer> {
  const { page_rows } = context.base.limits;
  const most = Math.min(limit ?? page_rows, page_rows);
  const asked = queryPage(request, as_of ?? null, cursor);
  const found = await run(context, request, asked.asOf ?? undefined, asked.offset + most);
  asked.check(found);
  const { columns, rows } = answerTable(found);
  const shown = rows.slice(asked.offset);
  const data = { as_of: found.asOf, columns, rows: shown, more: found.more };
  const next = found.more ? asked.next(found, shown.length) : null;
  return answerData(data, { cursor: next, headers: { etag: etagOf(found.asOf) } });
}

function printed(media: Exclude<(typeof rowMedia)[number], typeof JSON_MEDIA>, answer: Table, etag: string): Answer {
  const headers = { etag };
  switch (media) {
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
