import type { AssayError, ErrorReport } from "../../schema/assay_error.ts";
import type { Clock } from "../../schema/clock.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import { exactIntegers } from "../report/envelope_json.ts";
import { asAssayError } from "./problem.ts";

/** What a job tells while it runs and when it ended. */
export interface JobState {
  readonly job: string;
  readonly work: "import" | "model" | "kernel";
  readonly status: "running" | JobEnd["status"];
  /** Null where another process ran it. */
  readonly begun: string | null;
  readonly ended: string | null;
  /** What it is at: `reading`, `judging`, `answering`. */
  readonly step: string;
  readonly rows: number;
  readonly round: number;
  readonly tokens: number;
  readonly attempts: readonly { readonly round: number; readonly verdict: string; readonly violations: number }[];
  readonly result: unknown;
  readonly error: ErrorReport | null;
}

/** What became of a job. */
export interface JobEnd {
  readonly status: "done" | "failed" | "cancelled";
  readonly result: unknown;
  readonly error: ErrorReport | null;
}

export type JobChange = Partial<Pick<JobState, "rows" | "round" | "tokens" | "attempts">>;

/** A job's own handle: it says how far it is. */
export interface JobProgress {
  report(step: string, change: JobChange): void;
}

/** Whose a job is, and what it is of: the relation that others must be allowed to read who ask about it. */
export interface JobAccess {
  readonly owner: Principal;
  readonly relation: string;
}

export interface JobStart extends JobAccess {
  readonly work: JobState["work"];
  /** One is made where absent. */
  readonly name?: string;
  /** Called when the job is forgotten. */
  dispose?(): Promise<void>;
}

type Listener = (state: JobState) => void;

interface Job extends JobAccess {
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

  /** Starts a job. Returns its name. What `run` throws makes it a failed one. */
  start(run: (progress: JobProgress) => Promise<JobEnd>, { owner, relation, work, name: given, dispose }: JobStart): string {
    if (given === undefined) this.#last += 1;
    const name = given ?? `job-${this.#last}`;
    const state: JobState = { ...UNBEGUN, job: name, work, begun: this.#clock.now() };
    const progress: JobProgress = { report: (step, change) => this.#change(name, { step, ...change }) };
    const done = Promise.resolve()
      .then(() => run(progress))
      .catch((cause: unknown): JobEnd => ({ status: "failed", result: null, error: reportOf(cause) }))
      .then((end) =>
        this.#change(name, { ...end, ended: this.#clock.now(), result: JSON.parse(JSON.stringify(end.result, exactIntegers)) }),
      );
    this.#jobs.set(name, { state, owner, relation, listeners: new Set(), work: done, dispose: dispose ?? (async () => undefined) });
    this.#forget();
    return name;
  }

  state(name: string): JobState | null {
    return this.#jobs.get(name)?.state ?? null;
  }

  access(name: string): JobAccess | null {
    return this.#jobs.get(name) ?? null;
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

/** The state of a job of which nothing is known yet. */
export const UNBEGUN: Omit<JobState, "job" | "work"> = {
  status: "running",
  begun: null,
  ended: null,
  step: "waiting",
  rows: 0,
  round: 0,
  tokens: 0,
  attempts: [],
  result: null,
  error: null,
};

function reportOf(cause: unknown): ErrorReport {
  const error: AssayError | null = asAssayError(cause);
  if (error !== null) return error.report();
  const detail = "the service met a state that it holds impossible";
  return { code: "internal.invariant", title: "a broken invariant inside Assay", detail, place: null, help: null };
}
