import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import type { Answer } from "./answer.ts";

/** A request that passed the gate of shape. */
export interface Asked<P = unknown, Q = unknown, H = unknown> {
  readonly params: P;
  readonly query: Q;
  readonly headers: H;
  /** The bytes of the body, empty where the operation streams it or takes none. */
  readonly body: Buffer;
  /** The media type of the body, lower-case and without parameters; empty where there is none. */
  readonly media: string;
  readonly principal: Principal;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What an operation answers under one status: a schema of the envelope's `data`, or other media. */
export interface AnswerForm {
  readonly description: string;
  readonly data?: z.ZodType;
  /** Media types beside the envelope, or in its place where there is no `data`. */
  readonly media?: readonly string[];
  /** What is in those media, where that can be said: of server-sent events, one event's data. */
  readonly item?: z.ZodType;
  /** What each message of a WebSocket is, where the protocol changes to one. */
  readonly message?: z.ZodType;
}

/** What an operation reads as its body: a schema for JSON, nothing said about others. */
export interface BodyForm {
  readonly media: Readonly<Record<string, z.ZodType | null>>;
  /** Read by the handler itself from `request.raw`, not held in memory. */
  readonly isStream?: boolean;
}

/** One operation of the service: what goes in and out, for the door and for the OpenAPI document alike. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** As OpenAPI writes it: `/v1/facts/{relation}`. */
  readonly path: string;
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly params: z.ZodObject | null;
  readonly query: z.ZodObject | null;
  readonly headers: z.ZodObject | null;
  readonly body: BodyForm | null;
  readonly answers: Readonly<Record<number, AnswerForm>>;
  /** Codes of errors of its own, beside those that every operation may answer with. */
  readonly errors: readonly string[];
  /** Answered also while the service starts, stops or is busy, and not rated. */
  readonly isVital?: boolean;
  /** Opens a WebSocket: whoever listens mounts it; `handle` answers those who do not ask for one. */
  readonly isSocket?: boolean;
  handle(asked: Asked): Answer | Promise<Answer>;
}

interface RouteParts<P extends z.ZodObject, Q extends z.ZodObject, H extends z.ZodObject>
  extends Omit<Route, "params" | "query" | "headers" | "body" | "handle" | "errors"> {
  readonly params?: P;
  readonly query?: Q;
  readonly headers?: H;
  readonly body?: BodyForm;
  readonly errors?: readonly string[];
  handle(asked: Asked<z.output<P>, z.output<Q>, z.output<H>>): Answer | Promise<Answer>;
}

/** An operation whose handler sees what its schemas give. */
export function route<P extends z.ZodObject, Q extends z.ZodObject, H extends z.ZodObject>(parts: RouteParts<P, Q, H>): Route {
  const { params = null, query = null, headers = null, body = null, errors = [] } = parts;
  return { ...parts, params, query, headers, body, errors, handle: (asked) => parts.handle(asked as Parameters<typeof parts.handle>[0]) };
}
