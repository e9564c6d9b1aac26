import { AssayError } from "../../schema/assay_error.ts";
import { limits } from "../../schema/limits.ts";
import type { TextAnswer, TextModel, TextRequest } from "../../schema/text_model.ts";
import { FairQueue, type Ticket } from "../pool/fair_queue.ts";
import type { ModelFile } from "./gguf_header.ts";
import { ModelChild } from "./model_child.ts";
import type { Device, FromChild, ModelSettings, ModelTask } from "./model_messages.ts";

export interface ModelHostOptions {
  /** Threads that generate, each with models of its own; 1 where absent. */
  readonly workers?: number;
  /** `auto` where absent. */
  readonly device?: Device;
  /** In place of the bounds `model_mb` and `model_jobs`. */
  readonly memory_mb?: number;
  readonly jobs?: number;
}

export interface ModelOptions {
  readonly name: string;
  readonly path: string;
  /** Tokens of prompt and answer, 4,096 where absent, and never more than the model was made for. */
  readonly context?: number;
  /** See `ModelSettings`; 1 where absent. */
  readonly sequences?: number;
  /**
   * Threads that share a step of the model; 1 where absent. More help on cores that nothing else uses; where something does, each step waits
   * for a thread that does not run, and is many times slower.
   */
  readonly threads?: number;
  /** See `ModelSettings`; as many as fit where absent. */
  readonly gpu_layers?: number;
  /** Weights and context at most; all that the process may have where absent. */
  readonly memory_mb?: number;
}

/** A job of the host, waiting or under way. */
interface Job extends Ticket {
  readonly id: number;
  readonly task: ModelTask;
  readonly request: TextRequest;
  crashes: number;
  /** Ends the child where the job does not end by itself. */
  watchdog: NodeJS.Timeout | null;
  onAbort(): void;
  resolve(answer: TextAnswer): void;
  reject(error: unknown): void;
}

/** A model file whose header and hash are being read. */
interface Reading {
  readonly path: string;
  readonly memory_mb: number;
  crashes: number;
  resolve(file: ModelFile): void;
  reject(error: unknown): void;
}

const CONTEXT = 4_096;
/** Jobs that one thread computes together, whatever a model's settings ask. */
const MOST_SEQUENCES = 64;
/** Jobs of one thread, over all of its models. */
const MOST_JOBS = 1_024;
/** A child that says nothing so long after a job's time is over does not stop by itself any more. */
const GRACE_MS = 10_000;

/**
 * Models in a child process, which starts with the first job and again after it died: native code that aborts costs the jobs under way, not
 * this process. Such a job is tried once more, with nothing beside it, then fails with `model.crashed`. Jobs wait in a `FairQueue`.
 * The caller closes it.
 */
export class ModelHost {
  readonly #memory_mb: number;
  readonly #workers: number;
  readonly #device: Device;
  readonly #queue: FairQueue<Job>;
  readonly #running = new Map<number, Job>();
  readonly #retries: Job[] = [];
  readonly #describing = new Map<number, Reading>();
  #child: ModelChild | null = null;
  #lastId = 0;
  #isClosed = false;

  constructor(options: ModelHostOptions = {}) {
    this.#workers = options.workers ?? 1;
    this.#device = options.device ?? "auto";
    this.#memory_mb = options.memory_mb ?? limits.model_mb.value;
    this.#queue = new FairQueue(options.jobs ?? limits.model_jobs.value);
  }

