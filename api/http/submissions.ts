import type { Clock } from "../../schema/clock.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { Principal } from "../../verify/checks/authorization/principal.ts";
import { type Explanation, explainProposed } from "../../verify/explain.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import { repairDelta } from "../../verify/repair/repair_delta.ts";
import { DryRuns } from "./dry_runs.ts";
import { Idempotency } from "./idempotency.ts";
import type { ServiceMetrics } from "./metrics.ts";
import type { Gatekeeper } from "./principal.ts";
import { Turnstile } from "./turnstile.ts";

export interface SubmitOptions {
  /** Judge, and commit nothing. */
  readonly isDry: boolean;
  /** How many repairs to look for where a law refuses; 0 for none. */
  readonly repairs: number;
}

/** Violations whose proofs one answer brings. */
const EXPLAINED = 16;

/** The way of proposed deltas from the door to the gate: who may, how many at once, once for each key. */
export class Submissions {
  readonly #base: FactBase;
  readonly #clock: Clock;
  readonly #gatekeeper: Gatekeeper;
  readonly #metrics: ServiceMetrics;
  readonly #turnstile: Turnstile;
  readonly #keys: Idempotency;
  readonly #dryRuns: DryRuns;

  constructor(base: FactBase, clock: Clock, gatekeeper: Gatekeeper, metrics: ServiceMetrics) {
    this.#base = base;
    this.#clock = clock;
    this.#gatekeeper = gatekeeper;
    this.#metrics = metrics;
    this.#turnstile = new Turnstile("deltas", () => base.limits.verdicts_waiting);
    this.#dryRuns = new DryRuns(base);
    this.#keys = new Idempotency(() => base.limits.keys_kept);
    metrics.watchQueue(() => this.#turnstile.inside);
  }

  /** The verdict on a delta. Errors: those of the gatekeeper, `http.busy`, `http.key_reused`, and those of `FactBase.propose`. */
  async submit(principal: Principal, delta: ProposedDelta, { isDry, repairs }: SubmitOptions): Promise<Verdict> {
    await this.#gatekeeper.authorize(principal, { kind: "propose", delta, isDry });
    const started = this.#clock.micros();
    const own = scoped(principal, delta);
    const verdict = await this.#turnstile.pass(() => (isDry ? this.#dryRuns.verdict(own) : this.#propose(own)));
    this.#metrics.noteVerdict(verdict, this.#clock.micros() - started);
    if (repairs === 0 || verdict.verdict !== "refused") return verdict;
    const { base: _conditional, ...rest } = delta;
    const repaired = await this.#turnstile.pass(() =>
      repairDelta(this.#base, { ...rest, base: null }, { clingo: this.#base.clingo, clock: this.#clock, alternatives: repairs }),
    );
    return { ...verdict, repairs: repaired.verdict.repairs };
  }

  /** The verdicts on several deltas, or what kept each from one, in their order; they are one group where they can be. */
  async submitAll(principal: Principal, deltas: readonly ProposedDelta[]): Promise<PromiseSettledResult<Verdict>[]> {
    return Promise.allSettled(deltas.map((delta) => this.submit(principal, delta, { isDry: false, repairs: 0 })));
  }

  /** What stands behind the first violations of the laws that a verdict on a delta shows. Errors: `explain.undecided`. */
  async explanations(delta: ProposedDelta, verdict: Verdict, depth: number): Promise<Explanation[]> {
    const lawful = verdict.verdict === "refused" ? verdict.violations.filter(({ code }) => code === undefined) : [];
    if (lawful.length === 0) return [];
    return this.#turnstile.pass(() =>
      this.#base.look((input) => {
        const limits = { ...input.limits, explain_depth: depth };
        return explainProposed({ ...input, limits }, delta, verdict, lawful.slice(0, EXPLAINED));
      }),
    );
  }

  #propose(delta: ProposedDelta): Promise<Verdict> {
    const { key } = delta;
    return key === null ? this.#base.propose(delta) : this.#keys.verdict({ ...delta, key }, () => this.#base.propose(delta));
  }
}

/** Keys of one principal are not those of another: nobody learns or blocks what others sent by guessing their keys. */
function scoped({ id, kind }: Principal, delta: ProposedDelta): ProposedDelta {
  return delta.key === null || kind === "anonymous" ? delta : { ...delta, key: `${id}/${delta.key}` };
}
