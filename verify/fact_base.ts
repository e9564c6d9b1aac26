import type { Clingo } from "../logic/engines/clingo/clingo.ts";
import { openClingo } from "../logic/engines/clingo/open_clingo.ts";
import { findSouffle } from "../logic/engines/souffle/find_souffle.ts";
import type { Theory } from "../logic/theory.ts";
import { AssayError } from "../schema/assay_error.ts";
import type { ProposedDelta } from "../schema/delta.ts";
import { type Limits, limitsWith } from "../schema/limits.ts";
import { SqlError } from "../schema/sql_session.ts";
import type { Verdict } from "../schema/verdict.ts";
import { Bench } from "./bench.ts";
import { checkLog, type LogCheck } from "./check_log.ts";
import { ClingoSeat, seatClingo } from "./checks/answer_sets.ts";
import type { LogRecord } from "./commit.ts";
import { deputyOf, seatedEngines } from "./engine_name.ts";
import { type Explanation, explainFact, explainViolation, isFingerprint } from "./explain.ts";
import type { FactBaseOptions } from "./fact_base_options.ts";
import { type GateInput, judgeLoad } from "./gate.ts";
import type { Decided } from "./import_order.ts";
import { type BaseState, limitsInForce } from "./in_force.ts";
import { judgeAgain, type ViolationsPage } from "./judge_again.ts";
import type { ImportUnit } from "./judge_in_order.ts";
import { stillBase } from "./live/still_base.ts";
import type { StillBase, Turn } from "./live/turns.ts";
import type { ReadState } from "./live/watches.ts";
import type { LoadRequest } from "./load.ts";
import { type LogEntry, readEntries } from "./log.ts";
import { ProposalGroup } from "./proposal_queue.ts";
import { answer, type QueryRequest, type QueryResult } from "./query.ts";
import { type Refusal, readRefusals, readWaivers, type WaiverRecord } from "./records.ts";
import { storedVerdict } from "./remembered.ts";
import { inOpenTransaction, type Proposal, settleJudgement, type Writer } from "./settle.ts";
import { Database, fileExists, inTransaction, rollBack } from "./store/database.ts";
import type { DuckDbSession } from "./store/duckdb_session.ts";
import { createFormat, isEmptyDatabase } from "./store/format.ts";
import { Journal, refuseJournal } from "./store/journal.ts";
import { readSnapshot, type Snapshot } from "./store/snapshot.ts";
import { readState } from "./store/state.ts";
import { storeError } from "./store/store_error.ts";
import { upgradeFormat } from "./upgrade_format.ts";

export interface LoadOptions {
  readonly author: string;
  readonly reason: string;
  readonly ratchet?: boolean;
  readonly allowDestructive?: boolean;
  /** The commit that the load is made for; any where absent. */
  readonly base?: number;
}

export interface ProposeOptions {
  /** Whether a refusal is kept with its violations; true where absent. */
  readonly keepRefusal?: boolean;
  /** How many violations the verdict lists; the bound `violations_page` where absent. */
  readonly page?: number;
}

/**
 * A fact base in a DuckDB file, or in memory. All of its writes are deltas that the gate judges one after the other; reads see the
 * state of one commit, and wait for writes only while groups of them are on their way to their tables. One process owns a file at a time. The caller closes it.
 */
export class FactBase {
  readonly #database: Database;
  readonly #journal: Journal;
  readonly #session: DuckDbSession;
  readonly #options: FactBaseOptions;
  readonly #writer: Writer;
  readonly #bench: Bench;
  readonly #seat: ClingoSeat;
  #state: BaseState;
  /** The bounds in force, made once for the theories in force. */
  #limits: { readonly theories: readonly Theory[]; readonly bounds: Limits } | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  /** The group that the last turn of the queue will judge, while it has not begun. */
  #open: ProposalGroup | null = null;
  readonly #reads = new Set<Promise<unknown>>();
  /** What the present turn has put on disk. */
  readonly #written: LogRecord[] = [];
  readonly #listeners = new Set<(turn: Turn) => void>();
  #isClosed = false;