  /** The id of the child process; null while there is none. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Jobs that wait, and those under way. */
  get load(): { readonly waiting: number; readonly running: number } {
    return { waiting: this.#queue.size + this.#retries.length, running: this.#running.size };
  }

  /**
   * Reads a model file's header and hash and gives it as a `TextModel`; llama.cpp loads it with its first job. Errors: `model.not_found`,
   * `model.unreadable`, `limit.model_mb` for a file larger than its memory; `model.crashed`.
   */
  async model(options: ModelOptions): Promise<TextModel> {
    const { name, path, threads = 1, gpu_layers = null } = options;
    const sequences = Math.min(options.sequences ?? 1, MOST_SEQUENCES);
    const memory_mb = Math.min(options.memory_mb ?? this.#memory_mb, this.#memory_mb);
    const file = await this.#describe(path, memory_mb);
    const context = Math.min(options.context ?? CONTEXT, file.context);
    const settings: ModelSettings = { path, context, sequences, threads, gpu_layers, memory_mb };
    return { name, hash: file.hash, complete: (request) => this.#complete(settings, file, request) };
  }

  /** Cancels all jobs, with `model.cancelled`, and ends the child. Closing twice is once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const left = [...this.#running.values(), ...this.#retries.splice(0)];
    for (let job = this.#queue.take(); job !== undefined; job = this.#queue.take()) left.push(job);
    for (const job of left) this.#settle(job, () => job.reject(cancelled()));
    await this.#child?.stop();
  }

  async #describe(path: string, memory_mb: number): Promise<ModelFile> {
    if (this.#isClosed) throw cancelled();
    return new Promise((resolve, reject) => this.#read({ path, memory_mb, crashes: 0, resolve, reject }));
  }

  #read(reading: Reading): void {
    const id = ++this.#lastId;
    this.#describing.set(id, reading);
    this.#living().send({ kind: "describe", id, path: reading.path, memory_mb: reading.memory_mb });
  }

  async #complete(model: ModelSettings, file: ModelFile, request: TextRequest): Promise<TextAnswer> {
    if (this.#isClosed) throw cancelled();
    request.signal?.throwIfAborted();
    const { prompt, shape, seed, temperature } = request;
    const tokens = Math.min(request.tokens, limits.model_tokens.value);
    const time_ms = Math.min(request.time_ms, limits.model_ms.value);
    const task: ModelTask = { model, file, prompt, shape, seed, temperature, tokens, time_ms };
    return new Promise((resolve, reject) => {
      const { principal = "", priority = 0 } = request;
      const onAbort = (): void => this.#cancel(job);
      const id = ++this.#lastId;
      const job: Job = { id, task, request, principal, priority, crashes: 0, watchdog: null, onAbort, resolve, reject };
      if (!this.#queue.add(job)) {
        reject(new AssayError("limit.model_jobs", `${this.#queue.size} jobs wait already`));
        return;
      }
      request.signal?.addEventListener("abort", onAbort, { once: true });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (!this.#isClosed) {
      const isAlone = [...this.#running.values()].some(({ crashes }) => crashes > 0);
      if (isAlone || (this.#retries.length > 0 && this.#running.size > 0)) return;
      const job = this.#retries.shift() ?? this.#queue.take(({ task }) => this.#jobsOf(task.model) < task.model.sequences * this.#workers);
      if (job === undefined) return;
      this.#running.set(job.id, job);
      job.watchdog = setTimeout(() => this.#child?.kill(), job.task.time_ms + GRACE_MS).unref();
      this.#living().send({ kind: "run", id: job.id, task: job.task });
    }
  }

  #jobsOf(model: ModelSettings): number {
    let jobs = 0;
    for (const { task } of this.#running.values()) if (task.model === model) jobs++;
    return jobs;
  }

  #cancel(job: Job): void {
    const at = this.#retries.indexOf(job);
    if (at >= 0) this.#retries.splice(at, 1);
    if (at >= 0 || this.#queue.remove(job)) this.#settle(job, () => job.reject(job.request.signal?.reason));
    else if (this.#running.has(job.id)) this.#child?.send({ kind: "cancel", id: job.id });
  }

  #living(): ModelChild {
    if (this.#child !== null) return this.#child;
    const child: ModelChild = new ModelChild({
      settings: {
        device: this.#device,
        workers: this.#workers,
        slots: MOST_JOBS,
        worker_mb: Math.floor(this.#memory_mb / this.#workers),
      },
      memory_mb: this.#memory_mb,
      onMessage: (message) => this.#onMessage(message),
      onExit: (reason) => this.#onExit(child, reason),
    });
    this.#child = child;
    return child;
  }

  #onMessage(message: FromChild): void {
    if (message.kind === "described" || this.#describing.has(message.id)) {
      const asked = this.#describing.get(message.id);
      this.#describing.delete(message.id);
      if (message.kind === "described") asked?.resolve(message.file);
      if (message.kind === "failed") asked?.reject(new AssayError(message.code, message.detail, { place: message.place }));
      return;
    }
    const job = this.#running.get(message.id);
    if (job === undefined) return;
    if (message.kind === "tokens") {
      job.request.onTokens?.(message.tokens);
      return;
    }
    this.#settle(job, () => {
      if (message.kind === "done") job.resolve(message.answer);
      else if (message.code === "model.cancelled") job.reject(job.request.signal?.reason ?? cancelled());
      else job.reject(new AssayError(message.code, message.detail, { place: message.place }));
    });
    this.#dispatch();
  }

  #onExit(child: ModelChild, reason: string): void {
    if (this.#child === child) this.#child = null;
    const readings = [...this.#describing.values()];
    this.#describing.clear();
    for (const reading of readings) {
      reading.crashes++;
      if (this.#isClosed) reading.reject(cancelled());
      else if (reading.crashes > 1) reading.reject(crashed(`reading \`${reading.path}\``, reason));
      else this.#read(reading);
    }
    for (const job of [...this.#running.values()]) {
      job.crashes++;
      this.#leave(job);
      const { signal } = job.request;
      if (signal?.aborted === true) this.#settle(job, () => job.reject(signal.reason));
      else if (job.crashes > 1) this.#settle(job, () => job.reject(crashed("the job", reason)));
      else this.#retries.push(job);
    }
    this.#dispatch();
  }

  /** The job is under way no more, whether it is done or tried again. */
  #leave(job: Job): void {
    this.#running.delete(job.id);
    if (job.watchdog !== null) clearTimeout(job.watchdog);
  }

  #settle(job: Job, end: () => void): void {
    this.#leave(job);
    job.request.signal?.removeEventListener("abort", job.onAbort);
    end();
  }
}

function cancelled(): AssayError {
  return new AssayError("model.cancelled", "the job was cancelled");
}

function crashed(what: string, reason: string): AssayError {
  return new AssayError("model.crashed", `the process that holds models ended with ${reason}; ${what} failed`);
}
