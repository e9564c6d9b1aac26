import type { LlamaContext, LlamaContextSequence, LlamaModel } from "node-llama-cpp";
import { whileNot } from "./job_end.ts";
import type { ModelTask } from "./model_messages.ts";

/** A model in this thread's memory, and the sequences of its context. */
export class HeldModel {
  /** Its weights and its context. */
  readonly bytes: number;
  readonly #model: LlamaModel;
  readonly #context: LlamaContext;
  readonly #free: LlamaContextSequence[];
  readonly #waiting: ((sequence: LlamaContextSequence) => void)[] = [];
  #claims = 0;

  constructor(model: LlamaModel, context: LlamaContext, bytes: number) {
    this.#model = model;
    this.#context = context;
    this.bytes = bytes;
    this.#free = Array.from({ length: context.totalSequences }, () => context.getSequence());
  }

  /** Whether no job has a claim to it. */
  get isIdle(): boolean {
    return this.#claims === 0;
  }

  /** Whoever claims it keeps it loaded until the release. */
  claim(): void {
    this.#claims++;
  }

  release(): void {
    this.#claims--;
  }

  /** Runs `work` with a sequence that no other job has meanwhile; waits for one where all are taken. Errors: as `endOf` while it waits. */
  async use<T>(signal: AbortSignal, task: ModelTask, work: (sequence: LlamaContextSequence) => Promise<T>): Promise<T> {
    const sequence = this.#free.pop() ?? (await this.#next(signal, task));
    try {
      return await work(sequence);
    } finally {
      this.#giveBack(sequence);
    }
  }

  async dispose(): Promise<void> {
    await this.#context.dispose();
    await this.#model.dispose();
  }

  async #next(signal: AbortSignal, task: ModelTask): Promise<LlamaContextSequence> {
    const { promise, resolve } = Promise.withResolvers<LlamaContextSequence>();
    this.#waiting.push(resolve);
    try {
      return await whileNot(signal, promise, task);
    } catch (cause) {
      const at = this.#waiting.indexOf(resolve);
      if (at >= 0) this.#waiting.splice(at, 1);
      else void promise.then((late) => this.#giveBack(late));
      throw cause;
    }
  }

  #giveBack(sequence: LlamaContextSequence): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(sequence);
    else next(sequence);
  }
}