  private constructor(database: Database, journal: Journal, session: DuckDbSession, state: BaseState, options: FactBaseOptions) {
    this.#database = database;
    this.#journal = journal;
    this.#session = session;
    this.#state = state;
    this.#options = options;
    const onWritten = (records: readonly LogRecord[]): void => void this.#written.push(...records);
    this.#writer = { session, path: database.path, journal, clock: options.clock, onWritten };
    this.#bench = new Bench(this.#writer, options.engines === undefined ? null : seatedEngines(options.engines), this.#readInTurn);
    const deputy = deputyOf(options.engines);
    const judge = deputy === "souffle" ? (options.souffle ?? (() => findSouffle(null)))() : deputy;
    this.#seat = new ClingoSeat(options.clingo ?? (() => openClingo()), judge);
    seatClingo(session, this.#seat);
  }

  /**
   * Makes an empty fact base in a new file; `path` null keeps it in memory. A file that holds an empty DuckDB database is taken, as an
   * interrupted creation leaves one. Errors: `store.exists`, and those of `open`.
   */
  static async create(path: string | null, options: FactBaseOptions): Promise<FactBase> {
    const isThere = path !== null && (await fileExists(path));
    if (!isThere && path !== null) await refuseJournal(path);
    return FactBase.#attach(path, options, async (session) => {
      if (isThere && !(await isEmptyDatabase(session))) {
        throw new AssayError("store.exists", `\`${path}\` is there already`, { place: path });
      }
      await inTransaction(session, path, () => createFormat(session, options.clock.now()));
    });
  }

  /** Opens a fact base. Errors: `store.not_found`, `store.not_a_fact_base`, `store.newer_format` and those of `Database.open`. */
  static async open(path: string, options: FactBaseOptions): Promise<FactBase> {
    if (!(await fileExists(path))) throw new AssayError("store.not_found", `there is no file \`${path}\``, { place: path });
    return FactBase.#attach(path, options, (session) => upgradeFormat(session, path));
  }

  static async #attach(
    path: string | null,
    options: FactBaseOptions,
    prepare: (session: DuckDbSession) => Promise<void>,
  ): Promise<FactBase> {
    const database = await Database.open(path, limitsWith(options.limits));
    try {
      const session = await database.connect();
      await prepare(session);
      const journal = await Journal.open(session, database);
      return new FactBase(database, journal, session, await readState(session), options);
    } catch (cause) {
      database.close();
      throw cause instanceof SqlError ? storeError(cause, path, "store.damaged") : cause;
    }
  }

  /** The number of the last commit; 0 where there is none. */
  get head(): number {
    return this.#state.head;
  }

  /** The theories in force, needs first, else by name. */
  get theories(): readonly Theory[] {
    return this.#state.inForce.theories;
  }

  /** The program that the theories in force compile to. */
  get program(): BaseState["inForce"]["program"] {
    return this.#state.inForce.program;
  }

  /** The clingo of this fact base, which closes it. Errors: `clingo.not_found`. */
  get clingo(): Clingo {
    return this.#seat.clingo;
  }

  get limits(): Limits {
    const { theories } = this.#state.inForce;
    if (this.#limits?.theories !== theories) {
      this.#limits = { theories, bounds: limitsInForce(this.#options.limits ?? {}, theories) };
    }
    return this.#limits.bounds;
  }

  /**
   * Puts theories in force: a delta of its own, judged against the facts present; see `judgeTheories`. The same bytes again commit
   * nothing and give the first verdict. Errors: `theory.rejected`, `theory.destructive`, `theory.name_case`, `gate.stale_base`,
   * `gate.unknown_base`, and those of `propose`.
   */
  async loadTheory(theories: readonly Theory[], options: LoadOptions): Promise<Verdict> {
    const { author, reason, ratchet = false, allowDestructive = false, base = null } = options;
    const request: LoadRequest = { theories, author, reason, ratchet, allowDestructive, base };
    return this.#exclusive(async () => {
      const judgement = await inOpenTransaction(this.#session, () => judgeLoad(this.#gateInput(), request));
      const { verdict, state } = await settleJudgement(this.#writer, this.#state, judgement, true);
      if (judgement.kind === "accepted") this.#bench.reload(judgement.accepted.schema);
      this.#state = state;
      return verdict;
    });
  }

  /** Loads the memory and rehearses deltas in it for `limit_ms`; gives how many: 0 where DuckDB judges. For a process that serves. */
  async warmUp(limit_ms: number): Promise<number> {
    return this.#exclusive(() => this.#bench.warmUp(this.#state, this.limits, limit_ms));
  }

  /**
   * Proposes a delta. Accepted, it is on disk when this returns. A delta that was accepted before gives its first verdict again,
   * `replayed`, and commits nothing; so does one refused before, while neither head nor theories changed. A delta whose every fact
   * is there already is accepted with a commit of its own, for its id must be remembered.
   * Errors: `limit.delta_rows`, `limit.delta_bytes`, `store.full_disk`, `store.read_only`, `store.broken`; the old state then stands.
   */
  async propose(delta: ProposedDelta, options: ProposeOptions = {}): Promise<Verdict> {
    const { limits } = this;
    const { keepRefusal = true, page = limits.violations_page } = options;
    const proposal: Proposal = { delta, keepRefusal, page };
    this.#assertOpen();
    if (this.#open?.hasRoomFor(proposal) !== true) {
      const group = new ProposalGroup(limits);
      this.#exclusive(() => this.#settleGroup(group)).catch((error: unknown) => group.fail(error));
      this.#open = group;
    }
    return this.#open.add(proposal);
  }

  /**
   * Judges units of rows, all to be asserted, one after the other as if each were proposed by itself, and commits the accepted ones as one
   * delta; see `importDelta`, which makes the units. The verdict is that delta's, or that of a unit left undecided. Errors: those of
   * `propose`.
   */
  async importInOrder(proposed: ProposedDelta, units: readonly ImportUnit[], retry: boolean): Promise<Decided & { verdict: Verdict }> {
    return this.#exclusive(async () => {
      const imported = await this.#bench.importInOrder(this.#state, this.limits, { proposed, units, retry });
      this.#state = imported.state;
      if ("error" in imported.answer) throw imported.answer.error;
      const { refused, passes, undecided } = imported;
      return { refused, passes, undecided, verdict: imported.answer.verdict };
    });
  }

  /**
   * Judges deltas as if they were proposed one after the other, each over what those before it left, up to the first that is not
   * accepted; then undoes them all. Nothing is committed, kept or remembered. Returns a verdict for each delta judged.
   */
  async rehearse(deltas: readonly ProposedDelta[]): Promise<Verdict[]> {
    return this.#exclusive(() => this.#bench.rehearse(this.#state, this.limits, deltas));
  }

  /** Runs `action` in a transaction that is rolled back whatever it did, with nobody else about. */
  async look<T>(action: (input: GateInput) => Promise<T>): Promise<T> {
    return this.#exclusive(async () => {
      await this.#session.run("BEGIN TRANSACTION");
      try {
        return await action(this.#gateInput());
      } finally {
        await rollBack(this.#session);
      }
    });
  }

  /** The verdict that a delta was given, by its id; null where none of that id was judged, or it was left undecided. */
  async verdict(delta: string): Promise<Verdict | null> {
    return this.#withSnapshot(null, ({ session }) => storedVerdict(session, delta));
  }

  /**
   * The violations behind a verdict's cursor. The delta is judged again over the facts and theories it was judged by.
   * Errors: `query.cursor` for a cursor or a delta that this fact base did not give.
   */
  async violations(delta: string, cursor: string): Promise<ViolationsPage> {
    return this.look((input) => judgeAgain(input, delta, cursor));
  }

  /** Answers a query as of a commit, the last where absent; see `answer`. Errors: `query.commit` for one there never was. */
  async query(
    request: QueryRequest,
    options: { readonly asOf?: number; readonly limit?: number; readonly bounds?: Partial<Limits> } = {},
  ): Promise<QueryResult> {
    const limits = { ...this.limits, ...options.bounds };
    return this.#withSnapshot(options.asOf ?? null, (snapshot) =>
      answer({ ...snapshot, clock: this.#options.clock, limits }, request, options.limit ?? null),
    );
  }

  /** Lets `action` read the state of one commit, the last where `asOf` is null, beside writes that go on. Errors: `query.commit`. */
  async read<T>(asOf: number | null, action: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    return this.#withSnapshot(asOf, action);
  }

  /**
   * Explains a ground fact as of a commit, or a violation by its fingerprint as its verdict saw it; see `explainFact` and
   * `explainViolation`. `depth` bounds the height of the proof in place of `explain_depth`.
   */
  async explain(target: string, options: { readonly asOf?: number; readonly depth?: number } = {}): Promise<Explanation> {
    const limits = { ...this.limits, ...(options.depth === undefined ? {} : { explain_depth: options.depth }) };
    if (isFingerprint(target)) return this.look((input) => explainViolation({ ...input, limits }, target));
    return this.#withSnapshot(options.asOf ?? null, (snapshot) => explainFact({ ...snapshot, clock: this.#options.clock, limits }, target));
  }

  /** Entries of the commit log, `from` … `to` (both counted); all of them where absent. */
  async log(range: { readonly from?: number; readonly to?: number } = {}): Promise<LogEntry[]> {
    return this.#withSnapshot(null, ({ session, asOf }) => readEntries(session, range.from ?? 1, range.to ?? asOf));
  }

  /** Recomputes the whole log; see `checkLog`. */
  async checkLog(): Promise<LogCheck> {
    return this.#exclusive(() => checkLog(this.#session));
  }

  /** Refused deltas, the latest first. */
  async refusals(options: { readonly limit?: number; readonly offset?: number } = {}): Promise<Refusal[]> {
    const { limit = this.limits.violations_page, offset = 0 } = options;
    return this.#withSnapshot(null, ({ session }) => readRefusals(session, limit, offset));
  }

  /** Waived violations, those that still stand first. */
  async waivers(): Promise<WaiverRecord[]> {
    return this.#withSnapshot(null, ({ session }) => readWaivers(session));
  }

  /**
   * Calls `listener` at the end of every turn that wrote something or changed what is watched, before its proposers are answered. It must
   * neither throw nor take long. Returns what ends the listening.
   */
  onTurn(listener: (turn: Turn) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs `action` between two turns; see `StillBase`. */
  async still<T>(action: (base: StillBase) => Promise<T>): Promise<T> {
    return this.#exclusive(() => action(stillBase(this.#bench, this.#session, this.#state, this.limits)));
  }

  /** Waits for what is under way and lets the file go. Closing twice is once. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#queue;
    await Promise.allSettled(this.#reads);
    await this.#seat.close();
    await this.#journal.close();
    this.#database.close();
  }

  #gateInput(): GateInput {
    const { clock, engines } = this.#options;
    const base = { session: this.#session, clock, limits: this.limits, state: this.#state };
    return engines === undefined ? base : { ...base, engines: seatedEngines(engines) };
  }

  async #settleGroup(group: ProposalGroup): Promise<void> {
    await group.filled(this.#options.clock);
    if (this.#open === group) this.#open = null;
    const { answers, state } = await this.#bench.settle(this.#state, this.limits, group.proposals);
    this.#state = state;
    await this.#endTurn();
    group.settle(answers.map((answer) => ("error" in answer ? { error: this.#asStoreError(answer.error) } : answer)));
  }

  /** Reads within a turn. */
  readonly #readInTurn: ReadState = async (state, asOf, action) => {
    await this.#journal.settle();
    return this.#readState(state, asOf, action);
  };

  readonly #readState: ReadState = async (state, asOf, action) =>
    readSnapshot(this.#database, state, asOf, (seen) => action({ ...seen, clock: this.#options.clock, limits: this.limits }));

  /** Tells listeners what the turn left behind. */
  async #endTurn(): Promise<void> {
    const { watches } = this.#bench;
    if (!watches.isEmpty) await watches.catchUp(this.#state);
    const changes = watches.take();
    const records = this.#written.splice(0);
    if (records.length + changes.length === 0) return;
    for (const listen of this.#listeners) listen({ records, changes, head: this.#state.head });
  }

  async #withSnapshot<T>(asOf: number | null, action: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    this.#assertOpen();
    const read = this.#settledState().then((state) => this.#readState(state, asOf, action));
    this.#reads.add(read);
    try {
      return await read;
    } catch (cause) {
      throw this.#asStoreError(cause);
    } finally {
      this.#reads.delete(read);
    }
  }

  /** The present state, once the tables hold it: after the group that is being judged in memory, if there is one. */
  async #settledState(): Promise<BaseState> {
    if (this.#journal.isEmpty) return this.#state;
    return this.#exclusive(() => this.#journal.settle().then(() => this.#state));
  }

  /** One after the other: a session runs one transaction at a time, and a verdict holds only for the state it saw. */
  async #exclusive<T>(action: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    this.#open = null;
    const turn = this.#queue
      .then(action)
      .finally(() => this.#endTurn())
      .catch((cause: unknown) => {
        throw this.#asStoreError(cause);
      });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** A failure of the database as its user should see it; anything else as it is. */
  #asStoreError(cause: unknown): unknown {
    return cause instanceof SqlError ? storeError(cause, this.#database.path, null) : cause;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new Error("the fact base is closed");
  }
}
