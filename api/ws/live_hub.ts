import { AssayError } from "../../schema/assay_error.ts";
import type { Clock } from "../../schema/clock.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import type { StillBase, Turn } from "../../verify/live/turns.ts";
import { rejected } from "../../verify/load.ts";
import type { ServiceMetrics } from "../http/metrics.ts";
import { Channel } from "./channel.ts";
import { sentEvent } from "./events.ts";
import { type FollowedWatch, firstCommits, firstRows, firstViolations, standingOf } from "./first_events.ts";
import type { Outlet } from "./outlet.ts";
import { type LiveCursor, liveCursorText, type Topic } from "./topic.ts";
import { violationEvents } from "./violation_events.ts";

/** A topic that somebody is subscribed to. */
interface Followed {
  readonly topic: Topic;
  readonly channel: Channel;
  readonly watches: Map<number, FollowedWatch>;
}

const BEAT_MS = 15_000;

/** Brings what turns of the fact base leave behind to those who subscribed to it. */
export class LiveHub {
  readonly #base: FactBase;
  readonly #metrics: ServiceMetrics;
  readonly #clock: Clock;
  readonly #followed = new Map<string, Followed>();
  readonly #byWatch = new Map<number, Followed>();
  readonly #stopListening: () => void;
  readonly #heart: NodeJS.Timeout;
  #isClosed = false;

  constructor(base: FactBase, metrics: ServiceMetrics, clock: Clock) {
    this.#base = base;
    this.#metrics = metrics;
    this.#clock = clock;
    this.#stopListening = base.onTurn((turn) => this.#tell(turn));
    this.#heart = setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  get clients(): number {
    let sum = 0;
    for (const { channel } of this.#followed.values()) sum += channel.clients;
    return sum;
  }

  /**
   * Subscribes an outlet: a snapshot and then every change, or every change after a cursor. Errors: `limit.live_clients`, `limit.live_watches`,
   * `limit.live_rows`, `live.cursor`, `query.unknown_relation`, `query.rejected`, `query.undecided`, `http.closing`.
   */
  async subscribe(topic: Topic, cursor: LiveCursor | null, outlet: Outlet): Promise<void> {
    if (this.#isClosed) throw new AssayError("http.closing", "the service is shutting down");
    const { limits } = this.#base;
    if (this.clients >= limits.live_clients) throw new AssayError("limit.live_clients", `${this.clients} clients are subscribed`);
    const key = JSON.stringify(topic);
    const known = this.#followed.get(key);
    const isWhole = cursor !== null && cursor.offset === null && topic.kind !== "violations";
    if (known !== undefined && isWhole && known.channel.rejoin(outlet, cursor.commit)) return;
    await this.#base.still(async (still) => {
      const followed = this.#followed.get(key) ?? (await this.#follow(key, topic, still));
      try {
        const first = await firstEvents(followed, still, cursor, this.#base);
        if (this.#isClosed) throw new AssayError("http.closing", "the service is shutting down");
        followed.channel.join(outlet, first);
      } catch (cause) {
        if (followed.channel.clients === 0) this.#unfollow(key, followed, still);
        throw cause;
      }
    });
  }

  /** Tells everyone that the service closes. Nobody can subscribe any more. */
  close(): void {
    this.#isClosed = true;
    this.#stopListening();
    clearInterval(this.#heart);
    for (const { channel } of this.#followed.values()) channel.end(sentEvent({ event: "closing", cursor: null }));
  }

  async #follow(key: string, topic: Topic, still: StillBase): Promise<Followed> {
    const { limits } = this.#base;
    const onEmpty = (): void => void this.#forget(key).catch(() => undefined);
    const channel = new Channel(() => this.#base.limits, this.#metrics, this.#clock, still.head, onEmpty);
    const followed: Followed = { topic, channel, watches: new Map() };
    if (topic.kind === "violations") await this.#watchLaws(followed, still);
    else if (topic.kind !== "commits") {
      if (this.#byWatch.size >= limits.live_watches) throw new AssayError("limit.live_watches", `${this.#byWatch.size} are followed`);
      await this.#watch(followed, topic, null, still);
    }
    this.#followed.set(key, followed);
    return followed;
  }

  async #watch(
    followed: Followed,
    target: Parameters<StillBase["watch"]>[0],
    law: string | null,
    still: StillBase,
  ): Promise<FollowedWatch> {
    const opened = await still.watch(target);
    switch (opened.kind) {
      case "watching": {
        const watch = { id: opened.id, law, relation: opened.relation };
        followed.watches.set(opened.id, watch);
        this.#byWatch.set(opened.id, followed);
        return watch;
      }
      case "rejected":
        throw rejected(opened.diagnostics, "query.rejected", "the query");
      case "undecided":
        throw new AssayError("query.undecided", `${opened.undecided.detail} (\`${opened.undecided.code}\`)`);
      default:
        throw new AssayError("query.unknown_relation", `there is no such ${target.kind}`);
    }
  }

  /** Watches laws that are in force and not watched yet. */
  async #watchLaws(followed: Followed, still: StillBase): Promise<FollowedWatch[]> {
    const known = new Set([...followed.watches.values()].map(({ law }) => law));
    const fresh: FollowedWatch[] = [];
    for (const { id } of this.#base.program.laws) {
      if (!known.has(id)) fresh.push(await this.#watch(followed, { kind: "law", law: id }, id, still));
    }
    return fresh;
  }

  #unfollow(key: string, followed: Followed, still: StillBase): void {
    for (const id of followed.watches.keys()) {
      still.unwatch(id);
      this.#byWatch.delete(id);
    }
    this.#followed.delete(key);
  }

  /** Lets a topic go that nobody is subscribed to any more. */
  async #forget(key: string): Promise<void> {
    if (this.#isClosed) return;
    await this.#base.still(async (still) => {
      const followed = this.#followed.get(key);
      if (followed !== undefined && followed.channel.clients === 0) this.#unfollow(key, followed, still);
    });
  }

  /** A fault here must not fail the turn, whose commits stand: it ends the subscriptions, which can be taken up again. */
  #tell(turn: Turn): void {
    try {
      this.#tellAll(turn);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      const ended = { event: "ended", cursor: String(turn.head), code: "internal.invariant", detail } as const;
      for (const { channel } of this.#followed.values()) channel.end(sentEvent(ended));
    }
  }

  #tellAll(turn: Turn): void {
    this.#tellCommits(turn);
    for (const change of turn.changes) {
      const followed = this.#byWatch.get(change.id);
      if (followed === undefined || followed.topic.kind === "violations") continue;
      const { channel } = followed;
      const { from, to, added, removed, ended } = change;
      if (added.length + removed.length > 0) {
        channel.push(sentEvent({ event: "change", cursor: String(to), from, to, added, removed }), from, to);
      }
      if (ended === null) continue;
      const [code, detail] = ended === "gone" ? ["live.ended", "no theory in force declares it any more"] : [ended.code, ended.detail];
      this.#byWatch.delete(change.id);
      for (const [key, other] of this.#followed) if (other === followed) this.#followed.delete(key);
      channel.end(sentEvent({ event: "ended", cursor: String(to), code, detail }));
    }
    const violations = this.#followed.get(JSON.stringify({ kind: "violations" } satisfies Topic));
    if (violations !== undefined) this.#tellViolations(violations, turn);
  }

  #tellCommits({ records }: Turn): void {
    const commits = this.#followed.get(JSON.stringify({ kind: "commits" } satisfies Topic));
    if (commits === undefined) return;
    for (const record of records) {
      if (record.kind !== "commit") continue;
      const { entry } = record;
      commits.channel.push(sentEvent({ event: "commit", cursor: String(entry.seq), entry }), entry.seq - 1, entry.seq);
    }
  }

