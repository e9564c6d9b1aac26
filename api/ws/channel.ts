import type { Limits } from "../../schema/limits.ts";
import type { ServiceMetrics } from "../http/metrics.ts";
import { type SentEvent, sentEvent } from "./events.ts";
import { type Outlet, Written } from "./outlet.ts";

interface Client {
  readonly outlet: Outlet;
  /** What is sent before the channel's own events. */
  readonly first: SentEvent[];
  /** The number of the channel's event that comes next. */
  next: number;
  isFull: boolean;
}

interface Kept {
  /** The commits that it tells of are those after this one, up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly sent: SentEvent;
}

/** Events of a first page sent at once. */
const FIRST_AT_ONCE = 16;
/** Subscribers served a millisecond: the more there are, the more events each is sent at a time, so that serving them costs the same. */
const CLIENTS_A_MS = 5;
const PACE_MOST_MS = 250;
const CHARACTERS_A_MB = 1_000_000;

/**
 * The events of one topic, kept for a while and sent to all who subscribe: one queue for all of them, in which each has a place. A
 * subscriber whose place falls out of the queue is told `lagged` and cut off; none of them holds up the others or a commit.
 */
export class Channel {
  readonly #limits: () => Pick<Limits, "live_queue" | "live_queue_mb">;
  readonly #metrics: ServiceMetrics;
  readonly #clients = new Set<Client>();
  readonly #kept: Kept[] = [];
  /** Of all events kept. */
  #characters = 0;
  /** The number of the first event kept. */
  #begin = 0;
  #shared: { readonly from: number; readonly to: number; readonly written: Written; readonly events: readonly SentEvent[] } | null = null;
  #timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
  readonly #onEmpty: () => void;
  /** The commit after which every event is kept. */
  #coveredFrom: number;

  /** `onEmpty` is called whenever the last subscriber has gone. */
  constructor(
    limits: () => Pick<Limits, "live_queue" | "live_queue_mb">,
    metrics: ServiceMetrics,
    coveredFrom: number,
    onEmpty: () => void,
  ) {
    this.#limits = limits;
    this.#metrics = metrics;
    this.#coveredFrom = coveredFrom;
    this.#onEmpty = onEmpty;
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** Adds an event that tells of the commits after `from`, up to `to`. */
  push(sent: SentEvent, from: number, to: number): void {
    this.#kept.push({ from, to, sent });
    this.#characters += sent.json.length;
    const { live_queue, live_queue_mb } = this.#limits();
    const most = live_queue_mb * CHARACTERS_A_MB;
    if (this.#kept.length > 2 * live_queue || this.#characters > 2 * most) this.#shorten(live_queue, most);
    this.#schedule();
  }

  /** Lets the oldest events go. It is done for many at once, for the rest moves up. */
  #shorten(count: number, characters: number): void {
    let from = Math.max(0, this.#kept.length - count);
    let left = 0;
    for (let at = this.#kept.length - 1; at >= from; at -= 1) {
      left += this.#kept[at]?.sent.json.length ?? 0;
      if (left > characters) from = at + 1;
    }
    const dropped = this.#kept.splice(0, from);
    for (const { sent } of dropped) this.#characters -= sent.json.length;
    this.#begin += dropped.length;
    this.#coveredFrom = dropped.at(-1)?.to ?? this.#coveredFrom;
  }

  /** A place behind all events, for a subscriber that is sent `first` before. */
  join(outlet: Outlet, first: readonly SentEvent[]): void {
    this.#add({ outlet, first: [...first], next: this.#begin + this.#kept.length, isFull: false });
  }

  /**
   * A place behind the events that tell of commits up to `commit`. False where some of those after it are not kept any more, or are told
   * together with some before it.
   */
  rejoin(outlet: Outlet, commit: number): boolean {
    if (commit < this.#coveredFrom) return false;
    const at = this.#kept.findIndex(({ to }) => to > commit);
    if (at !== -1 && (this.#kept[at]?.from ?? 0) < commit) return false;
    this.#add({ outlet, first: [], next: this.#begin + (at === -1 ? this.#kept.length : at), isFull: false });
    return true;
  }

  /** Sends a last event to everyone and lets them go. */
  end(last: SentEvent): void {
    if (this.#timer !== null) clearTimer(this.#timer);
    this.#timer = null;
    for (const client of this.#clients) {
      this.#serve(client);
      if (this.#drop(client)) client.outlet.end(last);
    }
  }

  beat(): void {
    for (const { outlet, isFull } of this.#clients) if (!isFull) outlet.beat();
  }

  #add(client: Client): void {
    const { outlet } = client;
    if (outlet.isGone()) {
      this.#leave();
      return;
    }
    this.#clients.add(client);
    this.#metrics.noteSubscriber(outlet.transport, 1);
    outlet.onRoom(() => {
      client.isFull = false;
      this.#serve(client);
    });
    outlet.onGone(() => {
      if (this.#drop(client)) this.#leave();
    });
    this.#serve(client);
  }

  #drop(client: Client): boolean {
    if (!this.#clients.delete(client)) return false;
    this.#metrics.noteSubscriber(client.outlet.transport, -1);
    return true;
  }

  #leave(): void {
    if (this.#clients.size === 0) this.#onEmpty();
  }

  #schedule(): void {
    if (this.#timer !== null || this.#clients.size === 0) return;
    const pace = Math.min(PACE_MOST_MS, Math.floor(this.#clients.size / CLIENTS_A_MS));
    this.#timer = pace === 0 ? setImmediate(() => this.#serveAll()) : setTimeout(() => this.#serveAll(), pace);
  }

  #serveAll(): void {
    this.#timer = null;
    for (const client of this.#clients) this.#serve(client);
  }

  #serve(client: Client): void {
    if (!this.#clients.has(client)) return;
    if (client.next < this.#begin) {
      this.#drop(client);
      this.#metrics.noteLagged();
      client.outlet.end(sentEvent({ event: "lagged", cursor: null, code: "live.lagged" }));
      this.#leave();
      return;
    }
    while (!client.isFull && client.first.length > 0) {
      const events = client.first.splice(0, FIRST_AT_ONCE);
      client.isFull = !client.outlet.send(events, new Written(events));
    }
    const end = this.#begin + this.#kept.length;
    if (client.isFull || client.next === end) return;
    const { events, written } = this.#between(client.next, end);
    client.next = end;
    client.isFull = !client.outlet.send(events, written);
  }

  /** Events `from` … `to` (not counted), written once for all who are at the same place. */
  #between(from: number, to: number): { readonly events: readonly SentEvent[]; readonly written: Written } {
    if (this.#shared?.from === from && this.#shared.to === to) return this.#shared;
    const events = this.#kept.slice(from - this.#begin, to - this.#begin).map(({ sent }) => sent);
    this.#shared = { from, to, events, written: new Written(events) };
    return this.#shared;
  }
}

function clearTimer(timer: NodeJS.Timeout | NodeJS.Immediate): void {
  if ("hasRef" in timer && "refresh" in timer) clearTimeout(timer);
  else clearImmediate(timer as NodeJS.Immediate);
}
