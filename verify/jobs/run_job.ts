import { AssayError } from "../../schema/assay_error.ts";
import { canonicalJson, sha256 } from "../../schema/canonical.ts";
import type { Clock } from "../../schema/clock.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { Relation } from "../../schema/relation.ts";
import type { TextAnswer, TextModel } from "../../schema/text_model.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { answerShape, type KnownValues, type ShapeBounds } from "./answer_shape.ts";
import { promptOf, type Refused } from "./prompt.ts";
import { readAnswer } from "./read_answer.ts";

/** What a job asks of a fact base: `FactBase` has it. */
export interface JobBase {
  readonly head: number;
  readonly program: { readonly relations: ReadonlyMap<string, Relation> };
  propose(delta: ProposedDelta): Promise<Verdict>;
}

/** One job: a text, what to make of it, and what it may cost. */
export interface JobOrder {
  readonly task: string;
  readonly text: string;
  /** The base relations that its answer may touch. */
  readonly relations: readonly string[];
  readonly known?: KnownValues;
  readonly bounds: ShapeBounds;
  readonly proposer: string;
  readonly reason: string;
  readonly seed: number;
  readonly temperature: number;
  readonly rounds: number;
  /** Tokens and time of all rounds together. */
  readonly tokens: number;
  readonly time_ms: number;
  readonly priority?: number;
}

/** One round, kept whatever came of it. */
export interface Attempt {
  readonly round: number;
  readonly prompt: string;
  /** The commit that stood when the prompt was made. */
  readonly snapshot: number;
  readonly answer: string;
  readonly tokens: number;
  readonly millis: number;
  /** Why the answer was no delta that the gate could judge; null where it judged one. */
  readonly rejected: AssayError | null;
  readonly verdict: Verdict | null;
}

export interface JobOutcome {
  readonly state: "accepted" | "refused" | "failed" | "cancelled";
  /** The hash of all that decides the first prompt and its answer: a job of the same input need not run again. */
  readonly input: string;
  readonly model: { readonly name: string; readonly hash: string };
  readonly attempts: readonly Attempt[];
  /** The commit that holds the answer; null unless accepted. */
  readonly commit: number | null;
  /** What ended a failed or cancelled job. */
  readonly error: unknown;
}

export interface JobOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Fills in the repairs of a refused delta's verdict. */
  repair?(delta: ProposedDelta): Promise<Verdict>;
  onAttempt?(attempt: Attempt): void;
  onTokens?(round: number, tokens: number): void;
}

/**
 * Lets a model propose and the gate dispose: prompt, answer, verdict; a refusal's violations and repairs go into the next prompt; until an
 * answer is accepted, or the rounds, tokens or time of the job are used up (`refused`). Nothing is written but by `propose`, one
 * whole delta at a time. A model that fails ends the job as `failed`, the signal as `cancelled`; attempts made by then are kept.
 * Errors: `job.relation` for a relation that is none of the base's; those of `propose`.
 */
export async function runJob(base: JobBase, model: TextModel, order: JobOrder, options: JobOptions): Promise<JobOutcome> {
  const relations = order.relations.map((name) => baseRelation(base, name));
  const { clock, signal } = options;
  const begin = clock.micros();
  const attempts: Attempt[] = [];
  const { task, text, seed, temperature, bounds } = order;
  const first = promptOf(task, relations, text, null);
  const outcome = {
    input: sha256(canonicalJson([model.hash, first, [...order.relations], seed, temperature, bounds.rows, bounds.characters])),
    model: { name: model.name, hash: model.hash },
    attempts,
  };
  let last: Refused | null = null;
  for (let round = 1; round <= order.rounds; round++) {
    const tokens = order.tokens - attempts.reduce((sum, attempt) => sum + attempt.tokens, 0);
    const time_ms = order.time_ms - (clock.micros() - begin) / 1000;
    if (tokens <= 0 || time_ms <= 0) break;
    const prompt = promptOf(task, relations, text, last);
    const turn = { base, order, relations, prompt, round, budget: { tokens, time_ms: Math.ceil(time_ms) } };
    try {
      const attempt = await attemptOf(turn, model, options);
      attempts.push(attempt);
      options.onAttempt?.(attempt);
      const { verdict, answer, rejected } = attempt;
      if (verdict?.verdict === "accepted") return { ...outcome, state: "accepted", commit: verdict.commit, error: null };
      last = { answer, rejected: rejected?.detail ?? null, verdict };
    } catch (error) {
      if (signal?.aborted !== true && !isOfModel(error)) throw error;
      return { ...outcome, state: signal?.aborted === true ? "cancelled" : "failed", commit: null, error };
    }
  }
  return { ...outcome, state: "refused", commit: null, error: null };
}

interface Turn {
  readonly base: JobBase;
  readonly order: JobOrder;
  readonly relations: readonly Relation[];
  readonly prompt: string;
  readonly round: number;
  readonly budget: { readonly tokens: number; readonly time_ms: number };
}

async function attemptOf(turn: Turn, model: TextModel, options: JobOptions): Promise<Attempt> {
  const { base, order, relations, prompt, round, budget } = turn;
  const { clock, signal } = options;
  const snapshot = base.head;
  const begin = clock.micros();
  const said = await model.complete({
    prompt,
    shape: answerShape(relations, order.bounds, order.known),
    seed: order.seed + round - 1,
    temperature: order.temperature,
    ...budget,
    principal: order.proposer,
    ...(order.priority === undefined ? {} : { priority: order.priority }),
    ...(signal === undefined ? {} : { signal }),
    onTokens: (tokens) => options.onTokens?.(round, tokens),
  });
  signal?.throwIfAborted();
  const judged = await judge(turn, said, options);
  const millis = Math.round((clock.micros() - begin) / 1000);
  return { round, prompt, snapshot, answer: said.text, tokens: said.tokens, millis, ...judged };
}

async function judge({ base, order }: Turn, said: TextAnswer, { repair }: JobOptions): Promise<Pick<Attempt, "rejected" | "verdict">> {
  const { proposer, reason } = order;
  let delta: ProposedDelta;
  try {
    if (!said.isWhole) throw new AssayError("job.answer", "the answer was not finished within its tokens");
    delta = readAnswer(said.text, new Set(order.relations), { proposer, reason });
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return { rejected: error, verdict: null };
  }
  const verdict = await base.propose(delta);
  if (verdict.verdict !== "refused" || repair === undefined) return { rejected: null, verdict };
  return { rejected: null, verdict: { ...verdict, repairs: (await repair(delta)).repairs } };
}

function baseRelation(base: JobBase, name: string): Relation {
  const relation = base.program.relations.get(name);
  if (relation?.role === "base") return relation;
  throw new AssayError("job.relation", `\`${name}\` is no base relation of the theories in force`);
}

function isOfModel(error: unknown): boolean {
  return error instanceof AssayError && (error.code.startsWith("model.") || error.code.startsWith("limit.model_"));
}
