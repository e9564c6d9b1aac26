import type { Clock } from "../../schema/clock.ts";
import type { Limits } from "../../schema/limits.ts";
import type { ServiceMetrics } from "../http/metrics.ts";
import { type SentEvent, sentEvent } from "./events.ts";
import type { Outlet } from "./outlet.ts";
import { Pace } from "./pace.ts";
import { Written } from "./written.ts";

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

type Bounds = Pick<Limits, "live_queue" | "live_queue_mb">;

/** Events of a first page sent at once. */
const FIRST_AT_ONCE = 16;
/** Subscribers served before others have their turn on the thread. */
const SLICE_CLIENTS = 64;
/** Telling is to take about one part in so many of the thread, as long as nobody is told later than this. */
const PARTS = 20;
const LATEST_MS = 1_000;
const CHARACTERS_A_MB = 1_000_000;

/**
 * The events of one topic, kept for a while and sent to all who subscribe: one queue for all of them, in which each has a place. They are
 * told in rounds, so that what is told at a time is written and compressed once for all; a single subscriber is told at once, and the more
 * telling takes, the rarer the rounds. A subscriber whose place falls out of the queue is told `lagged` and cut off; none of them holds up
 * the others or a commit.
 */
export class Channel {
  readonly #limits: () => Bounds;
  readonly #metrics: ServiceMetrics;
  readonly #clock: Clock;
  readonly #pace = new Pace(PARTS, LATEST_MS);
  readonly #clients = new Set<Client>();
  readonly #kept: Kept[] = [];
  /** Of all events kept. */
  #characters = 0;
  /** The number of the first event kept. */
  #begin = 0;
  /** Where the pieces begin in which events are sent: each reaches up to the next cut, the events behind the last one wait for a round. */
  readonly #cuts = [0];
  /** Of events behind the last cut. */
  #waiting = 0;
  /** Pieces that somebody was sent since the last round began, by where they begin. */
  readonly #written = new Map<number, Written>();
  #timer: NodeJS.Timeout | null = null;
  #soon: NodeJS.Immediate | null = null;
  #isTelling = false;
  readonly #onEmpty: () => void;
  /** The commit after which every event is kept. */
  #coveredFrom: number;

  /** `onEmpty` is called whenever the last subscriber has gone. */
  constructor(limits: () => Bounds, metrics: ServiceMetrics, clock: Clock, coveredFrom: number, onEmpty: () => void) {
    this.#limits = limits;
    this.#metrics = metrics;
    this.#clock = clock;
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
    this.#waiting += sent.json.length;
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
    const cut = this.#cuts.findLastIndex((at) => at <= this.#begin);
    if (cut > 0) this.#cuts.splice(0, cut);
  }

  /** A place behind all events, for a subscriber that is sent `first` before. */
  join(outlet: Outlet, first: readonly SentEvent[]): void {
    this.#cut();
    this.#add({ outlet, first: [...first], next: this.#told, isFull: false });
  }

  /**
   * A place behind the events that tell of commits up to `commit`. False where some of those after it are not kept any more, or are told
   * together with some before it.
   */
  rejoin(outlet: Outlet, commit: number): boolean {
    if (commit < this.#coveredFrom) return false;
    const at = this.#kept.findIndex(({ to }) => to > commit);
    if (at !== -1 && (this.#kept[at]?.from ?? 0) < commit) return false;
    this.#cut();
    this.#add({ outlet, first: [], next: at === -1 ? this.#told : this.#begin + at, isFull: false });
    return true;
  }

  /** Sends a last event to everyone and lets them go. */
  end(last: SentEvent): void {
    this.#unschedule();
    this.#cut();
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

  get #end(): number {
    return this.#begin + this.#kept.length;
  }

  /** Behind the last piece. */
  get #told(): number {
    return this.#cuts.at(-1) as number;
  }

  /** Makes one piece of the events that wait. */
  #cut(): void {
    if (this.#end > this.#told) this.#cuts.push(this.#end);
    this.#waiting = 0;
  }

  /** What waits for a round must not push out of the queue those who wait for nothing else. */
  #isUrgent(): boolean {
    const { live_queue, live_queue_mb } = this.#limits();
    return 2 * (this.#end - this.#told) > live_queue || 2 * this.#waiting > live_queue_mb * CHARACTERS_A_MB;
  }

  #schedule(): void {
    if (this.#isTelling || this.#soon !== null || this.#clients.size === 0) return;
    const wait = this.#isUrgent() ? 0 : this.#pace.wait_ms(this.#clock.micros());
    if (wait > 0) this.#timer ??= setTimeout(() => this.#tell(), wait);
    else {
      this.#unschedule();
      this.#soon = setImmediate(() => this.#tell());
    }
  }

  #unschedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#soon !== null) clearImmediate(this.#soon);
    this.#timer = null;
    this.#soon = null;
  }

  /** Begins a round. */
  #tell(): void {
    this.#unschedule();
    this.#written.clear();
    this.#cut();
    this.#isTelling = true;
    this.#pace.begin(this.#clock.micros());
    this.#tellSome([...this.#clients], 0);
  }

  #tellSome(clients: readonly Client[], from: number): void {
    const began = this.#clock.micros();
    const to = from + SLICE_CLIENTS;
    for (const client of clients.slice(from, to)) this.#serve(client);
    // Behind the ticks in which what was written goes to the sockets, which is most of the work.
    process.nextTick(() => {
      this.#pace.spend(this.#clock.micros() - began);
      if (to < clients.length) {
        setImmediate(() => this.#tellSome(clients, to));
        return;
      }
      this.#isTelling = false;
      if (this.#end > this.#told) this.#schedule();
    });
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
      client.isFull = !client.outlet.send(new Written(events, false));
    }
    while (!client.isFull && client.next < this.#told) {
      const { written, to } = this.#pieceAt(client.next);
      client.next = to;
      client.isFull = !client.outlet.send(written);
    }
  }

  /** The piece that begins at an event, or the rest of the one that it is in. */
  #pieceAt(next: number): { readonly written: Written; readonly to: number } {
    const at = this.#cuts.findLastIndex((cut) => cut <= next);
    const to = this.#cuts[at + 1] ?? this.#told;
    const known = this.#written.get(next);
    if (known !== undefined) return { written: known, to };
    const events = this.#kept.slice(next - this.#begin, to - this.#begin).map(({ sent }) => sent);
    const isWhole = this.#cuts[at] === next;
    const written = new Written(events, isWhole);
    if (isWhole) this.#written.set(next, written);
    return { written, to };
  }
}
