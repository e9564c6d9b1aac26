import type { WebSocket } from "@fastify/websocket";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";
import type { Context } from "../http/context.ts";
import { refuseForeignPage } from "../http/origins.ts";
import { problemOf } from "../http/problem.ts";
import { type Route, route } from "../http/route.ts";
import { cutStalledReader } from "../http/stalled_reader.ts";
import { issuesText } from "../http/wire/issue_text.ts";
import { text } from "../http/wire/parameters.ts";
import { acceptsGzip } from "./accepts_gzip.ts";
import { liveEventForm, liveMessageForm } from "./event_schema.ts";
import { closeCodes, type Outlet, wsOutlet } from "./outlet.ts";
import { SseOutlet } from "./sse_outlet.ts";
import { readLiveCursor, topicKinds, topicOf } from "./topic.ts";

export const EVENT_STREAM = "text/event-stream";
export const LIVE_PATH = "/v1/live";

export const liveQuery = z.object({
  topic: z.enum(topicKinds),
  relation: text("of the topic `relation`", 300).optional(),
  law: text("of the topic `law`", 300).optional(),
  query: text("of the topic `query`: Datalog", 100_000).optional(),
  cursor: text("of the last event seen", 100).optional(),
});

type LiveQuery = z.output<typeof liveQuery>;

async function subscribe(context: Context, { principal, headers, raw }: FastifyRequest, query: LiveQuery, outlet: Outlet): Promise<void> {
  const { base, gatekeeper, live, sentry } = context;
  const topic = topicOf(query);
  const relation = topic.kind === "relation" ? topic.relation : null;
  await gatekeeper.authorize(principal, { kind: "watch", relation });
  const cursor = query.cursor === undefined ? null : readLiveCursor(query.cursor, topic, base.head);
  await live.subscribe(topic, cursor, outlet);
  sentry?.admit({ headers, socket: raw.socket }, relation, outlet);
}

const errors = [
  "live.cursor",
  "query.unknown_relation",
  "query.rejected",
  "query.undecided",
  "limit.live_clients",
  "limit.live_watches",
  "limit.live_rows",
];

/**
 * Server-sent events: `Last-Event-ID` resumes, as a browser sends it by itself.
 *
 * They are compressed where a client takes gzip and everyone may do everything. How long compressed text is tells what is in it: who
 * may propose but not listen, and sees how many bytes go to one who does, could guess at facts by proposing likely ones next to them (CRIME,
 * BREACH). Where everyone may listen there is nothing to guess; where the service asks who somebody is, nothing is compressed. A proxy that
 * lets some propose and others listen must not pass `Accept-Encoding` on.
 */
export function eventRoutes(context: Context): Route[] {
  const { sentry } = context;
  return [
    route({
      method: "GET",
      path: "/v1/events",
      id: "subscribe",
      tag: "live",
      summary: "commits, violations, a relation, a law or a query: a snapshot, then exact changes, resumable by cursor",
      query: liveQuery,
      headers: z.object({ "last-event-id": z.string().max(100).optional() }),
      answers: {
        200: {
          description: "server-sent events, each a `LiveEvent`",
          media: [EVENT_STREAM],
          item: liveEventForm,
        },
      },
      errors,
      async handle({ query, headers, request, reply }) {
        const isGzip = sentry === null && acceptsGzip(request.headers["accept-encoding"]);
        const outlet = new SseOutlet(reply.raw, isGzip, () => takeOver(context, request, reply, isGzip));
        const cursor = headers["last-event-id"] ?? query.cursor;
        await subscribe(context, request, cursor === undefined ? query : { ...query, cursor }, outlet);
        outlet.open();
        return { kind: "taken" };
      },
    }),
    route({
      method: "GET",
      path: LIVE_PATH,
      id: "subscribeSocket",
      tag: "live",
      summary: "the same over a WebSocket: each message is an envelope whose `events` are those since the last one",
      query: liveQuery,
      answers: { 101: { description: socketDescription, message: liveMessageForm } },
      errors: [...errors, "http.upgrade", "http.origin"],
      isSocket: true,
      handle: refusePlain,
    }),
  ];
}

/** Writes the head of an answer that goes on without Fastify, which keeps only its `onResponse` for it. */
function takeOver({ base, metrics, unanswered }: Context, request: FastifyRequest, reply: FastifyReply, isGzip: boolean): void {
  const { raw } = reply;
  reply.hijack();
  unanswered.answered(request);
  raw.on("error", () => raw.destroy());
  cutStalledReader(raw, raw, base.limits.stall_ms, () => metrics.noteStalled());
  reply.headers({ "content-type": EVENT_STREAM, "cache-control": "no-store", "x-accel-buffering": "no" });
  if (isGzip) reply.header("content-encoding", "gzip");
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200);
}

const socketDescription = `a WebSocket (RFC 6455) of \`LiveMessage\`s; it closes with ${Object.entries(closeCodes)
  .map(([why, code]) => `${code} (${why})`)
  .join(", ")}`;

function refusePlain(): never {
  throw new AssayError("http.upgrade", `\`${LIVE_PATH}\` is a WebSocket, and the request does not ask for one`);
}

/** Opens WebSockets. */
export function mountLive(app: FastifyInstance, context: Context): void {
  const { base, metrics } = context;
  const wsHandler = (socket: WebSocket, request: FastifyRequest): void => {
    socket.on("error", () => socket.terminate());
    request.raw.socket.setTimeout(base.limits.stall_ms);
    request.raw.socket.on("timeout", () => {
      if (socket.bufferedAmount === 0) return;
      metrics.noteStalled();
      socket.terminate();
    });
    const open = async (): Promise<void> => {
      refuseForeignPage(request, context.options);
      const read = liveQuery.strict().safeParse(request.query, { reportInput: true });
      if (!read.success) throw new AssayError("http.malformed", `query: ${issuesText(read.error, Object.keys(liveQuery.shape))}`);
      await subscribe(context, request, read.data, wsOutlet(socket));
    };
    open().catch((cause: unknown) => {
      const { body, code } = problemOf(cause, LIVE_PATH);
      if (code === "internal.invariant") request.log.error({ reqId: request.id, err: cause }, "broken invariant");
      socket.send(body);
      socket.close(closeCodes.refused, code);
    });
  };
  const config = { route: LIVE_PATH, rateLimit: false } as const;
  app.route({ method: "GET", url: LIVE_PATH, config, wsHandler, handler: () => refusePlain() });
}
