import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { type Clingo, type ClingoAnswer, type ClingoJob, modeOptions } from "./clingo.ts";
import { type ClingoOutput, readOutput } from "./read_output.ts";
import { Turns } from "./turns.ts";

const KILOBYTES_A_MEGABYTE = 1024;

/** Whether `path` runs and says that it is clingo 5. */
export function isClingo(path: string): boolean {
  const asked = spawnSync(path, ["--version"], { encoding: "utf8", timeout: 10_000 });
  return asked.status === 0 && /^clingo version 5\./.test(asked.stdout);
}

/**
 * A clingo of the machine's, a process a run, killed past its time or its memory. The program goes in by stdin, which
 * has no bound. `parallel` processes at most; absent, as many as there are cores, but no more than 4.
 */
export class NativeClingo implements Clingo {
  readonly name: string;
  readonly parallel: number;
  readonly #turns: Turns;
  readonly #closed = new AbortController();

  constructor(path: string, options: { readonly parallel?: number } = {}) {
    this.name = path;
    this.parallel = options.parallel ?? Math.min(availableParallelism(), 4);
    this.#turns = new Turns(this.parallel);
  }

  async solve(job: ClingoJob): Promise<ClingoAnswer> {
    return this.#turns.take(() => this.#run(job));
  }

  async close(): Promise<void> {
    this.#closed.abort();
  }

  async #run(job: ClingoJob): Promise<ClingoAnswer> {
    const cancelled = AbortSignal.any([this.#closed.signal, ...(job.signal === undefined ? [] : [job.signal])]);
    if (cancelled.aborted) return { kind: "stopped", by: "cancelled" };
    let isLate = false;
    const child = this.#start(job);
    const kill = (): boolean => child.kill("SIGKILL");
    const timer = setTimeout(() => {
      isLate = true;
      kill();
    }, job.time_ms);
    cancelled.addEventListener("abort", kill);
    try {
      const output = await outputOf(child, job.program);
      if (cancelled.aborted) return { kind: "stopped", by: "cancelled" };
      return isLate ? { kind: "stopped", by: "time" } : readOutput(output, job.mode);
    } catch (cause) {
      return { kind: "failed", detail: `\`${this.name}\`: ${cause instanceof Error ? cause.message : String(cause)}` };
    } finally {
      clearTimeout(timer);
      cancelled.removeEventListener("abort", kill);
    }
  }

  /** The shell's `ulimit` bounds the address space; where there is no shell, as on Windows, time alone is bounded. */
  #start(job: ClingoJob): ChildProcess {
    const options = [...modeOptions(job), "-"];
    if (process.platform === "win32") return spawn(this.name, options);
    const bounded = `ulimit -v ${job.memory_mb * KILOBYTES_A_MEGABYTE} && exec "$0" "$@"`;
    return spawn("/bin/sh", ["-c", bounded, this.name, ...options]);
  }
}

function outputOf(child: ChildProcess, program: string): Promise<ClingoOutput> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk));
    child.on("error", reject);
    child.on("close", (status) => {
      const text = (chunks: readonly Buffer[]): string => Buffer.concat(chunks).toString("utf8");
      resolve({ stdout: text(out), stderr: text(errors), status });
    });
    // A run that ends early, killed or on an error, leaves its input unread.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(program);
  });
}
