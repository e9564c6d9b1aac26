import { PassThrough } from "node:stream";
import type { WebSocket } from "@fastify/websocket";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";
import { answerStream } from "../http/answer.ts";
import type { Context } from "../http/context.ts";
import { refuseForeignPage } from "../http/origins.ts";
import { problemOf } from "../http/problem.ts";
import { type Route, route } from "../http/route.ts";
import { text } from "../http/wire/parameters.ts";
import { liveEventForm } from "./event_schema.ts";
import { closeCodes, type Outlet, sseOutlet, wsOutlet } from "./outlet.ts";
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

/** Server-sent events: `Last-Event-ID` resumes, as a browser sends it by itself. */
export function eventRoutes(context: Context): Route[] {
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
          description: "server-sent events, each a `LiveEvent`; over a WebSocket at `/v1/live`, envelopes of them",
          media: [EVENT_STREAM],
          item: liveEventForm,
        },
      },
      errors: [
        "live.cursor",
        "query.unknown_relation",
        "query.rejected",
        "query.undecided",
        "limit.live_clients",
        "limit.live_watches",
        "limit.live_rows",
      ],
      async handle({ query, headers, request }) {
        const out = new PassThrough();
        const cursor = headers["last-event-id"] ?? query.cursor;
        try {
          await subscribe(context, request, cursor === undefined ? query : { ...query, cursor }, sseOutlet(out));
        } catch (cause) {
          out.destroy();
          throw cause;
        }
        return answerStream(EVENT_STREAM, out, { "cache-control": "no-store", "x-accel-buffering": "no" });
      },
    }),
  ];
}

/** The same over a WebSocket: each message is an envelope whose `events` are those since the last one. */
export function mountLive(app: FastifyInstance, context: Context): void {
  const { base, metrics } = context;
  app.get(LIVE_PATH, { websocket: true, config: { route: LIVE_PATH, rateLimit: false } }, (socket: WebSocket, request) => {
    socket.on("error", () => socket.terminate());
    request.raw.socket.setTimeout(base.limits.stall_ms);
    request.raw.socket.on("timeout", () => {
      if (socket.bufferedAmount === 0) return;
      metrics.noteStalled();
      socket.terminate();
    });
    const open = async (): Promise<void> => {
      refuseForeignPage(request, context.options);
      const read = liveQuery.strict().safeParse(request.query);
      if (!read.success)
        throw new AssayError(
          "http.malformed",
          `query: ${read.error.issues.map(({ path, message }) => `\`${path.join(".")}\` ${message}`).join(", ")}`,
        );
      await subscribe(context, request, read.data, wsOutlet(socket));
    };
    open().catch((cause: unknown) => {
      const { body, code } = problemOf(cause, LIVE_PATH);
      if (code === "internal.invariant") request.log.error({ err: cause }, "broken invariant");
      socket.send(body);
      socket.close(closeCodes.refused, code);
    });
  });
}
