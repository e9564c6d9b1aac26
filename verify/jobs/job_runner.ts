import { AssayError } from "../../schema/assay_error.ts";
import { canonicalJson, sha256 } from "../../schema/canonical.ts";
import type { Clock } from "../../schema/clock.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import { quoteText } from "../../schema/sql_session.ts";
import type { TextModel } from "../../schema/text_model.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../fact_base.ts";
import { closedAs, leftOpen } from "./closure.ts";
import { endInterrupted } from "./end_interrupted.ts";
import { attemptFacts, endingFacts, headFacts, type JobEnding, type JobHead, recordFacts, verdictFacts } from "./job_facts.ts";
import { type JobKind, jobKinds } from "./job_kind.ts";
import { type JobRecord, keepsJobs, readJob } from "./job_record.ts";
import { type Kernel, type KernelOrder, planKernel, runKernel } from "./kernel.ts";
import { type Attempt, type JobOptions, type JobOrder, type JobOutcome, planJob, runJob } from "./run_job.ts";
import { verdictOf } from "./verdict_of.ts";

/** A job that goes on record. */
export interface RecordedOrder extends JobOrder {
  readonly kind: JobKind;
  /** Runs the job even where one of the same input was accepted before. */
  readonly fresh?: boolean;
}

export interface RunnerOptions extends Pick<JobOptions, "signal" | "repair" | "onTokens"> {
  /** Proposes an answer's delta in place of the fact base: for whoever must be asked first. */
  propose?(delta: ProposedDelta): Promise<Verdict>;
  onAttempt?(attempt: Attempt): void;
}

export interface JobResult {
  readonly record: JobRecord;
  /** What the run came to; null where a receipt answered. */
  readonly outcome: JobOutcome | null;
}

export interface BegunJob {
  readonly job: string;
  /** Whether an earlier job of the same input answers: no model is asked. */
  readonly receipt: boolean;
  /** Settles when the job is on record as ended. */
  readonly done: Promise<JobResult>;
}

interface Running {
  readonly stop: AbortController;
  readonly done: Promise<JobResult>;
}

/** What differs between the jobs of models and of kernels. */
interface Work {
  readonly head: Omit<JobHead, "job">;
  readonly fresh: boolean;
  run(base: JobRunnerBase, options: JobOptions): Promise<JobOutcome>;
}

type JobRunnerBase = Parameters<typeof runJob>[0];

/** So many characters of a job's name are its input's hash. */
const NAME_DIGITS = 16;

/**
 * Runs jobs over one fact base and keeps all they do as facts of the theory `jobs`: a job is on record before its model is asked, an answer
 * before the gate judges it, so that a process killed at any moment leaves no delta without the job that made it. One runner a fact base;
 * the caller closes it before the base.
 */
export class JobRunner {
  readonly #base: FactBase;
  readonly #clock: Clock;
  /** By name; null while a name is only reserved. */
  readonly #running = new Map<string, Running | null>();
  #isClosed = false;

  private constructor(base: FactBase, clock: Clock) {
    this.#base = base;
    this.#clock = clock;
  }

  /** Ends the jobs that another process left behind when it died; see `endInterrupted`. */
  static async open(base: FactBase, clock: Clock): Promise<JobRunner> {
    if (keepsJobs(base)) await endInterrupted(base);
    return new JobRunner(base, clock);
  }

