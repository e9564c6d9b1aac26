import type { z } from "zod";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import type { JobRecord } from "../../verify/jobs/job_record.ts";
import type { ReplayOptions } from "../../verify/what_if/replay_theory.ts";
import { askedJob } from "../http/model_jobs.ts";
import type { Act } from "../http/principal.ts";
import type { jobInput } from "../http/wire/job_schemas.ts";
import { beginJob, type JobDesk } from "../jobs/begin_job.ts";

/** A fact base as an agent reaches it: what it may do is asked of `authorize`, and it writes by proposing alone. */
export interface AgentDoor {
  readonly base: FactBase;
  readonly version: string;
  /** Who proposes where a proposal names nobody. */
  readonly proposer: string;
  /** Refuses by throwing. */
  authorize(act: Act): Promise<void>;
  /** Passed by whatever reads at length. Errors: `http.busy`. */
  read<T>(action: () => Promise<T>): Promise<T>;
  /** Authorizes and judges a delta; dry, it commits nothing. */
  submit(delta: ProposedDelta, isDry: boolean): Promise<Verdict>;
  /** How the copy of the fact base is opened in which a changed theory is tried. */
  readonly replay: ReplayOptions;
  /** The models that jobs may name. */
  readonly models: readonly string[];
  /** Authorizes a job and runs it to its end. */
  runJob(given: z.output<typeof jobInput>): Promise<EndedJob>;
}

export interface EndedJob {
  readonly record: JobRecord;
  /** Whether an earlier job of the same input answers. */
  readonly receipt: boolean;
}

/** The door of an agent that was given the fact base itself, as its owner was. The caller closes what is at the desk. */
export function ownersDoor(desk: JobDesk, version: string, proposer: string, replay: ReplayOptions): AgentDoor {
  const { base } = desk;
  return {
    base,
    replay,
    models: desk.models.names,
    async runJob(given) {
      const { done, receipt } = await beginJob(desk, askedJob(proposer, given));
      return { record: (await done).record, receipt };
    },
    version,
    proposer,
    authorize: async () => undefined,
    read: (action) => action(),
    async submit(delta, isDry) {
      if (!isDry) return base.propose(delta);
      const [verdict] = await base.rehearse([delta]);
      if (verdict === undefined) throw new Error("a rehearsal gives a verdict");
      return verdict;
    },
  };
}
