import type { IrProgram } from "../../logic/language/ir.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { Clock } from "../../schema/clock.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Relation } from "../../schema/relation.ts";
import type { AnswerShape, TextAnswer, TextModel } from "../../schema/text_model.ts";
import type { Verdict } from "../../schema/verdict.ts";
import { prepareDelta } from "../prepared_delta.ts";
import { answerShape, type KnownValues, type ShapeBounds } from "./answer_shape.ts";
import type { FactView } from "./fact_view.ts";
import { jobInput } from "./job_input.ts";
import type { Refused } from "./objections.ts";
import { promptOf } from "./prompt.ts";
import { readAnswer } from "./read_answer.ts";

/** What a job asks of a fact base: `FactBase` has it. */
export interface JobBase {
  readonly head: number;
  readonly program: IrProgram;
  readonly limits: Limits;
  propose(delta: ProposedDelta): Promise<Verdict>;
}

/** One job: a text, what to make of it, and what it may cost. */
export interface JobOrder {
  readonly task: string;
  readonly text: string;
  /** The base relations that its answer may touch. */
  readonly relations: readonly string[];
  readonly known?: KnownValues;
  /** What the model is shown of the facts; it is part of the prompt, so of the job's input. */
  readonly view?: readonly FactView[];
  readonly bounds: ShapeBounds;
  readonly proposer: string;
  readonly reason: string;
  readonly seed: number;
  readonly temperature: number;
  readonly rounds: number;
  /** Tokens of all answers together, and the time that the model may work on them. */
  readonly tokens: number;
  readonly time_ms: number;
  readonly priority?: number;
}

/** One round up to the gate, kept whatever comes of it. */
export interface ProposedAttempt {
  readonly round: number;
  readonly prompt: string;
  /** The commit that stood when the prompt was made. */
  readonly snapshot: number;
  readonly answer: string;
  /** Tokens of the answer. */
  readonly tokens: number;
  /** How long the model worked; time spent in a queue is not in it. */
  readonly millis: number;
  /** The id of the delta that the answer is, and the relations it touches; null and none where it is no delta. */
  readonly delta: string | null;
  readonly writes: readonly string[];
  /** Why the answer was no delta that the gate could judge; null where it judges one. */
  readonly rejected: AssayError | null;
}

export interface Attempt extends ProposedAttempt {
  /** Null where the answer was rejected. */
  readonly verdict: Verdict | null;
}

export interface JobOutcome {
  /** `unchanged`: the model found no fact to give. */
  readonly state: "accepted" | "unchanged" | "refused" | "failed" | "cancelled";
  /** See `jobInput`: a job of the same input need not run again. */
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
  /** The job's name. Its deltas bear it in their reason, so that they are its own. */
  readonly name?: string;
  /** Adds to the delta that an answer is, before the gate sees it. */
  complement?(delta: ProposedDelta): ProposedDelta;
  /** Fills in the repairs of a refused delta's verdict. */
  repair?(delta: ProposedDelta): Promise<Verdict>;
  /** Awaited before the gate judges an answer. */
  onProposal?(attempt: ProposedAttempt): Promise<void>;
  /** Awaited after it. */
  onAttempt?(attempt: Attempt): void | Promise<void>;
  onTokens?(round: number, tokens: number): void;
}

/** What a job begins with, before any model is asked. */
export interface PlannedJob {
  readonly relations: readonly Relation[];
  readonly shape: AnswerShape;
  readonly prompt: string;
  readonly input: string;
}

/** Errors: `job.relation` for a relation that is none of the base's. */
export function planJob(base: Pick<JobBase, "program" | "limits">, model: Pick<TextModel, "hash">, order: JobOrder): PlannedJob {
  const relations = order.relations.map((name) => baseRelation(base, name));
  const shape = answerShape(relations, order.bounds, order.known);
  const prompt = promptAfter(base, order, relations, null);
  return { relations, shape, prompt, input: jobInput(model, order, prompt, shape) };
}

/**
 * Lets a model propose and the gate dispose: prompt, answer, verdict; a refusal's violations and repairs go into the next prompt; until an
 * answer is accepted, or the rounds, tokens or time of the job are used up (`refused`). Nothing is written but by `propose`, one
 * whole delta at a time. An answer without a fact ends it as `unchanged`. An `AssayError` on the way ends the job as `failed`, the signal as `cancelled`, unless an answer was accepted by
 * then; attempts made are kept. Errors: `job.relation`; what is thrown by the options' own functions and is no `AssayError`.
 */
