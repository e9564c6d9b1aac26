import type { IncrementalEngine } from "../logic/engines/incremental/incremental_engine.ts";
import type { WatchTarget } from "../logic/engines/incremental/subscriptions.ts";
import { warmUp } from "../logic/engines/incremental/warm_up.ts";
import type { ProposedDelta } from "../schema/delta.ts";
import type { Limits } from "../schema/limits.ts";
import type { Verdict } from "../schema/verdict.ts";
import { agree, binding, disagreement, type Opinion, opinionOf } from "./agreement.ts";
import { nextCommit, writeGroup } from "./commit.ts";
import { DuckDbWorld } from "./duckdb_world.ts";
import { defaultEngines, type EngineName, isForDuckDb } from "./engine_name.ts";
import { judgeDelta, judgePrepared, verdictOf } from "./gate.ts";
import { type Decided, decide, decisionsText, type ImportOrder } from "./import_order.ts";
import type { BaseState } from "./in_force.ts";
import { type ImportUnit, unitsAsDelta } from "./judge_in_order.ts";
import { type OpenedWatch, type ReadState, Watches } from "./live/watches.ts";
import { AdoptingWorld } from "./memory/adopted_trial.ts";
import { type FactMemory, loadMemory, renewMemory } from "./memory/fact_memory.ts";
import { KnownLog } from "./memory/known_log.ts";
import { MemoryWorld, type MemoryWorldInput } from "./memory/memory_world.ts";
import { rehearseEach } from "./memory/rehearse_each.ts";
import { settleInMemory } from "./memory/settle_in_memory.ts";
import { type PreparedDelta, prepareDelta, prepareTyped } from "./prepared_delta.ts";
import { readRemembered } from "./remembered.ts";
import { type Answer, inOpenTransaction, type Proposal, type Settled, settleByDuckDb, settleJudgement, type Writer } from "./settle.ts";
import { rollBack } from "./store/database.ts";
import { baseRelations, countFacts, factTable } from "./store/relation_table.ts";
import type { SchemaChange } from "./store/schema_change.ts";

const BOTH = "duckdb,incremental";

/** Facts from which on loading the engine takes longer than one verdict of DuckDB, and how many proposals DuckDB judges before it pays. */
const LARGE_BASE = 50_000;
const EARLY_PROPOSALS = 2;

/**
 * The engines that judge one fact base, and what they keep in memory between proposals. The memory is loaded when a delta is first
 * judged, follows every commit made through here, and is dropped where it may not be what the database holds.
 */
export class Bench {
  readonly #writer: Writer;
  readonly #engines: ReadonlySet<EngineName>;
  /** Whether the engines were asked for by name; then none stands in for another. */
  readonly #isAsked: boolean;
  readonly #log: KnownLog;
  readonly watches: Watches;
  #memory: FactMemory | null = null;
  /** Proposals that DuckDB judged because the base is large and not in memory. */
  #early = 0;

  constructor(writer: Writer, engines: readonly EngineName[] | null, read: ReadState) {
    this.#log = new KnownLog(writer);
    const onWritten: Writer["onWritten"] = (records) => {
      this.#log.note(records);
      writer.onWritten?.(records);
    };
    this.#writer = { ...writer, onWritten };
    this.watches = new Watches(read);
    this.#engines = new Set(engines ?? defaultEngines);
    this.#isAsked = engines !== null;
  }

  /** Forgets what is in memory: the database holds something else, or may. */
  drop(): void {
    this.#memory = null;
    this.watches.detach();
  }

  /** Theories were put in force: the facts in memory are taken over, unless relations that held some changed or went. */
  reload(schema: SchemaChange | null): void {
    this.#log.places.forget();
    if (schema === null || schema.changed.length + schema.dropped.length > 0) this.drop();
  }

  /** Watches from the state on. Errors: `SqlError`. */
  async watch(target: WatchTarget, state: BaseState, limits: Limits): Promise<OpenedWatch> {
    if (this.#usesMemory(state) && !this.#engines.has("duckdb") && !this.watches.isLive) {
      const { engine } = await this.#load(state, limits);
      if (engine !== null && !this.watches.isLive) await this.#attach(engine, state, limits);
    }
    return this.watches.open(target, state);
  }

