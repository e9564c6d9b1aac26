import { Counter, Gauge, type Registry } from "prom-client";
import type { JobRecord } from "../../verify/jobs/job_record.ts";

const MILLISECONDS_A_SECOND = 1_000;

/** The numbers of jobs that models and kernels do. */
export class JobMetrics {
  readonly #ended: Counter<"state">;
  readonly #tokens: Counter;
  readonly #seconds: Counter;

  constructor(registry: Registry, running: () => number) {
    const registers = [registry];
    this.#ended = new Counter({ registers, name: "assay_jobs_total", help: "jobs that ended", labelNames: ["state"] });
    this.#tokens = new Counter({ registers, name: "assay_job_tokens_total", help: "tokens of answers" });
    this.#seconds = new Counter({ registers, name: "assay_job_seconds_total", help: "time that models and kernels worked" });
    new Gauge({
      registers,
      name: "assay_jobs_running",
      help: "jobs that wait or run",
      collect() {
        this.set(running());
      },
    });
  }

  noteEnded({ state, attempts }: JobRecord): void {
    this.#ended.inc({ state });
    for (const { tokens, millis } of attempts) {
      this.#tokens.inc(tokens);
      this.#seconds.inc(millis / MILLISECONDS_A_SECOND);
    }
  }
}
