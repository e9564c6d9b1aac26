import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { LawOutcome, Verdict } from "../../schema/verdict.ts";
import type { Turn } from "../../verify/live/turns.ts";

const MICROS_A_SECOND = 1_000_000;
const MILLISECONDS_A_SECOND = 1_000;
const GROUP_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

/** Sums of lists that verdicts share. */
const sums = new WeakMap<readonly LawOutcome[], number>();

function lawMicros(laws: readonly LawOutcome[]): number {
  const known = sums.get(laws);
  if (known !== undefined) return known;
  const sum = laws.reduce((total, { micros }) => total + micros, 0);
  sums.set(laws, sum);
  return sum;
}

interface LawTotals {
  runs: number;
  micros: number;
  violations: number;
}

/**
 * The service's numbers in Prometheus' form. Verdicts are counted law by law when somebody asks, not when they are given: most verdicts
 * share one list of outcomes, which is counted once for all of them.
 */
export class ServiceMetrics {
  readonly registry = new Registry();
  readonly #requests: Histogram<"route" | "status">;
  readonly #verdicts: Counter<"verdict">;
  readonly #verdictSeconds: Histogram;
  readonly #lawSeconds: Histogram;
  readonly #commitSeconds: Histogram;
  readonly #groupRecords: Histogram;
  readonly #live: Gauge<"transport">;
  readonly #lagged: Counter;
  readonly #authFailures: Counter;
  readonly #stalled: Counter;
  readonly #laws = new Map<string, LawTotals>();
  #pending: { readonly laws: readonly LawOutcome[]; count: number } | null = null;

  constructor(head: () => number) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    const seconds = { registers, buckets: SECONDS };
    this.#requests = new Histogram({ ...seconds, name: "assay_request_seconds", help: "time to answer", labelNames: ["route", "status"] });
    this.#verdicts = new Counter({ registers, name: "assay_verdicts_total", help: "verdicts given", labelNames: ["verdict"] });
    this.#verdictSeconds = new Histogram({
      ...seconds,
      name: "assay_verdict_seconds",
      help: "time from proposal to verdict: waiting, judging and the commit",
    });
    this.#lawSeconds = new Histogram({ ...seconds, name: "assay_engine_seconds", help: "time the engine spent on the laws of a verdict" });
    this.#commitSeconds = new Histogram({
      ...seconds,
      name: "assay_commit_seconds",
      help: "time from the last judgement of a group until all of it is on disk",
    });
    this.#groupRecords = new Histogram({
      registers,
      buckets: GROUP_SIZES,
      name: "assay_group_deltas",
      help: "deltas that were written together, refused ones too",
    });
    this.#live = new Gauge({ registers, name: "assay_live_clients", help: "subscribers connected", labelNames: ["transport"] });
    this.#lagged = new Counter({ registers, name: "assay_live_lagged_total", help: "subscribers cut off because they read too slowly" });
    this.#authFailures = new Counter({ registers, name: "assay_auth_failures_total", help: "requests whose sender was not known" });
    this.#stalled = new Counter({ registers, name: "assay_stalled_total", help: "connections cut because nothing of an answer was taken" });
    new Gauge({
      registers,
      name: "assay_head",
      help: "number of the last commit",
      collect() {
        this.set(head());
      },
    });
    this.#lawMetrics(registers);
  }

  noteRequest(route: string, status: number, micros: number): void {
    this.#requests.observe({ route, status }, micros / MICROS_A_SECOND);
  }

  noteVerdict(verdict: Verdict, micros: number): void {
    this.#verdicts.inc({ verdict: verdict.verdict });
    this.#verdictSeconds.observe(micros / MICROS_A_SECOND);
    if (verdict.replayed) return;
    this.#lawSeconds.observe(lawMicros(verdict.laws) / MICROS_A_SECOND);
    if (this.#pending?.laws !== verdict.laws) this.#countLaws();
    this.#pending ??= { laws: verdict.laws, count: 0 };
    this.#pending.count += 1;
  }

  /** Notes what a turn of the fact base wrote; `now` is when it was on disk. */
  noteTurn({ records }: Pick<Turn, "records">, now: string): void {
    const last = records.at(-1);
    if (last === undefined) return;
    const judged = last.kind === "commit" ? last.entry.time : last.time;
    this.#commitSeconds.observe(Math.max(0, Date.parse(now) - Date.parse(judged)) / MILLISECONDS_A_SECOND);
    this.#groupRecords.observe(records.length);
  }

  noteSubscriber(transport: "ws" | "sse", change: 1 | -1): void {
    this.#live.inc({ transport }, change);
  }

  noteAuthFailure(): void {
    this.#authFailures.inc();
  }

  noteLagged(): void {
    this.#lagged.inc();
  }

  noteStalled(): void {
    this.#stalled.inc();
  }

  /** Shows the count of deltas that wait, as `waiting` tells it. */
  watchQueue(waiting: () => number): void {
    new Gauge({
      registers: [this.registry],
      name: "assay_verdicts_waiting",
      help: "deltas under way",
      collect() {
        this.set(waiting());
      },
    });
  }

  async text(): Promise<string> {
    this.#countLaws();
    return this.registry.metrics();
  }

  #lawMetrics(registers: Registry[]): void {
    const laws = this.#laws;
    const gauge = (name: string, help: string, numberOf: (totals: LawTotals) => number): void => {
      new Gauge({
        registers,
        name,
        help,
        labelNames: ["law"],
        collect() {
          for (const [law, totals] of laws) this.set({ law }, numberOf(totals));
        },
      });
    };
    gauge("assay_law_runs", "verdicts in which a law was judged", ({ runs }) => runs);
    gauge("assay_law_milliseconds", "time spent on a law", ({ micros }) => micros / 1000);
    gauge("assay_law_violations", "violations of a law found", ({ violations }) => violations);
  }

  /** Adds what is pending to the totals. */
  #countLaws(): void {
    if (this.#pending === null) return;
    const { laws, count } = this.#pending;
    this.#pending = null;
    for (const { law, micros, violations } of laws) {
      const totals = this.#laws.get(law) ?? { runs: 0, micros: 0, violations: 0 };
      this.#laws.set(law, totals);
      totals.runs += count;
      totals.micros += micros * count;
      totals.violations += violations * count;
    }
  }
}
