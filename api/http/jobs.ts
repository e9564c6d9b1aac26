import type { AssayError, ErrorReport } from "../../schema/assay_error.ts";
import type { Clock } from "../../schema/clock.ts";
import { exactIntegers } from "../report/envelope_json.ts";
import { asAssayError } from "./problem.ts";

/** What a job tells while it runs and when it ended. */
export interface JobState {
  readonly job: string;
  readonly status: "running" | "done" | "failed";
  readonly begun: string;
  readonly ended: string | null;
  /** What it is at: `reading`, `judging`. */
  readonly step: string;
  readonly rows: number;
  readonly result: unknown;
  readonly error: ErrorReport | null;
}

/** A job's own handle: it says how far it is. */
export interface JobProgress {
  report(step: string, rows: number): void;
}

type Listener = (state: JobState) => void;

interface Job {
  state: JobState;
  readonly listeners: Set<Listener>;
  readonly work: Promise<void>;
  /** Frees what the job kept for downloads. */
  dispose(): Promise<void>;
}

/** Work that outlasts a request, and what became of it. Jobs live in memory: a restart forgets them, their commits stay. */
export class Jobs {
  readonly #clock: Clock;
  readonly #most: () => number;
  readonly #jobs = new Map<string, Job>();
  #last = 0;

  constructor(clock: Clock, most: () => number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** Starts a job; `dispose` is called when it is forgotten. Returns its name. */
  start(run: (progress: JobProgress) => Promise<unknown>, dispose: () => Promise<void>): string {
    this.#last += 1;
    const name = `job-${this.#last}`;
    const begun = this.#clock.now();
    const state: JobState = { job: name, status: "running", begun, ended: null, step: "waiting", rows: 0, result: null, error: null };
    const progress: JobProgress = { report: (step, rows) => this.#change(name, { step, rows }) };
    const work = Promise.resolve()
      .then(() => run(progress))
      .then(
        (result) =>
          this.#change(name, { status: "done", ended: this.#clock.now(), result: JSON.parse(JSON.stringify(result, exactIntegers)) }),
        (cause: unknown) => this.#change(name, { status: "failed", ended: this.#clock.now(), error: reportOf(cause) }),
      );
    this.#jobs.set(name, { state, listeners: new Set(), work, dispose });
    this.#forget();
    return name;
  }

  state(name: string): JobState | null {
    return this.#jobs.get(name)?.state ?? null;
  }

  /** The state of a job once it has ended. Throws where there is no such job. */
  async ended(name: string): Promise<JobState> {
    const job = this.#jobs.get(name);
    if (job === undefined) throw new Error(`there is no job ${name}`);
    await job.work;
    return job.state;
  }

  /** Listens to a job that runs; returns what ends the listening. */
  listen(name: string, listener: Listener): () => void {
    const job = this.#jobs.get(name);
    job?.listeners.add(listener);
    return () => job?.listeners.delete(listener);
  }

  /** Listeners are told nothing more; jobs go on to their end. */
  close(): void {
    for (const { listeners } of this.#jobs.values()) listeners.clear();
  }

  /** Waits for all jobs to end and frees what they kept. */
  async settled(): Promise<void> {
    for (const { work, dispose } of this.#jobs.values()) {
      await work;
      await dispose();
    }
    this.#jobs.clear();
  }

  #change(name: string, change: Partial<JobState>): void {
    const job = this.#jobs.get(name);
    if (job === undefined) return;
    job.state = { ...job.state, ...change };
    for (const listener of job.listeners) listener(job.state);
  }

  #forget(): void {
    for (const [name, { state, dispose }] of this.#jobs) {
      if (this.#jobs.size <= this.#most()) return;
      if (state.status === "running") continue;
      this.#jobs.delete(name);
      void dispose();
    }
  }
}

function reportOf(cause: unknown): ErrorReport {
  const error: AssayError | null = asAssayError(cause);
  if (error !== null) return error.report();
  const detail = "the service met a state that it holds impossible";
  return { code: "internal.invariant", title: "a broken invariant inside Assay", detail, place: null, help: null };
}