export async function runJob(base: JobBase, model: TextModel, order: JobOrder, options: JobOptions): Promise<JobOutcome> {
  const plan = planJob(base, model, order);
  const { signal } = options;
  const attempts: Attempt[] = [];
  const outcome = { input: plan.input, model: { name: model.name, hash: model.hash }, attempts };
  let last: Refused | null = null;
  for (let round = 1; round <= order.rounds; round++) {
    const budget = budgetLeft(order, attempts);
    if (budget === null) break;
    const prompt = last === null ? plan.prompt : promptAfter(base, order, plan.relations, last);
    try {
      const attempt = await attemptOf({ base, order, relations: plan.relations, shape: plan.shape, prompt, round, budget }, model, options);
      attempts.push(attempt);
      await options.onAttempt?.(attempt);
      const { verdict, answer, rejected } = attempt;
      if (verdict?.verdict === "accepted") return { ...outcome, state: "accepted", commit: verdict.commit, error: null };
      if (rejected?.code === "job.empty") return { ...outcome, state: "unchanged", commit: null, error: null };
      last = { answer, rejected, verdict };
    } catch (error) {
      const isCancelled = signal?.aborted === true;
      if (!(error instanceof AssayError) && !(isCancelled && error === signal.reason)) throw error;
      return { ...outcome, state: isCancelled ? "cancelled" : "failed", commit: null, error };
    }
  }
  return { ...outcome, state: "refused", commit: null, error: null };
}

function promptAfter({ limits }: Pick<JobBase, "limits">, order: JobOrder, relations: readonly Relation[], last: Refused | null): string {
  const { task, text, known = new Map(), view = [] } = order;
  return promptOf({ task, relations, known, view, text, last, limits });
}

interface Budget {
  readonly tokens: number;
  readonly time_ms: number;
}

interface Turn {
  readonly base: JobBase;
  readonly order: JobOrder;
  readonly relations: readonly Relation[];
  readonly shape: AnswerShape;
  readonly prompt: string;
  readonly round: number;
  readonly budget: Budget;
}

/** What the attempts so far leave; null where nothing is. */
function budgetLeft(order: JobOrder, attempts: readonly Attempt[]): Budget | null {
  const tokens = attempts.reduce((left, attempt) => left - attempt.tokens, order.tokens);
  const time_ms = attempts.reduce((left, attempt) => left - attempt.millis, order.time_ms);
  return tokens <= 0 || time_ms <= 0 ? null : { tokens, time_ms };
}

async function attemptOf(turn: Turn, model: TextModel, options: JobOptions): Promise<Attempt> {
  const { base, order, shape, prompt, round, budget } = turn;
  const { clock, signal } = options;
  const snapshot = base.head;
  const begin = clock.micros();
  const said = await model.complete({
    prompt,
    shape,
    seed: order.seed + round - 1,
    temperature: order.temperature,
    ...budget,
    principal: order.proposer,
    ...(order.priority === undefined ? {} : { priority: order.priority }),
    ...(signal === undefined ? {} : { signal }),
    onTokens: (tokens) => options.onTokens?.(round, tokens),
  });
  signal?.throwIfAborted();
  const millis = Math.floor(said.millis ?? (clock.micros() - begin) / 1000);
  refuseOverspent(budget, said.tokens, millis);
  const { delta, rejected } = deltaOf(turn, said, options);
  const id = delta === null ? null : prepareDelta(delta, base.program, base.limits).id;
  const writes = delta === null ? [] : order.relations.filter((name) => delta.assert.has(name) || delta.retract.has(name));
  const proposed = { round, prompt, snapshot, answer: said.text, tokens: said.tokens, millis, delta: id, writes, rejected };
  await options.onProposal?.(proposed);
  signal?.throwIfAborted();
  return { ...proposed, verdict: delta === null ? null : await judge(base, delta, options) };
}

/** What a model says it spent is held to what it was given. */
function refuseOverspent(budget: Budget, tokens: number, millis: number): void {
  if (tokens > budget.tokens) throw new AssayError("limit.model_tokens", `the answer took ${tokens} tokens of ${budget.tokens}`);
  if (millis > budget.time_ms) throw new AssayError("limit.model_ms", `the answer took ${millis} milliseconds of ${budget.time_ms}`);
}

type Read = { readonly delta: ProposedDelta; readonly rejected: null } | { readonly delta: null; readonly rejected: AssayError };

function deltaOf({ base, order, relations, round }: Turn, said: TextAnswer, { name, complement }: JobOptions): Read {
  const { proposer, bounds } = order;
  const reason = name === undefined ? order.reason : `${order.reason} (${name}/${round})`;
  try {
    if (!said.isWhole) throw new AssayError("job.answer", "the answer was not finished within its tokens");
    const delta = readAnswer(said.text, { relations, bounds, limits: base.limits, proposer, reason });
    return { delta: complement === undefined ? delta : complement(delta), rejected: null };
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    return { delta: null, rejected: error };
  }
}

async function judge(base: JobBase, delta: ProposedDelta, { repair }: JobOptions): Promise<Verdict> {
  const verdict = await base.propose(delta);
  if (verdict.verdict !== "refused" || repair === undefined) return verdict;
  return { ...verdict, repairs: (await repair(delta)).repairs };
}

function baseRelation(base: Pick<JobBase, "program">, name: string): Relation {
  const relation = base.program.relations.get(name);
  if (relation?.role === "base") return relation;
  throw new AssayError("job.relation", `\`${name}\` is no base relation of the theories in force`);
}
