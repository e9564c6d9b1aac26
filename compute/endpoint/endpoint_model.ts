import { setTimeout as after } from "node:timers/promises";
import { AssayError } from "../../schema/assay_error.ts";
import { canonicalJson, sha256 } from "../../schema/canonical.ts";
import type { Clock } from "../../schema/clock.ts";
import { limits } from "../../schema/limits.ts";
import type { TextAnswer, TextModel, TextRequest } from "../../schema/text_model.ts";
import { answerSchema } from "./answer_schema.ts";
import { completionText } from "./completion_text.ts";
import { readRefusal, told } from "./refusal.ts";
import { retryWait_ms } from "./retry_after.ts";

export interface EndpointOptions {
  /** What the model is called here. */
  readonly name: string;
  /** Where the endpoint's API begins, `https://api.example.org/v1`. */
  readonly url: string;
  /** What the endpoint calls the model. */
  readonly model: string;
  /** Sent as a bearer token, and nowhere else; null for none. */
  readonly key: string | null;
  readonly clock: Clock;
  /** In place of the bound `endpoint_bytes`. */
  readonly bytes?: number;
}

/** Requests of one completion at most. */
const TRIES = 5;
const RETRIED: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * A model behind an OpenAI-compatible endpoint: `POST {url}/chat/completions`, streamed, the shape as `response_format` `json_schema` (which an
 * endpoint may disregard), `seed`, `temperature` and `max_tokens` (`max_completion_tokens` where it asks for that) as asked. It is no function of its inputs as a file is: `hash` is that of the
 * url and the model's name, and begins with `endpoint:`. Requests are sent again on 429, 502, 503, 504 and where the connection breaks, after
 * what `Retry-After` asks, within the request's time. Redirects are not followed, and the key stands in no error and no answer.
 * Errors: `model.endpoint_url` for a url that is none, or that would carry a key in clear text beyond this machine. Of `complete`:
 * `model.endpoint`, `model.endpoint_key` where the endpoint does not take the key, or no header could carry it, `model.prompt`, `limit.model_ms`, `limit.endpoint_bytes`.
 */
export function endpointModel(options: EndpointOptions): TextModel {
  const url = endpointUrl(options);
  if (options.key !== null && !/^[\x21-\x7e]+$/.test(options.key)) {
    throw new AssayError("model.endpoint_key", "the key is empty, or holds what a header cannot carry", { place: url });
  }
  const hash = `endpoint:${sha256(canonicalJson([url, options.model]))}`;
  const connection: Connection = { ...options, url, bound: "max_tokens" };
  return { name: options.name, hash, complete: (request) => complete(connection, request) };
}

interface Connection extends EndpointOptions {
  /** What the endpoint calls the bound on tokens: models that reason take only the second. */
  bound: "max_tokens" | "max_completion_tokens";
}

function endpointUrl({ url, key }: EndpointOptions): string {
  const fail = (detail: string): never => {
    throw new AssayError("model.endpoint_url", detail);
  };
  const parsed = URL.canParse(url) ? new URL(url) : fail(`\`${url}\` is no url`);
  if (parsed.username !== "" || parsed.password !== "" || parsed.search !== "") fail("the url holds credentials or a query");
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") fail(`\`${parsed.protocol}\` is neither http nor https`);
  if (key !== null && parsed.protocol === "http:" && !LOOPBACK.test(parsed.hostname)) {
    fail(`a key goes to \`${parsed.host}\` over https alone`);
  }
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}/chat/completions`;
}

async function complete(options: Connection, request: TextRequest): Promise<TextAnswer> {
  const { signal, time_ms } = request;
  signal?.throwIfAborted();
  const bounded_ms = Math.min(time_ms, limits.model_ms.value);
  const deadline = AbortSignal.timeout(bounded_ms);
  const stop = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  const { clock } = options;
  const end = clock.micros() + bounded_ms * 1_000;
  try {
    for (let tries = 1; ; tries++) {
      const begin = clock.micros();
      const answered = await attempt(options, request, stop, tries);
      if ("text" in answered) return { ...answered, millis: Math.round((clock.micros() - begin) / 1_000) };
      if (tries === TRIES || clock.micros() + answered.wait_ms * 1_000 > end) throw answered.error;
      await after(answered.wait_ms, undefined, { signal: stop });
    }
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (deadline.aborted) throw new AssayError("limit.model_ms", `the endpoint took more than ${bounded_ms} ${limits.model_ms.unit}`);
    throw error;
  }
}

/** What may be tried again, and after how long. */
interface Failed {
  readonly error: AssayError;
  readonly wait_ms: number;
}

async function attempt(options: Connection, request: TextRequest, stop: AbortSignal, tries: number): Promise<TextAnswer | Failed> {
  const { url, key, bytes = limits.endpoint_bytes.value } = options;
  const headers = { "content-type": "application/json", ...(key === null ? {} : { authorization: `Bearer ${key}` }) };
  const again = (error: AssayError): Failed => ({ error, wait_ms: retryWait_ms(new Headers(), tries) });
  let response: Response;
  try {
    response = await fetch(url, { method: "POST", headers, body: bodyOf(options, request), signal: stop, redirect: "manual" });
  } catch (cause) {
    stop.throwIfAborted();
    return again(new AssayError("model.endpoint", told(`the endpoint cannot be reached: ${reasonOf(cause)}`, key), { place: url }));
  }
  if (!response.ok) {
    const { error, unsupported } = await readRefusal(response, url, key);
    if (unsupported === "max_tokens" && options.bound === unsupported) {
      options.bound = "max_completion_tokens";
      return { error, wait_ms: 0 };
    }
    return RETRIED.has(response.status) ? { error, wait_ms: retryWait_ms(response.headers, tries) } : fail(error);
  }
  const admit = (read: number): void => {
    if (read > bytes) throw new AssayError("limit.endpoint_bytes", `the endpoint's answer has more than ${bytes} bytes`, { place: url });
  };
  try {
    const said = await completionText(response, { tokens: request.tokens, admit, onTokens: (tokens) => request.onTokens?.(tokens) });
    return key === null ? said : { ...said, text: said.text.replaceAll(key, "…") };
  } catch (cause) {
    stop.throwIfAborted();
    if (!(cause instanceof AssayError))
      return again(new AssayError("model.endpoint", told(`the answer broke off: ${reasonOf(cause)}`, key), { place: url }));
    throw new AssayError(cause.code, told(cause.detail, key), { place: url });
  }
}

function fail(error: AssayError): never {
  throw error;
}

/** The request, its schema written apart so that no integer in it is rounded. */
function bodyOf({ model, bound }: Connection, { prompt, shape, seed, temperature, tokens }: TextRequest): string {
  const messages = [{ role: "user", content: prompt }];
  const asked = { model, messages, seed, temperature, [bound]: tokens, stream: true, stream_options: { include_usage: true } };
  const text = JSON.stringify(asked);
  if (shape === null) return text;
  const format = `{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":${answerSchema(shape)}}}`;
  return `${text.slice(0, -1)},"response_format":${format}}`;
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