  #tellViolations(followed: Followed, turn: Turn): void {
    for (const { event, to } of violationEvents(turn, followed.watches)) followed.channel.push(sentEvent(event), to, to);
    for (const { id, ended } of turn.changes) {
      if (ended === null || !followed.watches.delete(id)) continue;
      this.#byWatch.delete(id);
    }
    const isLoad = turn.records.some((record) => record.kind === "commit" && record.entry.kind === "load");
    if (isLoad) void this.#base.still((still) => this.#tellNewLaws(followed, still)).catch(() => undefined);
  }

  /** What stands of laws that have come into force. */
  async #tellNewLaws(followed: Followed, still: StillBase): Promise<void> {
    const added = [];
    for (const watch of await this.#watchLaws(followed, still)) {
      const rows = await still.rows(watch.id);
      if (Array.isArray(rows)) for (const row of rows) added.push(standingOf(watch, row));
    }
    const { head } = still;
    const cursor = liveCursorText({ commit: head, time: await still.lastTime(), offset: null });
    if (added.length > 0) {
      followed.channel.push(
        sentEvent({ event: "violations", cursor, from: head, to: head, added, removed: [], laws_gone: [] }),
        head,
        head,
      );
    }
  }

  #beat(): void {
    for (const { channel } of this.#followed.values()) channel.beat();
  }
}

function firstEvents(followed: Followed, still: StillBase, cursor: LiveCursor | null, { limits }: FactBase) {
  const { topic, watches } = followed;
  if (topic.kind === "commits") return firstCommits(still, cursor, limits);
  if (topic.kind === "violations") return firstViolations(still, [...watches.values()], cursor, limits);
  const [watch] = watches.values();
  if (watch === undefined) throw new Error("a topic without its watch");
  return firstRows(still, watch, cursor, limits);
}