  async #attach(engine: IncrementalEngine, state: BaseState, limits: Limits): Promise<void> {
    const { session, clock } = this.#writer;
    await this.watches.attach(engine, { session, clock, limits, table: factTable }, state);
  }

  /**
   * Judges proposals in order, each over what the accepted ones before it left, and commits them. Errors: those of `writeGroup`, where a
   * whole group fails; then nothing of it is there.
   */
  async settle(state: BaseState, limits: Limits, proposals: readonly Proposal[]): Promise<Settled> {
    if (!this.#usesMemory(state)) return settleByDuckDb(this.#writer, state, limits, proposals);
    try {
      await this.#log.places.trim();
      if (this.#engines.has("duckdb")) return await this.#settleByBoth(state, limits, proposals);
      return await this.#settleInMemory(state, limits, proposals);
    } catch (cause) {
      this.drop();
      throw cause;
    }
  }

  /** Loads the memory, where it judges, and rehearses deltas there for this long; gives how many. Errors: `SqlError`. */
  async warmUp(state: BaseState, limits: Limits, limit_ms: number): Promise<number> {
    const memory = this.#usesMemory(state) ? await this.#load(state, limits) : null;
    const engine = memory?.engine ?? null;
    return engine === null ? 0 : warmUp({ engine, clock: this.#writer.clock, limit_ms });
  }

  /** Judges deltas over each other up to the first that is not accepted, and undoes them. */
  async rehearse(state: BaseState, limits: Limits, deltas: readonly ProposedDelta[]): Promise<Verdict[]> {
    const memory = this.#usesMemory(state) ? await this.#load(state, limits) : null;
    if (memory === null || (memory.engine === null && !this.#isAsked)) return this.#rehearseInDuckDb(state, limits, deltas);
    const prepared = deltas.map((delta) => prepareDelta(delta, state.inForce.program, limits));
    const own = await this.#rehearseInMemory(memory, state, limits, prepared);
    if (!this.#engines.has("duckdb")) return own;
    const theirs = await this.#rehearseInDuckDb(state, limits, deltas);
    for (const [index, verdict] of own.entries()) {
      const other = theirs[index] ?? null;
      if (other === null || !agree(verdict, other)) {
        throw await this.#disagreement(state, prepared[index] as PreparedDelta, other ?? verdict, verdict);
      }
    }
    return theirs;
  }

  /** Judges each delta by itself, as `rehearse` does: its verdict, or the error that kept it from one. */
  async rehearseEach(state: BaseState, limits: Limits, deltas: readonly ProposedDelta[]): Promise<Answer[]> {
    const memory = this.#usesMemory(state) && !this.#engines.has("duckdb") ? await this.#load(state, limits) : null;
    if (memory !== null && (memory.engine !== null || this.#isAsked)) {
      return this.#orDropped(() => rehearseEach({ memory, log: this.#log, session: this.#writer.session, limits }, state, deltas));
    }
    const answers: Answer[] = [];
    for (const delta of deltas) {
      const answer = this.rehearse(state, limits, [delta]).then(([verdict]): Answer => ({ verdict: verdict as Verdict }));
      answers.push(await answer.catch((error: unknown) => ({ error })));
    }
    return answers;
  }

  /**
   * Judges the units of an import one after the other and commits those accepted as one delta. Errors: those of `settle`,
   * `internal.engines_disagree`.
   */
  async importInOrder(state: BaseState, limits: Limits, order: ImportOrder): Promise<Imported> {
    const memory = this.#usesMemory(state) ? await this.#load(state, limits) : null;
    if (memory === null || (memory.engine === null && !this.#isAsked)) {
      return this.#commitDecided(state, limits, order, await this.#decideInDuckDb(state, limits, order));
    }
    const rows = { id: "", proposed: order.proposed, typed: order.units.flat() };
    const world = await this.#open(memory, limits, [rows], { recalls: false, watches: this.watches });
    try {
      const own = await decide(world, state, order);
      if (own.undecided === null && !this.#engines.has("duckdb")) return await this.#commitAdopted(world, state, limits, order, own);
      if (!world.undo()) this.drop();
      const theirs = this.#engines.has("duckdb") ? await this.#decideInDuckDb(state, limits, order) : own;
      if (decisionsText(own) === decisionsText(theirs)) return await this.#commitDecided(state, limits, order, theirs);
      throw await this.#importDisagreement(state, limits, order, [theirs, own]);
    } catch (cause) {
      this.drop();
      throw cause;
    }
  }

  /** Commits the accepted units, whose effects stand in memory already, as one delta. */
  async #commitAdopted(world: MemoryWorld, state: BaseState, limits: Limits, order: ImportOrder, decided: Decided): Promise<Imported> {
    const { delta, typed } = unitsAsDelta(order.proposed, acceptedUnits(order, decided));
    const prepared = prepareTyped(delta, typed, limits);
    const { session, clock } = this.#writer;
    const isKept = (await readRemembered(session, [prepared.id])).size > 0;
    if (isKept || typed.length === 0) {
      if (!world.undo()) this.drop();
      return this.#commitDecided(state, limits, order, decided);
    }
    const captured = world.takeCaptured();
    const adopting = new AdoptingWorld(world);
    const judgement = await judgePrepared(adopting, state, prepared, false);
    if (!adopting.isSound) this.drop();
    if (judgement.kind !== "accepted") {
      const { verdict, state: after } = await settleJudgement(this.#writer, state, judgement, true);
      return { ...decided, answer: { verdict }, state: after };
    }
    const [verdict] = await world.places.complete([judgement.accepted.verdict]);
    const next = nextCommit(state, judgement.accepted, clock.now(), verdict);
    await writeGroup({ ...this.#writer, isOpen: false }, [next.record]);
    this.watches.advance(next.state.head, captured);
    return { ...decided, answer: { verdict: next.record.verdict }, state: next.state };
  }

  /** Proposes the accepted units as one delta. */
  async #commitDecided(state: BaseState, limits: Limits, order: ImportOrder, decided: Decided): Promise<Imported> {
    if (decided.undecided !== null) return { ...decided, answer: { verdict: decided.undecided }, state };
    const { delta } = unitsAsDelta(order.proposed, acceptedUnits(order, decided));
    const settled = await this.settle(state, limits, [{ delta, keepRefusal: true, page: limits.violations_page }]);
    return { ...decided, answer: settled.answers[0] as Answer, state: settled.state };
  }

  async #decideInDuckDb(state: BaseState, limits: Limits, order: ImportOrder): Promise<Decided> {
    const { session, clock } = this.#writer;
    await session.run("BEGIN TRANSACTION");
    try {
      return await decide(new DuckDbWorld({ session, clock, limits, undoes: true }), state, order);
    } finally {
      await rollBack(session);
    }
  }

  /** Drops the memory where `action` fails. */
  async #orDropped<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      this.drop();
      throw cause;
    }
  }

  /** What is left to clingo is judged beside DuckDB, whatever engine is asked for. */
  #usesMemory({ inForce }: BaseState): boolean {
    return this.#engines.has("incremental") && !isForDuckDb(inForce.program);
  }

  /**
   * True while loading a large base would cost more than it saves: a process that proposes one delta, as a command does, is answered
   * sooner by DuckDB, which reads only what the laws ask for.
   */
  async #isEarly({ inForce }: BaseState, proposals: number): Promise<boolean> {
    if (this.#isAsked || this.#memory !== null || !this.watches.isEmpty || this.#early + proposals > EARLY_PROPOSALS) return false;
    if ((await countFacts(this.#writer.session, inForce.program)) < LARGE_BASE) return false;
    this.#early += proposals;
    return true;
  }

  async #load(state: BaseState, limits: Limits): Promise<FactMemory> {
    const { program } = state.inForce;
    if (this.#memory?.program !== program) {
      const { session, clock } = this.#writer;
      this.watches.detach();
      const former = this.#memory?.engine ?? null;
      const input = { session, program, limits, clock };
      this.#memory = null;
      this.#memory = await (former === null ? loadMemory(input) : renewMemory(input, former));
      const { engine } = this.#memory;
      if (!this.watches.isEmpty && engine !== null && !this.#engines.has("duckdb")) await this.#attach(engine, state, limits);
    }
    return this.#memory;
  }

  /** In memory as far as the engine's bounds go; unless it was asked for by name, DuckDB judges what they stop. */
  async #settleInMemory(state: BaseState, limits: Limits, proposals: readonly Proposal[]): Promise<Settled> {
    const answers: Answer[] = [];
    let now = state;
    const take = (settled: Settled): void => {
      answers.push(...settled.answers);
      now = settled.state;
    };
    if (await this.#isEarly(state, proposals.length)) return settleByDuckDb(this.#writer, state, limits, proposals);
    while (answers.length < proposals.length) {
      const rest = proposals.slice(answers.length);
      const memory = await this.#load(now, limits);
      if (memory.engine === null && !this.#isAsked) {
        take(await settleByDuckDb(this.#writer, now, limits, rest));
        break;
      }
      const settled = await settleInMemory(this.#writer, memory, this.#log, now, limits, rest, this.#isAsked, this.watches);
      for (const { seq, captured } of settled.captured) this.watches.advance(seq, captured);
      // Values of facts that were not kept stay in the engine's memory until it is loaded anew.
      if (settled.answers.some(isPastMemory)) this.drop();
      take(settled);
      if (answers.length === proposals.length) break;
      this.drop();
      take(await settleByDuckDb(this.#writer, now, limits, proposals.slice(answers.length, answers.length + 1)));
    }
    return { answers, state: now };
  }

  async #settleByBoth(state: BaseState, limits: Limits, proposals: readonly Proposal[]): Promise<Settled> {
    const answers: Answer[] = [];
    let now = state;
    for (const proposal of proposals) {
      try {
        const bounded = { ...limits, violations_page: proposal.page };
        const { verdict, state: after } = await this.#settleAgreed(now, bounded, proposal);
        answers.push({ verdict });
        now = after;
      } catch (error) {
        this.drop();
        answers.push({ error });
      }
    }
    return { answers, state: now };
  }

  async #settleAgreed(state: BaseState, limits: Limits, proposal: Proposal): Promise<{ verdict: Verdict; state: BaseState }> {
    const { session, clock } = this.#writer;
    const memory = await this.#load(state, limits);
    const prepared = prepareDelta(proposal.delta, state.inForce.program, limits);
    const world = await this.#open(memory, limits, [prepared], { recalls: true, engine: BOTH });
    const own = await judgePrepared(world, state, prepared, true);
    const theirs = await inOpenTransaction(session, () =>
      judgeDelta(new DuckDbWorld({ session, clock, limits }, BOTH), state, limits, proposal.delta, null),
    );
    if (!agree(verdictOf(own), verdictOf(theirs))) {
      await rollBack(session);
      throw await this.#disagreement(state, prepared, verdictOf(theirs), verdictOf(own));
    }
    const judgement = binding(verdictOf(theirs), verdictOf(own)) === verdictOf(theirs) ? theirs : own;
    if (judgement.kind !== "accepted") {
      if (theirs.kind === "accepted") await rollBack(session);
      if (own.kind === "accepted") this.drop();
    }
    return settleJudgement(this.#writer, state, judgement, proposal.keepRefusal);
  }

  #open(
    memory: FactMemory,
    limits: Limits,
    deltas: MemoryWorldInput["deltas"],
    options: Pick<MemoryWorldInput, "recalls" | "engine" | "watches">,
  ): Promise<MemoryWorld> {
    return MemoryWorld.open({ memory, log: this.#log, session: this.#writer.session, limits, deltas, ...options });
  }

  async #rehearseInMemory(memory: FactMemory, state: BaseState, limits: Limits, deltas: readonly PreparedDelta[]): Promise<Verdict[]> {
    const world = await this.#open(memory, limits, deltas, { recalls: false });
    return this.#orDropped(async () => {
      const verdicts: Verdict[] = [];
      for (const [index, delta] of deltas.entries()) {
        world.keepsAccepted = index < deltas.length - 1;
        const judgement = await judgePrepared(world, state, delta, false);
        verdicts.push(verdictOf(judgement));
        if (judgement.kind !== "accepted") break;
      }
      const complete = await world.places.complete(verdicts);
      if (!world.undo()) this.drop();
      return complete;
    });
  }

  async #rehearseInDuckDb(state: BaseState, limits: Limits, deltas: readonly ProposedDelta[]): Promise<Verdict[]> {
    const { session, clock } = this.#writer;
    const verdicts: Verdict[] = [];
    await session.run("BEGIN TRANSACTION");
    try {
      for (const delta of deltas) {
        const judgement = await judgeDelta(new DuckDbWorld({ session, clock, limits }), state, limits, delta, 0);
        verdicts.push(verdictOf(judgement));
        if (judgement.kind !== "accepted") break;
      }
    } finally {
      await rollBack(session);
    }
    return verdicts;
  }

  #disagreement(state: BaseState, { id, pieces }: PreparedDelta, duckdb: Verdict, incremental: Verdict): Promise<Error> {
    const opinions = [opinionOf("duckdb", duckdb), opinionOf("incremental", incremental)];
    return disagreement({ ...this.#seen(state), id, body: pieces.join(""), opinions });
  }

  #importDisagreement(state: BaseState, limits: Limits, { proposed }: ImportOrder, decided: readonly [Decided, Decided]): Promise<Error> {
    const { id, pieces } = prepareDelta(proposed, state.inForce.program, limits);
    const opinions = (["duckdb", "incremental"] as const).map((engine, index): Opinion => {
      const { refused } = decided[index] as Decided;
      return { engine, said: `${refused.length} records refused`, json: decisionsText(decided[index] as Decided) };
    });
    return disagreement({ ...this.#seen(state), id, body: pieces.join(""), opinions });
  }

  /** What a file about a disagreement needs of the fact base. */
  #seen({ inForce }: BaseState) {
    const { session, path } = this.#writer;
    return { session, path, theories: inForce.theories, relations: baseRelations(inForce.program.relations), table: factTable };
  }
}

/** What became of an import: its decisions, and the answer to the delta of what was accepted. */
interface Imported extends Decided {
  readonly answer: Answer;
  readonly state: BaseState;
}

function acceptedUnits({ units }: ImportOrder, { refused }: Decided): readonly ImportUnit[] {
  const fallen = new Set(refused.map(({ unit }) => unit));
  return units.filter((_, unit) => !fallen.has(unit));
}

function isPastMemory(answer: Answer): boolean {
  return "verdict" in answer && answer.verdict.undecided?.code === "limit.engine_mb";
}
