import { once } from "node:events";
import { liveEventForm } from "../../api/ws/event_schema.ts";
import type { Value } from "../../schema/value.ts";

/** An event as a subscriber gets it. */
export interface Told {
  readonly event: string;
  readonly cursor: string | null;
  readonly rows?: readonly (readonly Value[])[];
  readonly added?: readonly (readonly Value[])[];
  readonly removed?: readonly (readonly Value[])[];
  readonly last?: boolean;
  readonly offset?: number;
  readonly from?: number;
  readonly to?: number;
  readonly code?: string;
  readonly delta?: string;
  readonly total?: number;
  readonly entry?: { readonly seq: number };
  readonly laws_gone?: readonly string[];
}

/** A subscriber: what it was told so far, and what closed it. */
export interface LiveClient {
  readonly events: Told[];
  readonly cursor: string | null;
  readonly closed: string | null;
  /** Waits until the events told satisfy a condition. */
  until(isEnough: (events: readonly Told[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 20_000;
const REFUSED = "refused subscription";

class Log {
  readonly events: Told[] = [];
  closed: string | null = null;
  #wake: (() => void)[] = [];

  get cursor(): string | null {
    return this.events.findLast(({ cursor }) => cursor !== null)?.cursor ?? null;
  }

  add(events: readonly Told[]): void {
    for (const event of events) if (event.event !== REFUSED) liveEventForm.parse(event);
    this.events.push(...events);
    this.wake();
  }

  wake(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  async until(isEnough: (events: readonly Told[]) => boolean): Promise<void> {
    const late = setTimeout(() => this.wake(), PATIENCE_MS);
    const end = performance.now() + PATIENCE_MS;
    try {
      while (!isEnough(this.events)) {
        if (performance.now() >= end) throw new Error(`not told in time; ${this.events.length} events, closed: ${this.closed}`);
        await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
    } finally {
      clearTimeout(late);
    }
  }
}

function clientOf(log: Log, close: () => Promise<void>): LiveClient {
  return {
    events: log.events,
    get cursor() {
      return log.cursor;
    },
    get closed() {
      return log.closed;
    },
    until: (isEnough) => log.until(isEnough),
    close,
  };
}

/** Subscribes by server-sent events. */
export async function sseClient(url: string, query: string, lastEventId?: string, own: Record<string, string> = {}): Promise<LiveClient> {
  const aborted = new AbortController();
  const headers = { ...own, ...(lastEventId === undefined ? {} : { "last-event-id": lastEventId }) };
  const response = await fetch(`${url}/v1/events?${query}`, { headers, signal: aborted.signal });
  if (response.status !== 200 || response.body === null) throw new Error(`${response.status}: ${await response.text()}`);
  const log = new Log();
  const read = async (body: ReadableStream<Uint8Array>): Promise<void> => {
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      log.add(blocks.flatMap((block) => (/^data: (.*)$/m.test(block) ? [JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? "") as Told] : [])));
    }
  };
  const reading = read(response.body).then(
    () => "end",
    () => "aborted",
  );
  void reading.then((why) => {
    log.closed = why;
    log.wake();
  });
  return clientOf(log, async () => {
    aborted.abort();
    await reading;
  });
}

/** Subscribes by a WebSocket. */
export async function wsClient(url: string, query: string, headers: Record<string, string> = {}): Promise<LiveClient> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/live?${query}`, { headers });
  const log = new Log();
  socket.addEventListener("message", ({ data }) => {
    const { events, error } = JSON.parse(String(data)) as { events: Told[]; error: { code: string } | null };
    log.add(error === null ? events : [{ event: REFUSED, cursor: null, code: error.code }]);
  });
  const gone = once(socket, "close") as Promise<[CloseEvent]>;
  void gone.then(([{ code, reason }]) => {
    log.closed = `${code} ${reason}`;
    log.wake();
  });
  await Promise.race([once(socket, "open"), gone]);
  return clientOf(log, async () => {
    socket.close();
    await gone;
  });
}

/** The rows that a subscriber has after these events; throws where one comes twice, or goes that was not there. */
export function rowsTold(events: readonly Told[], before: ReadonlySet<string> = new Set()): Set<string> {
  let rows = new Set(before);
  for (const { event, rows: page = [], added = [], removed = [], offset } of events) {
    if (event === "snapshot") {
      if (offset === 0) rows = new Set();
      if (rows.size !== offset) throw new Error(`a part behind ${offset} rows where ${rows.size} are known`);
      for (const row of page) put(rows, row);
    }
    if (event !== "change" && event !== "violations") continue;
    for (const row of removed) if (!rows.delete(JSON.stringify(row))) throw new Error(`${JSON.stringify(row)} goes and was not there`);
    for (const row of added) put(rows, row);
  }
  return rows;
}

function put(rows: Set<string>, row: unknown): void {
  const text = JSON.stringify(row);
  if (rows.has(text)) throw new Error(`${text} comes twice`);
  rows.add(text);
}
