import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { Piscina } from "piscina";
import { type Clingo, type ClingoAnswer, type ClingoJob, modeOptions } from "./clingo.ts";
import { type ClingoOutput, readOutput } from "./read_output.ts";
import { Turns } from "./turns.ts";
import type { WasmTask } from "./wasm_worker.ts";

const IDLE_MS = 10_000;

/**
 * clingo as WebAssembly in a pool of workers, one instance a worker. A run past its time, or cancelled, ends with its worker, for
 * nothing else stops it; the pool makes another. `parallel` workers at most; absent, as many as there are cores, but no more than 4.
 */
export class WasmClingo implements Clingo {
  readonly name = "wasm";
  readonly parallel: number;
  readonly #pool: Piscina<WasmTask, ClingoOutput>;
  readonly #turns: Turns;
  readonly #closed = new AbortController();

  constructor(options: { readonly parallel?: number } = {}) {
    this.parallel = options.parallel ?? Math.min(availableParallelism(), 4);
    this.#turns = new Turns(this.parallel);
    this.#pool = new Piscina<WasmTask, ClingoOutput>({
      filename: new URL(`./wasm_worker${extname(import.meta.filename)}`, import.meta.url).href,
      minThreads: 0,
      maxThreads: this.parallel,
      idleTimeout: IDLE_MS,
      execArgv: [],
    });
  }

  async solve(job: ClingoJob): Promise<ClingoAnswer> {
    return this.#turns.take(() => this.#run(job));
  }

  async close(): Promise<void> {
    this.#closed.abort();
    await this.#pool.destroy();
  }

  async #run(job: ClingoJob): Promise<ClingoAnswer> {
    const cancelled = AbortSignal.any([this.#closed.signal, ...(job.signal === undefined ? [] : [job.signal])]);
    if (cancelled.aborted) return { kind: "stopped", by: "cancelled" };
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), job.time_ms);
    const program = new TextEncoder().encode(job.program);
    const task: WasmTask = { program, options: modeOptions(job).join(" "), memory_mb: job.memory_mb };
    try {
      const output = await this.#pool.run(task, { signal: AbortSignal.any([cancelled, late.signal]), transferList: [program.buffer] });
      return readOutput(output, job.mode);
    } catch (cause) {
      if (cancelled.aborted) return { kind: "stopped", by: "cancelled" };
      if (late.signal.aborted) return { kind: "stopped", by: "time" };
      return { kind: "failed", detail: cause instanceof Error ? cause.message : String(cause) };
    } finally {
      clearTimeout(timer);
    }
  }
}
