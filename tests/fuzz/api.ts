import { parseArgs } from "node:util";
import fc from "fast-check";
import { OpenApiChecker, type Operation, type Parameter, type Schema } from "../support/openapi_checker.ts";
import { keepRegression } from "../support/regressions.ts";
import { fromSchema, plausibleParameters } from "../support/schema_arbitrary.ts";
import { callAt, orderOf, type Served, withService } from "../support/services.ts";

/**
 * Sends requests made from the service's own OpenAPI document, sound ones and others, and holds every answer to the document: its status, its
 * media type, its schema. No answer is a 500. `node tests/fuzz/api.ts --seconds N [--seed S]`; a failure is shrunk and kept under
 * tests/regressions.
 */
const UNSOUND_OF_HUNDRED = [0, 3, 15];
const RUNS_A_ROUND = 60;
const ANSWER_MS = 20_000;
const FIRST_EVENTS_MS = 50;

export interface MadeRequest {
  readonly id: string;
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly media: string | null;
  readonly body: string | null;
}

/** What is wrong with the answer to a request, sent with `own` headers beside its own; null where nothing is. */
export async function faultOf(
  { url }: Served,
  checker: OpenApiChecker,
  made: MadeRequest,
  own: Readonly<Record<string, string>> = {},
): Promise<string | null> {
  const operation = checker.operations.find(({ operationId }) => operationId === made.id);
  if (operation === undefined) return `no operation ${made.id}`;
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => escaped(made.path[name]));
  const query = Object.entries(made.query).map(([name, value]) => `${escaped(name)}=${escaped(value)}`);
  const headers: Record<string, string> = { ...own, ...(made.media === null ? {} : { "content-type": made.media }) };
  for (const [name, value] of Object.entries(made.headers)) {
    const text = (typeof value === "string" ? value : (JSON.stringify(value) ?? "")).replace(/[^\x20-\x7e]/g, "");
    if (text !== "") headers[name] = text;
  }
  if (/event-stream/.test(JSON.stringify(operation.responses)))
    return streamFault(operation, checker, `${url}${path}?${query.join("&")}`, headers);
  const body = made.body === null || operation.method === "GET" ? {} : { body: made.body };
  const answer = await callAt(url, operation.method, `${path}${query.length === 0 ? "" : `?${query.join("&")}`}`, { headers, ...body });
  return checker.fault(operation, { status: answer.status, media: answer.headers.get("content-type") ?? "", text: answer.text });
}

/** Of a stream without an end only its beginning is asked for. */
async function streamFault(
  operation: Operation,
  checker: OpenApiChecker,
  url: string,
  headers: Record<string, string>,
): Promise<string | null> {
  const aborted = new AbortController();
  const response = await fetch(url, { headers, signal: AbortSignal.any([aborted.signal, AbortSignal.timeout(ANSWER_MS)]) });
  const media = response.headers.get("content-type") ?? "";
  const text = media.startsWith("text/event-stream") ? await firstEvents(response) : await response.text();
  aborted.abort();
  return checker.fault(operation, { status: response.status, media, text });
}

