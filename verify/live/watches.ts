import type { IncrementalEngine } from "../../logic/engines/incremental/incremental_engine.ts";
import type { FactSource } from "../../logic/engines/incremental/load_engine.ts";
import { type Captured, type RowsChanged, Subscriptions, type WatchTarget } from "../../logic/engines/incremental/subscriptions.ts";
import type { Diagnostic } from "../../schema/diagnostic.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Row } from "../../schema/value.ts";
import type { Undecided } from "../../schema/verdict.ts";
import type { BaseState } from "../in_force.ts";
import type { MemoryChange } from "../memory/effects.ts";
import type { QuerySource } from "../query.ts";
import { differenceOf, meaningOf, netOf, rowsAsOf } from "./watch_rows.ts";

/** What happened to the rows of a watch between two commits. `ended` not null: nothing more will come of it. */
export interface WatchedChange extends RowsChanged {
  readonly id: number;
  /** The commit that the rows before are of. */
  readonly from: number;
  readonly to: number;
  readonly ended: Undecided | "gone" | null;
}

export type OpenedWatch =
  | { readonly kind: "watching"; readonly id: number; readonly relation: Relation }
  | { readonly kind: "unknown" }
  | { readonly kind: "rejected"; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: "undecided"; readonly undecided: Undecided };

/** Reads the state of a commit, the last where null. */
export type ReadState = <T>(state: BaseState, asOf: number | null, action: (source: QuerySource) => Promise<T>) => Promise<T>;

interface Watch {
  readonly id: number;
  readonly target: WatchTarget;
  /** The commit up to which its changes were told. */
  asOf: number;
  /** Its number among the engine's own watches; null where no engine keeps it. */
  live: number | null;
}

/**
 * Watches over a fact base: the changes of a relation, a law or a query, commit by commit. While the incremental engine judges, its
 * `Subscriptions` tell them at the cost of what changes. Where it does not, and when it was loaded anew, the rows as of the commit told last
 * are held against those of the head, so that there is neither a gap nor a duplicate whoever judged in between.
 * Every method is called in the fact base's turn; whatever ends a turn calls `catchUp` and then `take`.
 */
export class Watches {
  readonly #read: ReadState;
  readonly #watches = new Map<number, Watch>();
  #live: Subscriptions | null = null;
  #told: WatchedChange[] = [];
  #last = 0;

  constructor(read: ReadState) {
    this.#read = read;
  }

  get isEmpty(): boolean {
    return this.#watches.size === 0;
  }

  get isLive(): boolean {
    return this.#live !== null;
  }

  /** Watches from the state on, in which nothing is under way. */
  async open(target: WatchTarget, state: BaseState): Promise<OpenedWatch> {
    const meant = meaningOf(state.inForce.program, target);
    if (meant.kind !== "found") return meant;
    const id = this.#last + 1;
    let live: number | null = null;
    if (this.#live !== null) {
      const opened = await this.#live.watch(target);
      if (opened.kind === "undecided") return opened;
      if (opened.kind !== "watching") throw new Error("the engine does not know what its program has");
      live = opened.id;
    }
    this.#last = id;
    this.#watches.set(id, { id, target, asOf: state.head, live });
    return { kind: "watching", id, relation: meant.relation };
  }

