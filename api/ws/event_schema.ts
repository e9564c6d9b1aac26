import { z } from "zod";
import { logEntry, problem, violation } from "../http/wire/schemas.ts";

const cursor = z.string().meta({ description: "subscribing with it goes on behind this event" });
const commit = z.int().min(0);
const count = z.int().min(0);
const row = z.array(z.union([z.string(), z.number()]));
const standing = z.object({ law: z.string(), witness: z.record(z.string(), z.union([z.string(), z.number()])) }).meta({ id: "Standing" });

/** The form of every event there is: what `LiveEvent` says, as the OpenAPI document tells it. */
export const liveEventForm = z
  .discriminatedUnion("event", [
    z
      .object({
        event: z.literal("snapshot"),
        cursor,
        commit,
        columns: z.array(z.object({ name: z.string(), type: z.string() })),
        offset: count.meta({ description: "rows of the snapshot that came before; at 0 it begins anew" }),
        rows: z.array(z.union([row, standing])),
        last: z.boolean(),
      })
      .meta({ id: "SnapshotEvent" }),
    z
      .object({ event: z.literal("change"), cursor, from: commit, to: commit, added: z.array(row), removed: z.array(row) })
      .meta({ id: "ChangeEvent" }),
    z.object({ event: z.literal("commit"), cursor, entry: logEntry }).meta({ id: "CommitEvent" }),
    z
      .object({
        event: z.literal("violations"),
        cursor,
        from: commit,
        to: commit,
        added: z.array(standing),
        removed: z.array(standing),
        laws_gone: z.array(z.string()),
      })
      .meta({ id: "ViolationsEvent" }),
    z
      .object({
        event: z.literal("refused"),
        cursor,
        delta: z.string(),
        kind: z.enum(["delta", "load"]),
        proposer: z.string(),
        reason: z.string(),
        head: commit,
        time: z.string(),
        total: count,
        violations: z.array(violation),
      })
      .meta({ id: "RefusedEvent" }),
    z.object({ event: z.literal("ended"), cursor, code: z.string(), detail: z.string() }).meta({ id: "EndedEvent" }),
    z.object({ event: z.literal("lagged"), cursor: z.null(), code: z.literal("live.lagged") }).meta({ id: "LaggedEvent" }),
    z
      .object({ event: z.literal("unauthorized"), cursor: z.null(), code: z.string(), detail: z.string() })
      .meta({ id: "UnauthorizedEvent" }),
    z.object({ event: z.literal("closing"), cursor: z.null() }).meta({ id: "ClosingEvent" }),
  ])
  .meta({ id: "LiveEvent", description: "what a subscriber is told; `lagged`, `unauthorized`, `closing` and `ended` are last events" });

/** A message of a WebSocket: an envelope of events, or a problem document before it closes. */
export const liveMessageForm = z
  .union([
    z.object({ ok: z.literal(true), data: z.null(), error: z.null(), events: z.array(liveEventForm), cursor: cursor.nullable() }),
    problem,
  ])
  .meta({ id: "LiveMessage", description: "events since the message before; where subscribing is refused, a problem instead" });
