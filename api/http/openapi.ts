import { z } from "zod";
import { type ErrorCode, registry } from "../../schema/errors.ts";
import type { AnswerForm, Route } from "./route.ts";
import { envelope, problem } from "./wire/schemas.ts";

/** A JSON document. */
export interface Json {
  [member: string]: unknown;
}

/** What every operation may answer with, whatever it is asked. */
const COMMON_ERRORS: readonly ErrorCode[] = [
  "http.malformed",
  "http.rate",
  "http.closing",
  "internal.invariant",
  "auth.rate",
  "auth.required",
  "auth.unknown",
  "auth.forbidden",
  "auth.token_forbids",
  "auth.undecided",
  "auth.config",
];
/** Where credentials are configured, one of these is required. */
const SECURITY_SCHEMES = {
  bearer: { type: "http", scheme: "bearer", description: "an API key, a JWT or a capability token" },
  key: { type: "apiKey", in: "header", name: "x-api-key" },
  certificate: { type: "mutualTLS" },
};
const BODY_ERRORS: readonly ErrorCode[] = ["http.media_type", "limit.body_bytes", "json.syntax", "limit.json_bytes"];
const PROBLEM_MEDIA = "application/problem+json";

/** The OpenAPI 3.1 document of the operations: made of the same schemas that their door checks. */
export function openApiOf(routes: readonly Route[], version: string): Json {
  const components: Json = {};
  const schema = (type: z.ZodType, io: "input" | "output"): Json =>
    hoisted(z.toJSONSchema(type, { io, unrepresentable: "any" }) as Json, components);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    paths[route.path] = path;
    path[route.method.toLowerCase()] = operationOf(route, schema);
  }
  schema(problem, "output");
  return {
    openapi: "3.1.1",
    info: {
      title: "Assay",
      version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description: "A fact base that refuses to be wrong: every write is a delta that logic programs must accept before it commits.",
    },
    servers: [{ url: "/" }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    security: [{}, ...Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [] }))],
    components: { schemas: components, securitySchemes: SECURITY_SCHEMES },
  };
}

type SchemaOf = (type: z.ZodType, io: "input" | "output") => Json;

function operationOf(route: Route, schema: SchemaOf): Json {
  const parameters = [
    ...parametersOf(route.params, "path", schema),
    ...parametersOf(route.query, "query", schema),
    ...parametersOf(route.headers, "header", schema).filter(({ name }) => name !== "accept"),
  ];
  const body = route.body === null ? {} : { requestBody: { required: true, content: bodyContent(route.body.media, schema) } };
  const responses: Json = {};
  for (const [status, form] of Object.entries(route.answers)) responses[status] = answerOf(form, schema);
  for (const [status, codes] of errorsOf(route)) {
    if (responses[status] !== undefined) continue;
    responses[status] = {
      description: codes.map((code) => `\`${code}\`: ${registry[code].title}`).join("; "),
      content: { [PROBLEM_MEDIA]: { schema: { $ref: "#/components/schemas/Problem" } } },
    };
  }
  responses["default"] = {
    description: "any other error",
    content: { [PROBLEM_MEDIA]: { schema: { $ref: "#/components/schemas/Problem" } } },
  };
  return { operationId: route.id, tags: [route.tag], summary: route.summary, parameters, ...body, responses };
}

function parametersOf(type: z.ZodObject | null, where: "path" | "query" | "header", schema: SchemaOf): Json[] {
  if (type === null) return [];
  const { properties = {}, required = [] } = schema(type, "input") as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, of]) => {
    const { description, ...rest } = of;
    return {
      name,
      in: where,
      required: where === "path" || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function bodyContent(media: Readonly<Record<string, z.ZodType | null>>, schema: SchemaOf): Json {
  return Object.fromEntries(Object.entries(media).map(([name, type]) => [name, type === null ? {} : { schema: schema(type, "input") }]));
}

function answerOf({ description, data, media = [], item, message }: AnswerForm, schema: SchemaOf): Json {
  if (message !== undefined) return { description, "x-message": schema(message, "output") };
  const json = data === undefined ? {} : { "application/json": { schema: schema(envelope(data), "output") } };
  const content = {
    ...json,
    ...Object.fromEntries(media.map((name) => [name, item === undefined ? {} : { schema: schema(item, "output") }])),
  };
  return Object.keys(content).length === 0 ? { description } : { description, content };
}

function errorsOf(route: Route): [string, ErrorCode[]][] {
  const codes = [...(route.errors as ErrorCode[]), ...COMMON_ERRORS, ...(route.body === null ? [] : BODY_ERRORS)];
  const byStatus = new Map<string, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const status = String(registry[code].http);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return [...byStatus];
}

/** A schema whose named parts have gone to `components`, their references with them. */
function hoisted(schema: Json, components: Json): Json {
  const { $schema: _dialect, $defs = {}, ...own } = schema as Json & { $defs?: Json };
  for (const [name, of] of Object.entries($defs)) components[name] ??= referring(of) as Json;
  const id = own["id"];
  if (typeof id !== "string") return referring(own) as Json;
  components[id] ??= referring(own) as Json;
  return { $ref: `#/components/schemas/${id}` };
}

/** References to definitions made references to components; ids, which JSON Schema would resolve, left out. */
function referring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referring);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([name, member]) => !(name === "id" && typeof member === "string"));
  return Object.fromEntries(
    members.map(([name, member]) => {
      if (name === "$ref" && typeof member === "string") return [name, member.replace("#/$defs/", "#/components/schemas/")];
      return [name, referring(member)];
    }),
  );
}
