import type { Captured } from "../../logic/engines/incremental/subscriptions.ts";
import { rowText } from "../../schema/delta_id.ts";
import type { Fact } from "../../schema/fact.ts";
import type { Limits } from "../../schema/limits.ts";
import type { SqlSession } from "../../schema/sql_session.ts";
import type { Row } from "../../schema/value.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { readVerdict, verdictJson } from "../../schema/verdict_wire.ts";
import type { BaseState } from "../in_force.ts";
import type { Watches } from "../live/watches.ts";
import type { PreparedDelta } from "../prepared_delta.ts";
import { keyOwners, type Remembered, readRemembered, recall } from "../remembered.ts";
import type { Recalled, Trial, World } from "../world.ts";
import type { MemoryChange } from "./effects.ts";
import type { FactMemory } from "./fact_memory.ts";
import type { KnownLog } from "./known_log.ts";
import { LatePlaces } from "./late_places.ts";
import { MemoryTrial } from "./memory_trial.ts";
import { StoredRows } from "./stored_rows.ts";

/** What a group must know of the database before it is judged without it. */
interface Read {
  readonly remembered: ReadonlyMap<string, Remembered>;
  readonly owners: ReadonlyMap<string, string>;
  readonly rows: StoredRows;
}

export interface MemoryWorldInput {
  readonly memory: FactMemory;
  readonly log: KnownLog;
  readonly session: SqlSession;
  readonly limits: Limits;
  /** All that will be judged. */
  readonly deltas: readonly Pick<PreparedDelta, "id" | "typed" | "proposed">[];
  /** Whether verdicts given before are given again. */
  readonly recalls: boolean;
  /** As verdicts name it; `incremental` where absent. */
  readonly engine?: string;
  /** Told what is kept. */
  readonly watches?: Watches;
}

/**
 * The facts in memory while one group of deltas is judged over them, each over what the accepted ones before it left. What is accepted
 * stands in memory at once; the caller has it written, or drops the memory.
 */
export class MemoryWorld implements World {
  readonly engine: string;
  readonly memory: FactMemory;
  readonly limits: Limits;
  readonly #read: Read;
  readonly #judged = new Map<string, Remembered>();
  readonly #owners = new Map<string, string>();
  /** What the group has changed so far, commit by commit. */
  readonly #changes: (readonly MemoryChange[])[] = [];
  readonly places: LatePlaces;
  readonly #watches: Watches | null;
  #captured: (Captured | null)[] = [];
  /** False while a delta is judged after which there is none: to take back what it does at once costs half of an `undo`. */
  keepsAccepted = true;

  private constructor({ memory, log, limits, engine = "incremental", watches }: MemoryWorldInput, read: Read) {
    this.memory = memory;
    this.#watches = watches ?? null;
    this.places = new LatePlaces(log.places, memory.program.relations, this.#changes);
    this.limits = limits;
    this.#read = read;
    this.engine = engine;
  }

  /** Reads what judging the deltas needs of the database: nothing, as a rule, and a few statements at most, however many deltas. */
  static async open(input: MemoryWorldInput): Promise<MemoryWorld> {
    const { memory, log, session, deltas, recalls } = input;
    const ids = recalls ? await log.ids.mayBeKept(session, [...new Set(deltas.map(({ id }) => id))]) : [];
    const named = new Set(deltas.flatMap(({ proposed: { key } }) => (key === null || key.includes("\0") ? [] : [key])));
    const keys = await log.keys.mayBeKept(session, [...named]);
    const reached = memory.engine?.reached;
    const others = deltas.flatMap(({ typed }) => typed.filter(({ relation, rows }) => rows.length > 0 && !reached?.has(relation.name)));
    const read: Read = {
      remembered: await readRemembered(session, ids),
      owners: await keyOwners(session, keys),
      rows: await StoredRows.of(session, others),
    };
    return new MemoryWorld(input, read);
  }

  async recall(id: string, state: BaseState): Promise<Recalled> {
    const stored = this.#read.remembered.get(id);
    const judged = this.#judged.get(id);
    const found = judged === undefined ? stored : { ...judged, verdict: await this.#asStored(judged.verdict) };
    return { kept: stored !== undefined, verdict: found === undefined ? null : recall(found, state) };
  }

  /** A verdict as it will be read from the log. */
  async #asStored(verdict: Verdict): Promise<Verdict> {
    const [complete = verdict] = await this.places.complete([verdict]);
    return readVerdict(verdictJson(complete));
  }

  async keyOwner(key: string): Promise<string | null> {
    return this.#owners.get(key) ?? this.#read.owners.get(key) ?? null;
  }

  async trial(delta: PreparedDelta, state: BaseState): Promise<Trial> {
    return new MemoryTrial(this, delta, state);
  }

  /** Notes a verdict that the group will keep, so that the same delta later in the group is answered by it. */
  remember(id: string, judged: Remembered, key: string | null): void {
    this.#judged.set(id, judged);
    if (key !== null && judged.status === "accepted") this.#owners.set(key, id);
  }

  /** Whether a row is a fact now; one of a relation that no engine holds must be of the group's deltas. */
  has(relation: string, row: Row): boolean {
    const { engine } = this.memory;
    if (engine?.reached.has(relation) === true) return engine.has(relation, row);
    return this.#read.rows.has(relation, rowText(row));
  }

  /** Takes down for watches what the engine's open delta does, before it is kept. */
  capture(changes: readonly MemoryChange[]): void {
    if (this.#watches?.isLive === true) this.#captured.push(this.#watches.capture(changes));
  }

  /** What was captured since it was taken last, delta by delta. */
  takeCaptured(): readonly (Captured | null)[] {
    return this.#captured.splice(0);
  }

  /** Keeps what an accepted delta changed; the engine has it already. */
  keep(changes: readonly MemoryChange[]): void {
    this.#changes.push(changes);
    this.#note(changes, 1);
  }

  /** What the accepted deltas have changed, one after the other. */
  get changes(): readonly (readonly MemoryChange[])[] {
    return this.#changes;
  }

  /** Takes all that the group changed back. The engine's bounds may stop it: false, and the memory is to be dropped. */
  undo(): boolean {
    if (this.#changes.length === 0) return true;
    const commits = this.#changes.splice(0).reverse();
    for (const changes of commits) this.#note(changes, -1);
    const { engine } = this.memory;
    if (engine === null) return true;
    const isGrowth = commits.every((changes) => changes.every(({ op }) => op === 1));
    for (const changes of isGrowth ? [commits.flat()] : commits) {
      const { assert, retract } = engineDelta(changes, engine.reached);
      if (engine.apply({ assert: retract, retract: assert }).undecided !== null) return false;
      engine.keep();
    }
    return true;
  }

  #note(changes: readonly MemoryChange[], direction: 1 | -1): void {
    const reached = this.memory.engine?.reached;
    for (const { relation, op, rows, source } of changes) {
      this.memory.facts += op * direction * rows;
      if (reached?.has(relation.name) === true) continue;
      for (const row of source.rows) this.#read.rows.set(relation.name, rowText(row), op * direction === 1);
    }
  }
}

/** Changes in the form that an engine takes, as far as it holds the relations. */
export function engineDelta(changes: readonly MemoryChange[], reached: ReadonlySet<string>): { assert: Fact[]; retract: Fact[] } {
  const assert: Fact[] = [];
  const retract: Fact[] = [];
  for (const { relation, op, source } of changes) {
    if (!reached.has(relation.name)) continue;
    const side = op === 1 ? assert : retract;
    for (const row of source.rows) side.push({ relation: relation.name, row });
  }
  return { assert, retract };
}
