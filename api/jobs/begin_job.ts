import type { Clock } from "../../schema/clock.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { Verdict } from "../../schema/verdict.ts";
import type { FactBase } from "../../verify/fact_base.ts";
import { readView } from "../../verify/jobs/fact_view.ts";
import type { JobKind } from "../../verify/jobs/job_kind.ts";
import type { BegunJob, JobRunner, RunnerOptions } from "../../verify/jobs/job_runner.ts";
import type { KernelParameters } from "../../verify/jobs/kernel.ts";
import { knownValues } from "../../verify/jobs/known_values.ts";
import { repairDelta } from "../../verify/repair/repair_delta.ts";
import { kernelOf } from "./kernels/kernel_registry.ts";
import type { ModelShelf } from "./model_shelf.ts";

/** A job as doors are asked for one. */
export interface AskedJob {
  /** Who does it: a model by its name here, or a kernel. */
  readonly by: { readonly model: string } | { readonly kernel: string; readonly parameters: KernelParameters };
  readonly task: string;
  readonly text: string;
  /** Datalog queries whose answers the model is shown; none where absent. */
  readonly view?: readonly string[];
  readonly relations: readonly string[];
  readonly kind: JobKind;
  readonly proposer: string;
  readonly reason: string;
  readonly rounds: number;
  readonly tokens: number;
  readonly time_ms: number;
  readonly seed: number;
  readonly temperature: number;
  /** Rows of one relation in one answer, and characters of one symbol. */
  readonly rows: number;
  readonly characters: number;
  /** How many repairs a refusal tells the model. */
  readonly repairs: number;
  readonly fresh: boolean;
  readonly priority: number;
}

/** What a door fills in where it is not told. */
export const jobDefaults = {
  task: "Extract the facts that the text states.",
  kind: "inquiry",
  rounds: 3,
  tokens: 1_024,
  time_ms: 120_000,
  seed: 1,
  temperature: 0,
  rows: 50,
  characters: 200,
  repairs: 2,
  fresh: false,
  priority: 0,
} as const;

/** Where jobs are done. */
export interface JobDesk {
  readonly base: FactBase;
  readonly clock: Clock;
  readonly runner: JobRunner;
  readonly models: ModelShelf;
}

export interface BeginOptions extends Omit<RunnerOptions, "repair"> {
  /** Whether the model may be told which values the facts hold; true where absent. */
  readonly knows?: boolean;
}

/**
 * Begins a job. The values that its answers may take where the laws demand them of the facts are read now. Errors: `job.model` and those of
 * `ModelShelf.model`, `job.kernel`, `query.*` for a view, and those of `JobRunner.begin`.
 */
export async function beginJob(desk: JobDesk, asked: AskedJob, { knows = true, ...options }: BeginOptions = {}): Promise<BegunJob> {
  const { base, runner, models } = desk;
  const { by, rows, characters, repairs, view = [], ...order } = asked;
  if ("kernel" in by) return runner.beginKernel(kernelOf(by.kernel), { ...order, parameters: by.parameters }, options);
  const model = await models.model(by.model);
  const known = knows ? await knownValues(base, asked.relations) : new Map();
  const shown = await readView(base, view);
  const repair = (delta: ProposedDelta): Promise<Verdict> => repaired(desk, delta, repairs);
  return runner.begin(
    model,
    { ...order, known, view: shown, bounds: { rows, characters } },
    { ...options, ...(repairs === 0 ? {} : { repair }) },
  );
}

async function repaired({ base, clock }: JobDesk, delta: ProposedDelta, alternatives: number): Promise<Verdict> {
  return (await repairDelta(base, { ...delta, base: null }, { clingo: base.clingo, clock, alternatives })).verdict;
}