  /** The names of the jobs that wait or run. */
  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  /**
   * Begins a job: from here on it is on record. A job of the same input that was accepted before, or had nothing to write, is the receipt
   * that answers. Errors: `job.unrecorded` where the theory `jobs` is not in force, `job.relation`, `job.reach`, `job.record`, `model.cancelled`
   * after `close`.
   */
  async begin(model: TextModel, order: RecordedOrder, options: RunnerOptions = {}): Promise<BegunJob> {
    this.#assertOpen();
    const plan = planJob(this.#base, model, order);
    const { kind, proposer, relations, rounds, tokens, time_ms, fresh = false } = order;
    const asked = { name: model.name, hash: model.hash };
    const head = { kind, principal: proposer, input: asKind(plan.input, kind), model: asked, writes: relations, rounds, tokens, time_ms };
    return this.#begin({ head, fresh, run: (base, own) => runJob(base, model, order, own) }, options);
  }

  /** Begins a job that a kernel does. Errors: those of `begin`, and `job.kernel`. */
  async beginKernel(kernel: Kernel, order: KernelOrder, options: RunnerOptions = {}): Promise<BegunJob> {
    this.#assertOpen();
    const plan = await planKernel(this.#base, kernel, order);
    const { kind, proposer, rounds, time_ms, fresh = false } = order;
    const asked = { name: `kernel:${kernel.name}`, hash: kernel.hash };
    const head = {
      kind,
      principal: proposer,
      input: asKind(plan.input, kind),
      model: asked,
      writes: plan.writes,
      rounds,
      tokens: 0,
      time_ms,
    };
    return this.#begin({ head, fresh, run: (base, own) => runKernel(this.#base, base, kernel, order, own) }, options);
  }

  /** Begins a job and waits for its end. Errors: those of `begin`; what broke an invariant while it ran. */
  async run(model: TextModel, order: RecordedOrder, options: RunnerOptions = {}): Promise<JobResult> {
    return (await this.begin(model, order, options)).done;
  }

  /** Cancels a job that waits or runs; false where there is none of that name. An answer that the gate accepts meanwhile stays. */
  cancel(job: string): boolean {
    const running = this.#running.get(job);
    running?.stop.abort(cancelled());
    return running != null;
  }

  /** Cancels all jobs and waits until each is on record as ended. Closing twice is once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#running.values()].filter((running) => running !== null);
    for (const { stop } of all) stop.abort(cancelled());
    await Promise.allSettled(all.map(({ done }) => done));
  }

  #assertOpen(): void {
    if (this.#isClosed) throw cancelled();
    if (!keepsJobs(this.#base)) throw new AssayError("job.unrecorded", "the theory `jobs` is not in force");
  }

  async #begin(work: Work, options: RunnerOptions): Promise<BegunJob> {
    const { input, kind, writes } = work.head;
    const before = await this.#base.query({
      sql: `SELECT j.job, e.state FROM job j LEFT JOIN job_end e ON e.job = j.job
      WHERE j.asked = ${quoteText(input)} ORDER BY j.job`,
    });
    const settled = before.rows.find(([, state]) => state === "accepted" || state === "unchanged");
    if (settled !== undefined && !work.fresh) return this.#receipt(String(settled[0]));
    await refuseReach(this.#base, kind, writes);
    const job = this.#reserve(input, new Set(before.rows.map(([name]) => String(name))));
    try {
      await recordFacts(this.#base, job, "begin", [headFacts({ job, ...work.head })]);
      this.#assertOpen();
    } catch (cause) {
      this.#running.delete(job);
      throw cause;
    }
    const stop = new AbortController();
    const done = this.#run(job, work, stop, options).finally(() => this.#running.delete(job));
    // Whoever asked hears of it by `done`; a failure that nobody waits for must not end the process.
    done.catch(() => undefined);
    this.#running.set(job, { stop, done });
    return { job, receipt: false, done };
  }

  async #receipt(job: string): Promise<BegunJob> {
    return { job, receipt: true, done: Promise.resolve({ record: await this.#record(job), outcome: null }) };
  }

  /** A name of its own for a job: the same input gives the same names, counted. */
  #reserve(input: string, taken: ReadonlySet<string>): string {
    const first = `job-${input.slice("sha256:".length).slice(0, NAME_DIGITS)}`;
    let name = first;
    for (let number = 2; taken.has(name) || this.#running.has(name); number++) name = `${first}-${number}`;
    this.#running.set(name, null);
    return name;
  }

  async #run(job: string, work: Work, stop: AbortController, options: RunnerOptions): Promise<JobResult> {
    const base = this.#base;
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
    const trail = new Trail(base, job);
    const { propose, repair, onTokens } = options;
    const judged = propose === undefined ? base : viewOf(base, propose);
    try {
      const outcome = await work.run(judged, {
        clock: this.#clock,
        signal,
        name: job,
        complement: (delta) => closedAs(base, job, work.head.kind, delta),
        onProposal: (attempt) => trail.propose(attempt),
        onAttempt: (attempt) => {
          trail.judged(attempt);
          options.onAttempt?.(attempt);
        },
        ...(repair === undefined ? {} : { repair }),
        ...(onTokens === undefined ? {} : { onTokens }),
      });
      await trail.end(outcome.state, outcome.error);
      return { record: await this.#record(job), outcome };
    } catch (cause) {
      // A record that the gate refuses cannot be ended either; whoever opens the base next finds the job and ends it.
      if (!(cause instanceof AssayError)) await trail.end("failed", cause).catch(() => undefined);
      throw cause;
    }
  }

  async #record(job: string): Promise<JobRecord> {
    const record = await readJob(this.#base, job);
    if (record === null) throw new Error(`the job ${job} is not on record`);
    return record;
  }
}

/** What a job did so far and what of it is not on record yet. */
class Trail {
  readonly #base: FactBase;
  readonly #job: string;
  /** The last attempt on record, while its verdict is not; and the verdict. */
  #open: { readonly round: number; readonly delta: string | null; verdict: string | null; error: AssayError | null } | null = null;
  #accepted: JobEnding["committed"] = null;

  constructor(base: FactBase, job: string) {
    this.#base = base;
    this.#job = job;
  }

  /** Puts an answer on record, with the verdict on the one before it. */
  async propose(attempt: Parameters<typeof attemptFacts>[1]): Promise<void> {
    const facts = attemptFacts(this.#job, attempt, this.#base.limits.symbol_bytes);
    await recordFacts(this.#base, this.#job, `round ${attempt.round}`, [...(await this.#verdict()), facts]);
    this.#open = { round: attempt.round, delta: attempt.delta, verdict: null, error: attempt.rejected };
  }

  judged({ verdict, delta, rejected }: Attempt): void {
    if (this.#open === null) throw new Error("a verdict without an attempt");
    this.#open.verdict = verdict?.verdict ?? (rejected?.code === "job.empty" ? "unchanged" : "rejected");
    if (verdict?.verdict === "accepted" && verdict.commit !== null && delta !== null) this.#accepted = { delta, commit: verdict.commit };
  }

  async end(state: JobEnding["state"], error: unknown): Promise<void> {
    const verdict = await this.#verdict();
    const isAccepted = this.#accepted !== null;
    const ending = endingFacts(this.#job, {
      state: isAccepted ? "accepted" : state,
      error: isAccepted || error === null ? null : reportOf(state, error),
      committed: this.#accepted,
      leftOpen: isAccepted ? await leftOpen(this.#base, this.#job) : [],
    });
    await recordFacts(this.#base, this.#job, "end", [...verdict, ending]);
  }

  async #verdict(): Promise<ReturnType<typeof verdictFacts>[]> {
    if (this.#open === null) return [];
    const { round, delta, verdict, error } = this.#open;
    const found = verdict === null ? await verdictOf(this.#base, delta) : { verdict, committed: this.#accepted };
    this.#accepted = found.committed;
    return [verdictFacts(this.#job, round, found.verdict, error)];
  }
}

/** The same work under another kind is held to other laws. */
function asKind(input: string, kind: JobKind): string {
  return sha256(canonicalJson([input, kind]));
}

/** Errors: `job.reach`. */
async function refuseReach(base: FactBase, kind: JobKind, writes: readonly string[]): Promise<void> {
  if (!jobKinds.includes(kind)) throw new AssayError("job.reach", `\`${kind}\` is no kind of job`);
  const { rows } = await base.query({ sql: `SELECT relation FROM may_write WHERE kind = ${quoteText(kind)}` });
  const allowed = new Set(rows.map(([relation]) => String(relation)));
  const missing = writes.filter((relation) => !allowed.has(relation));
  if (missing.length === 0) return;
  const names = missing.map((relation) => `\`${relation}\``).join(", ");
  throw new AssayError("job.reach", `jobs of the kind \`${kind}\` may not write ${names}`, {
    help: `\`assay job allow ${kind} ${missing.join(" ")}\`, or propose the \`may_write\` facts`,
  });
}

/** The fact base as a job sees it: getters, for what stands may change while it runs. */
function viewOf(base: FactBase, propose: JobRunnerBase["propose"]): JobRunnerBase {
  return {
    get head() {
      return base.head;
    },
    get program() {
      return base.program;
    },
    get limits() {
      return base.limits;
    },
    propose,
  };
}

function cancelled(): AssayError {
  return new AssayError("model.cancelled", "the job was cancelled");
}

function reportOf(state: JobEnding["state"], error: unknown): { readonly code: string; readonly detail: string } {
  if (error instanceof AssayError) return { code: error.code, detail: error.detail };
  if (state === "cancelled") return { code: "model.cancelled", detail: cancelled().detail };
  return { code: "internal.invariant", detail: error instanceof Error ? error.message : String(error) };
}
