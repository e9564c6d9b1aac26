import { type Table, tableFromIPC } from "apache-arrow";
import type { Verdict } from "../../schema/verdict.ts";
import type { Explanation } from "../../verify/explain.ts";
import type { LiveEvent } from "../ws/events.ts";
import type { TopicParameters } from "../ws/topic.ts";
import { AssayProblem } from "./problem.ts";
import { type SubscribeOptions, subscription } from "./subscription.ts";

export interface ConnectOptions {
  /** An API key, a JWT or a capability token. */
  readonly token?: string;
  readonly fetch?: typeof fetch;
}

type Cell = string | number | bigint | boolean | null;
/** Rows of facts by relation: arrays in attribute order, or objects by attribute name. */
export type Rows = Readonly<Record<string, readonly (readonly Cell[] | Readonly<Record<string, Cell>>)[]>>;

export interface Delta {
  readonly proposer: string;
  readonly reason?: string;
  /** The commit that the delta was made for. */
  readonly base?: number;
  /** The same key again gives the first verdict again. */
  readonly key?: string;
  readonly assert?: Rows;
  readonly retract?: Rows;
}

export interface SubmitOptions {
  /** Judge, and commit nothing. */
  readonly dryRun?: boolean;
  /** How many repairs to look for where a law refuses. */
  readonly repairs?: number;
}

export interface ReadOptions {
  /** A commit; the last where absent. */
  readonly asOf?: number;
  readonly limit?: number;
}

export interface ExplainOptions {
  readonly asOf?: number;
  readonly depth?: number;
}

const ARROW = "application/vnd.apache.arrow.stream";
const JSON_MEDIA = "application/json";

/**
 * A client of the service at `url`. Uses `fetch` and Arrow alone, so that it runs in Node, Deno and browsers. Each method throws
 * `AssayProblem` where the service answers with a problem; a refused delta is none, but a verdict.
 */
export class AssayClient {
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: typeof fetch;

  constructor(url: string, { token, fetch: own }: ConnectOptions = {}) {
    this.url = url.replace(/\/+$/, "");
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    // A browser's own `fetch` may be called by no object but its window.
    this.#fetch = own ?? ((input, init) => fetch(input, init));
  }

  /** The rows of a Datalog query, `?- package(p, "zod", v).`, or of one SELECT, as an Arrow table. */
  async query(question: string | { readonly sql: string }, options: ReadOptions = {}): Promise<Table> {
    const asked = typeof question === "string" ? { datalog: question } : question;
    const { asOf, limit } = options;
    const answer = await this.#post("/v1/query", { ...asked, as_of: asOf, limit }, ARROW);
    return tableFromIPC(new Uint8Array(await answer.arrayBuffer()));
  }

  /** The rows of a relation, base or derived, as an Arrow table. */
  async facts(relation: string, { asOf, limit }: ReadOptions = {}): Promise<Table> {
    const answer = await this.#get(`/v1/facts/${encodeURIComponent(relation)}`, { as_of: asOf, limit }, ARROW);
    return tableFromIPC(new Uint8Array(await answer.arrayBuffer()));
  }

  /** Proposes a delta. Accepted, it is committed when this returns. */
  async submit(delta: Delta, { dryRun, repairs }: SubmitOptions = {}): Promise<Verdict> {
    const query = queryText({ dryRun: dryRun === true ? "true" : undefined, repairs });
    return dataOf(await this.#post(`/v1/deltas${query}`, delta, JSON_MEDIA));
  }

  /** Why a fact holds or does not, `package("a", "b")`, or what stands behind a violation, by its fingerprint. */
  async explain(target: string, { asOf, depth }: ExplainOptions = {}): Promise<Explanation> {
    return dataOf(await this.#get("/v1/explain", { target, as_of: asOf, depth }, JSON_MEDIA));
  }

  /**
   * The events of a topic, until the consumer stops or the topic ends. A snapshot comes whole, and replaces what came before it; changes
   * follow without gap or duplicate. A connection that breaks is taken up again after the last event given out.
   */
  subscribe(topic: TopicParameters, options: SubscribeOptions = {}): AsyncGenerator<LiveEvent, void, undefined> {
    const { relation, law, query } = topic;
    const path = `${this.url}/v1/events${queryText({ topic: topic.topic, relation, law, query })}`;
    return subscription((headers, signal) => this.#fetch(path, { headers: { ...this.#headers, ...headers }, signal }), options);
  }

  async #get(path: string, query: Readonly<Record<string, string | number | undefined>>, accept: string): Promise<Response> {
    return this.#answered(await this.#fetch(`${this.url}${path}${queryText(query)}`, { headers: { ...this.#headers, accept } }));
  }

  async #post(path: string, body: unknown, accept: string): Promise<Response> {
    const headers = { ...this.#headers, accept, "content-type": JSON_MEDIA };
    return this.#answered(
      await this.#fetch(`${this.url}${path}`, { method: "POST", headers, body: JSON.stringify(body, integersAsTexts) }),
    );
  }

  async #answered(answer: Response): Promise<Response> {
    if (!answer.ok) throw await AssayProblem.of(answer);
    return answer;
  }
}

/** A client of the service at `url`: `connect("http://127.0.0.1:8080")`. */
export function connect(url: string, options: ConnectOptions = {}): AssayClient {
  return new AssayClient(url, options);
}

async function dataOf<T>(answer: Response): Promise<T> {
  return ((await answer.json()) as { readonly data: T }).data;
}

function queryText(given: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]]));
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

/** JSON has no integers past what a double holds; the service reads their digits from a text. */
function integersAsTexts(_key: string, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
}