/** What a stream begins with, as far as it is there at once; nothing where it waits. */
async function firstEvents({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  const waited = new Promise<null>((resolve) => setTimeout(() => resolve(null), FIRST_EVENTS_MS));
  const chunk = await Promise.race([reader?.read() ?? null, waited]);
  const text = new TextDecoder().decode(chunk?.value);
  return text.slice(0, text.lastIndexOf("\n\n") + 1);
}

function escaped(value: unknown): string {
  const text = typeof value === "string" ? value.toWellFormed() : JSON.stringify(value);
  return encodeURIComponent(text === undefined || text === "" || /^\.{1,2}$/.test(text) ? "-" : text);
}

/** Requests of all operations. */
export function requests(checker: OpenApiChecker): fc.Arbitrary<MadeRequest> {
  return fc.oneof(
    ...checker.operations.flatMap((operation) => UNSOUND_OF_HUNDRED.map((unsound) => requestOf(checker, operation, unsound))),
  );
}

function requestOf(checker: OpenApiChecker, operation: Operation, unsound: number): fc.Arbitrary<MadeRequest> {
  const { operationId: id, parameters, requestBody } = operation;
  const values = (where: Parameter["in"]): fc.Arbitrary<Record<string, unknown>> => {
    const own = parameters.filter(
      ({ name, in: place, required }) => place === where && (required || unsound > 0 || name in plausibleParameters),
    );
    const made = own.map(({ name, schema }) => [name, parameterValue(checker, name, schema, unsound)]);
    const requiredKeys = own.filter(({ required }) => required).map(({ name }) => name);
    return fc.record(Object.fromEntries(made) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys });
  };
  const bodies = Object.entries(requestBody?.content ?? {}).map(([media, { schema }]) => {
    const body =
      schema === undefined ? rawBody(unsound) : fromSchema(checker, schema, unsound).map((value) => JSON.stringify(value) ?? "null");
    return body.map((text) => ({ media, body: text }));
  });
  const none: fc.Arbitrary<{ media: string | null; body: string | null }> = fc.constant({ media: null, body: null });
  const body = bodies.length === 0 ? none : fc.oneof(...bodies);
  return fc
    .tuple(values("path"), values("query"), values("header"), body)
    .map(([path, query, headers, sent]) => ({ id, path, query, headers, ...sent }));
}

function parameterValue(checker: OpenApiChecker, name: string, schema: Schema, unsound: number): fc.Arbitrary<unknown> {
  const plausible = unsound === 0 ? plausibleParameters[name] : undefined;
  return plausible ?? fromSchema(checker, schema, unsound);
}

/** Bodies of media types that the document says nothing about. */
function rawBody(unsound: number): fc.Arbitrary<string> {
  const plausible = fc.constantFrom(
    "name,credit\nx,1\n",
    "name,credit\nx,one\n",
    '{"name": "y", "credit": 2}\n',
    '{"proposer": "p"}\n{"op": "assert", "relation": "customer", "row": ["z", 1]}\n',
  );
  return unsound === 0 ? plausible : fc.oneof(plausible, fc.string({ unit: "binary" }));
}

/** Runs `action` with a service that everyone may ask, that has something in it, and the judge of its answers. */
export async function withChecked(action: (served: Served, checker: OpenApiChecker) => Promise<void>): Promise<void> {
  await withService(
    async (served) => {
      for (let id = 1; id <= 3; id += 1) await served.submit(orderOf(id, id * 600));
      await served.submit({ assert: { order: [[9, "nobody", 1]] } });
      const document = (await served.call("GET", "/openapi.json")).json;
      await action(served, new OpenApiChecker(document));
    },
    { limits: { query_ms: 2_000, clingo_ms: 2_000 } },
  );
}

/** Sends requests for so many seconds. Throws at the first answer that is wrong, its request shrunk and kept. Returns how many were sent. */
export async function fuzz(seconds: number, seed: number): Promise<number> {
  let sent = 0;
  await withChecked(async (served, checker) => {
    sent = await sendAll("api", requests(checker), (made) => faultOf(served, checker, made), seconds, seed);
  });
  return sent;
}

/** Sends made requests round by round. Throws at the first fault, its request shrunk and kept under `name`. Returns how many were sent. */
export async function sendAll<T>(
  name: string,
  made: fc.Arbitrary<T>,
  fault: (made: T) => Promise<string | null>,
  seconds: number,
  seed: number,
): Promise<number> {
  let sent = 0;
  const end = performance.now() + seconds * 1_000;
  for (let round = seed; performance.now() < end; round += 1) {
    const check = fc.asyncProperty(made, async (one) => {
      sent += 1;
      const found = await fault(one);
      if (found !== null) throw new Error(found);
    });
    const interruptAfterTimeLimit = Math.max(1, end - performance.now());
    const found = await fc.check(check, { seed: round, numRuns: RUNS_A_ROUND, interruptAfterTimeLimit });
    if (!found.failed || found.counterexample === null) continue;
    const file = keepRegression(name, JSON.stringify(found.counterexample[0]));
    throw new Error(`seed ${round}: ${JSON.stringify(found.counterexample[0])}; kept as ${file}`, { cause: found.errorInstance });
  }
  return sent;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, seed: { type: "string", default: "1" } } });
  process.stdout.write(`${await fuzz(Number(values.seconds), Number(values.seed))} requests\n`);
}
