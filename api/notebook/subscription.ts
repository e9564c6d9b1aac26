import type { LiveEvent } from "../ws/events.ts";
import { AssayProblem } from "./problem.ts";
import { eventsOf } from "./server_events.ts";

export interface SubscribeOptions {
  /** Of the last event seen; without one a snapshot comes first. */
  readonly cursor?: string;
  /** Ends the subscription. */
  readonly signal?: AbortSignal;
  /** Told of each break, before the client tries again. */
  readonly onBreak?: (cause: unknown) => void;
}

export type Open = (headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Response>;

type Snapshot = Extract<LiveEvent, { readonly event: "snapshot" }>;

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** Problems after which the same subscription may well succeed. */
const PASSING: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What a subscription holds between connections. */
interface Thread {
  cursor: string | null;
  /** Of a snapshot that is not whole yet. */
  parts: Snapshot[];
  hasEnded: boolean;
  /** How long to wait before the next try; an event that came makes it short again. */
  wait_ms: number;
}

/** The events of a stream that `open` opens, opened again after each break. Errors: `AssayProblem`, where trying again is no use. */
export async function* subscription(open: Open, options: SubscribeOptions): AsyncGenerator<LiveEvent, void, undefined> {
  const thread: Thread = { cursor: options.cursor ?? null, parts: [], hasEnded: false, wait_ms: FIRST_WAIT_MS };
  const stopped = new AbortController();
  const signal = options.signal === undefined ? stopped.signal : AbortSignal.any([options.signal, stopped.signal]);
  try {
    while (!signal.aborted) {
      try {
        yield* connection(open, thread, signal);
        if (thread.hasEnded) return;
        options.onBreak?.(null);
      } catch (cause) {
        if (signal.aborted) return;
        if (cause instanceof AssayProblem && !PASSING.has(cause.status)) throw cause;
        if (cause instanceof AssayProblem && cause.retryAfter_s !== null)
          thread.wait_ms = Math.max(thread.wait_ms, cause.retryAfter_s * 1_000);
        options.onBreak?.(cause);
      }
      await pause(thread.wait_ms, signal);
      thread.wait_ms = Math.min(2 * thread.wait_ms, LONGEST_WAIT_MS);
    }
  } finally {
    stopped.abort();
  }
}

/** The events of one connection. The parts of a snapshot become one, also where they come over several connections. */
async function* connection(open: Open, thread: Thread, signal: AbortSignal): AsyncGenerator<LiveEvent, void, undefined> {
  const headers = { accept: "text/event-stream", ...(thread.cursor === null ? {} : { "last-event-id": thread.cursor }) };
  const answer = await open(headers, signal);
  if (!answer.ok) throw await AssayProblem.of(answer);
  if (answer.body === null) throw new Error("the answer has no body");
  for await (const event of eventsOf(answer.body)) {
    thread.wait_ms = FIRST_WAIT_MS;
    if (event.event === "lagged" || event.event === "closing" || event.event === "unauthorized") return;
    thread.cursor = event.cursor;
    thread.hasEnded = event.event === "ended";
    const whole = event.event === "snapshot" ? joined(thread, event) : event;
    if (whole !== null) yield whole;
    if (thread.hasEnded) return;
  }
}

/** The snapshot whose last part came; null where more parts are to come. */
function joined(thread: Thread, part: Snapshot): Snapshot | null {
  if (part.offset === 0) thread.parts = [];
  thread.parts.push(part);
  if (!part.last) return null;
  const rows = thread.parts.flatMap((one) => one.rows);
  const offset = thread.parts[0]?.offset ?? 0;
  thread.parts = [];
  return { ...part, offset, rows };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
