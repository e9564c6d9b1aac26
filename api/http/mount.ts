import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import { AssayError } from "../../schema/assay_error.ts";
import { unreachable } from "../../schema/unreachable.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import type { Answer } from "./answer.ts";
import { problemOf } from "./problem.ts";
import type { Asked, Route } from "./route.ts";
import { issuesText } from "./wire/issue_text.ts";

declare module "fastify" {
  interface FastifyRequest {
    principal: Principal;
  }
}

const NOTHING = Buffer.alloc(0);
const UNAUTHORIZED = 401;

/** Registers an operation. What its schemas do not admit never reaches its handler. */
export function mount(app: FastifyInstance, route: Route): void {
  const read = {
    params: reader(route.params, "path"),
    query: rememberingReader(reader(route.query, "query")),
    headers: headerReader(route.headers),
  };
  const media = route.body === null ? null : new Set(Object.keys(route.body.media));
  app.route({
    method: route.method,
    url: patternOf(route.path),
    config: { route: route.path, isVital: route.isVital === true, ...(route.isVital === true ? { rateLimit: false } : {}) },
    handler: (request, reply) =>
      withHelp(route, async () => {
        const asked: Asked = {
          params: read.params(request.params),
          query: read.query(request),
          headers: read.headers(request),
          body: Buffer.isBuffer(request.body) ? request.body : NOTHING,
          media: mediaOf(request),
          principal: request.principal,
          request,
          reply,
        };
        if (media !== null && !media.has(asked.media)) throw wrongMedia(asked.media, media);
        const coding = request.headers["content-encoding"];
        if (coding !== undefined && coding !== "identity")
          throw new AssayError("http.media_type", `a body coded \`${coding}\` is not read`);
        return send(reply, await route.handle(asked));
      }),
  });
}

/** What does not fit an operation is told with where the operation is described. */
async function withHelp<T>(route: Route, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    if (!(cause instanceof AssayError) || cause.code !== "http.malformed") throw cause;
    const { code, detail, place, also } = cause;
    throw new AssayError(code, detail, { place, also, cause, help: `\`/docs#${route.id}\` shows what the operation takes` });
  }
}

/** Answers with a problem document. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, thrown: unknown): FastifyReply {
  const { status, body, retryAfter_s } = problemOf(thrown, pathOf(request));
  if (retryAfter_s !== null) reply.header("retry-after", String(retryAfter_s));
  if (status === UNAUTHORIZED) reply.header("www-authenticate", "Bearer");
  return reply.code(status).type("application/problem+json").send(body);
}

/** The path of a request, without its query string. */
export function pathOf(request: FastifyRequest): string {
  const at = request.url.indexOf("?");
  return at === -1 ? request.url : request.url.slice(0, at);
}

/** find-my-way writes a parameter `:name` and a colon of the path `::`. */
export function patternOf(path: string): string {
  return path.replaceAll(":", "::").replace(/\{(\w+)\}/g, ":$1");
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.kind === "taken") return reply;
  for (const name in answer.headers) reply.header(name, answer.headers[name] ?? "");
  switch (answer.kind) {
    case "json":
      return reply.code(answer.status).header("content-type", "application/json; charset=utf-8").send(answer.body);
    case "text":
      return reply.code(answer.status).header("content-type", answer.media).send(answer.body);
    case "stream":
      return reply.header("content-type", answer.media).send(answer.body);
    default:
      return unreachable(answer);
  }
}

type Read = (given: unknown) => unknown;

/** Parses with a schema; where nothing is given, which is common, with what it made of nothing before. */
function reader(schema: z.ZodObject | null, where: string): Read {
  const strict = schema?.strict() ?? null;
  const ofNothing = strict?.safeParse({}) ?? null;
  return (given) => {
    const isNothing = Object.keys((given ?? {}) as object).length === 0;
    if (isNothing && (ofNothing === null || ofNothing.success)) return ofNothing?.data ?? {};
    if (strict === null) throw new AssayError("http.malformed", `the ${where} takes no parameters`);
    return parsed(strict, given, where);
  };
}

/** Reads the query; that of a short text which came before as it was read then. */
function rememberingReader(read: Read): (request: FastifyRequest) => unknown {
  const known = new Map<string, unknown>();
  return (request) => {
    const text = request.url.slice(pathOf(request).length);
    const before = known.get(text);
    if (before !== undefined) return before;
    const query = read(request.query);
    if (text.length > QUERY_KEPT) return query;
    if (known.size >= QUERIES_KEPT) known.clear();
    known.set(text, query);
    return query;
  };
}

/** Headers that an operation does not name are none of its business. */
function headerReader(schema: z.ZodObject | null): (request: FastifyRequest) => unknown {
  if (schema === null) return () => NO_HEADERS;
  const names = Object.keys(schema.shape);
  const ofNothing = schema.parse({});
  return ({ headers }) => {
    let given: Record<string, unknown> | null = null;
    for (const name of names) {
      if (headers[name] === undefined) continue;
      given ??= {};
      given[name] = headers[name];
    }
    return given === null ? ofNothing : parsed(schema, given, "headers");
  };
}

const NO_HEADERS = {};
/** Queries that an operation remembers, and the length of the longest of them. */
const QUERIES_KEPT = 64;
const QUERY_KEPT = 64;

function parsed(schema: z.ZodObject, given: unknown, where: string): unknown {
  const result = schema.safeParse(given, REPORTING);
  if (result.success) return result.data;
  throw new AssayError("http.malformed", `${where}: ${issuesText(result.error, Object.keys(schema.shape))}`);
}

/** Issues say what was given, so that what is missing can be told from what does not fit. */
const REPORTING = { reportInput: true };

function mediaOf({ headers }: FastifyRequest): string {
  const type = headers["content-type"] ?? "";
  if (type === "application/json") return type;
  const at = type.indexOf(";");
  return (at === -1 ? type : type.slice(0, at)).trim().toLowerCase();
}

function wrongMedia(media: string, known: ReadonlySet<string>): AssayError {
  const given = media === "" ? "no `Content-Type` says what the body is" : `the body is \`${media}\``;
  return new AssayError("http.media_type", `${given}, and what is read is ${[...known].join(", ")}`);
}