  close(id: number): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) return;
    if (watch.live !== null) this.#live?.unwatch(watch.live);
    this.#watches.delete(id);
  }

  /** All rows of a watch as of the state; an `Undecided` where a bound ends the reading, null where it is gone. */
  async rows(id: number, state: BaseState): Promise<readonly Row[] | Undecided | null> {
    const watch = this.#watches.get(id);
    if (watch === undefined) return null;
    if (this.#live !== null && watch.live !== null) return this.#live.rows(watch.live);
    return this.#rowsAt(watch, null, state);
  }

  /** How the rows of a watch differ from what they were as of a commit; null where there was no such thing then or is none now. */
  async since(id: number, asOf: number, state: BaseState): Promise<RowsChanged | null> {
    const watch = this.#watches.get(id);
    if (watch === undefined) return null;
    const before = await this.#rowsAt(watch, asOf, state);
    const after = await this.rows(id, state);
    return isRows(before) && isRows(after) ? differenceOf(before, after) : null;
  }

  /** Goes over to an engine that holds the state. */
  async attach(engine: IncrementalEngine, source: Omit<FactSource, "program">, state: BaseState): Promise<void> {
    await this.catchUp(state);
    const live = new Subscriptions(engine, source);
    for (const watch of this.#watches.values()) {
      const opened = await live.watch(watch.target);
      if (opened.kind === "watching") watch.live = opened.id;
      else if (opened.kind === "undecided") this.#end(watch, state.head, opened.undecided);
    }
    this.#live = live;
  }

  /** The engine is let go. */
  detach(): void {
    this.#live = null;
    for (const watch of this.#watches.values()) watch.live = null;
  }

  /** Takes down what the engine's open delta, which is about to be kept, does to watches. */
  capture(changes: readonly MemoryChange[]): Captured | null {
    if (this.#live === null || this.#live.count === 0) return null;
    const side = (op: 1 | -1) =>
      changes
        .filter((change) => change.op === op)
        .flatMap(({ relation, source }) => source.rows.map((row) => ({ relation: relation.name, row })));
    return this.#live.capture({ assert: side(1), retract: side(-1) });
  }

  /** What was captured is on disk as commit `seq`, which followed the one before at once. */
  advance(seq: number, captured: readonly (Captured | null)[]): void {
    if (this.#live === null) return;
    const changes = new Map<number, RowsChanged[]>();
    const ended = new Map<number, Undecided | "gone">();
    for (const one of captured) {
      if (one === null || one.size === 0) continue;
      for (const change of this.#live.advance(one)) {
        const list = changes.get(change.id) ?? [];
        changes.set(change.id, list);
        list.push(change);
        if (change.ended !== null) ended.set(change.id, change.ended);
      }
    }
    for (const watch of this.#watches.values()) {
      if (watch.live === null) continue;
      const list = changes.get(watch.live);
      const end = ended.get(watch.live) ?? null;
      if (list !== undefined) this.#tell(watch, seq, netOf(list), end);
      watch.asOf = seq;
    }
  }

  /** Tells of commits up to the state's head that the engine did not see. */
  async catchUp(state: BaseState): Promise<void> {
    for (const watch of this.#watches.values()) {
      if (watch.asOf === state.head) continue;
      const before = await this.#rowsAt(watch, watch.asOf, state);
      const after = await this.#rowsAt(watch, null, state);
      if (isRows(before) && isRows(after)) this.#tell(watch, state.head, differenceOf(before, after), null);
      else this.#end(watch, state.head, isRows(after) || after === null ? "gone" : after);
      watch.asOf = state.head;
    }
  }

  /** What there is to tell since it was taken last. */
  take(): readonly WatchedChange[] {
    return this.#told.splice(0);
  }

  /** A read that fails ends its watch, not the turn, whose commits stand. */
  async #rowsAt(watch: Watch, asOf: number | null, state: BaseState): Promise<readonly Row[] | Undecided | null> {
    try {
      return await this.#read(state, asOf, (source) => rowsAsOf(source, watch.target));
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      return { code: "evidence.watch", relation: null, bound: null, unit: null, detail };
    }
  }

  #tell(watch: Watch, to: number, { added, removed }: RowsChanged, ended: Undecided | "gone" | null): void {
    if (added.length + removed.length > 0 || ended !== null) this.#told.push({ id: watch.id, from: watch.asOf, to, added, removed, ended });
    if (ended !== null) this.close(watch.id);
  }

  #end(watch: Watch, to: number, ended: Undecided | "gone"): void {
    this.#tell(watch, to, { added: [], removed: [] }, ended);
  }
}

function isRows(found: readonly Row[] | Undecided | null): found is readonly Row[] {
  return Array.isArray(found);
}
