import type { Clock } from "../schema/clock.ts";
import type { ProposedDelta } from "../schema/delta.ts";
import type { Limits } from "../schema/limits.ts";
import type { LawOutcome, Undecided, Verdict } from "../schema/verdict.ts";
import type { Consequences, JudgedDelta } from "./accepted_delta.ts";
import { engineLabel } from "./checks/answer_sets.ts";
import { checkBase } from "./checks/base_commit.ts";
import { keyLawsToCheck } from "./checks/keys.ts";
import { inLawOrder } from "./checks/logic.ts";
import type { EngineName } from "./engine_name.ts";
import type { BaseState } from "./in_force.ts";
import { judgeTheories, type LoadRequest } from "./load.ts";
import { type PreparedDelta, prepareDelta } from "./prepared_delta.ts";
import type { DuckDbSession } from "./store/duckdb_session.ts";
import { makeVerdict, nothingChecked } from "./verdict.ts";
import type { Trial, World } from "./world.ts";

/** A delta that every check let pass, its effects standing in the session's open transaction. Only this file makes one; `commit` takes nothing else. */
export type AcceptedDelta = Accepted & JudgedDelta & Consequences;

class Accepted {
  readonly #isMade = true;

  constructor(delta: JudgedDelta, consequences: Consequences) {
    Object.assign(this, delta, consequences);
  }

  static made(delta: JudgedDelta, consequences: Consequences): AcceptedDelta {
    return new Accepted(delta, consequences) as AcceptedDelta;
  }

  static is(delta: object): boolean {
    return #isMade in delta && delta.#isMade;
  }
}

/** Tells a delta that the gate made from one that a cast made. */
export function isAccepted(delta: AcceptedDelta): boolean {
  return Accepted.is(delta);
}

/**
 * What the gate says. `accepted` leaves the delta's effects standing in the world it was judged in; with every other answer none of
 * them does, or the caller rolls the transaction back. `replayed`: this delta was judged before and nothing changed since that could
 * change the answer.
 */
export type Judgement =
  | { readonly kind: "accepted"; readonly accepted: AcceptedDelta }
  | { readonly kind: "refused"; readonly refused: JudgedDelta }
  | { readonly kind: "undecided"; readonly verdict: Verdict }
  | { readonly kind: "replayed"; readonly verdict: Verdict };

export function verdictOf(judgement: Judgement): Verdict {
  if (judgement.kind === "accepted") return judgement.accepted.verdict;
  return judgement.kind === "refused" ? judgement.refused.verdict : judgement.verdict;
}

/** A fact base with a transaction open. */
export interface GateInput {
  /** Nobody else uses it meanwhile. */
  readonly session: DuckDbSession;
  readonly clock: Clock;
  readonly limits: Limits;
  readonly state: BaseState;
  /** The engines that judge a load; `duckdb` where absent, which reads large bases fastest. */
  readonly engines?: readonly EngineName[];
}

/** Judges a proposed delta, as proposed for the first time or, from `offset` on, to list its violations again; see `judgePrepared`. */
export async function judgeDelta(
  world: World,
  state: BaseState,
  limits: Limits,
  proposed: ProposedDelta,
  offset: number | null,
): Promise<Judgement> {
  return judgePrepared(world, state, prepareDelta(proposed, state.inForce.program, limits, offset ?? 0), offset === null);
}

/**
 * Judges a delta, shaped and typed by checks 1 and 2, against the facts of a world. All violations are counted, a page is listed.
 * With `remembers` the answer may come from memory, else the delta is judged whatever was said of it before.
 */
export async function judgePrepared(world: World, state: BaseState, delta: PreparedDelta, remembers: boolean): Promise<Judgement> {
  const known = remembers ? await world.recall(delta.id, state) : { kept: false, verdict: null };
  if (known.verdict !== null) return { kind: "replayed", verdict: known.verdict };
  const trial = await world.trial(delta, state);
  let accepted = false;
  try {
    const judgement = await judgeTrial(world, trial, state, delta, known.kept);
    accepted = judgement.kind === "accepted";
    return judgement;
  } finally {
    await trial.end(accepted);
  }
}

async function judgeTrial(world: World, trial: Trial, state: BaseState, delta: PreparedDelta, replaces: boolean): Promise<Judgement> {
  const { program, hashes } = state.inForce;
  const { proposed, page, id, pieces } = delta;
  const malformed = page.total;
  // 3 keys
  const keyLaws = keyLawsToCheck(program, state.waived);
  const keys = await trial.keys(keyLaws, page);
  const keyViolations = page.total - malformed;
  // 4 base commit
  await checkBase(world, trial, delta, state.head, page);
  // 5 logic
  const isSound = page.total === keyViolations;
  const logic = isSound && delta.facts > 0 ? await trial.logic(keyLaws, page) : null;
  const verdict = makeVerdict({
    delta: id,
    base: state.head,
    theories: hashes,
    facts: logic?.undecided ? 0 : await trial.facts(),
    deltaFacts: delta.facts,
    laws: inLawOrder(program.laws, keys, logic?.laws ?? NO_OUTCOMES),
    page,
    refused: !isSound || keyViolations > 0 || (logic?.refused ?? false),
    undecided: nothingToJudge(delta.facts, program.laws.length) ?? logic?.undecided ?? null,
    engine: engineLabel(world.engine, program),
  });
  const { proposer, reason, key } = proposed;
  const judged: JudgedDelta = { id, kind: "delta", pieces, proposer, reason, key, theories: [], verdict, replaces };
  if (verdict.verdict === "undecided") return { kind: "undecided", verdict };
  if (verdict.verdict === "refused" || logic === null) return { kind: "refused", refused: judged };
  const settle = [...state.waived.keys()].filter((fingerprint) => !logic.standing.has(fingerprint));
  return accept(judged, { changes: logic.changes, schema: null, waive: [], settle, inForce: state.inForce });
}

const NO_OUTCOMES: readonly LawOutcome[] = [];

/**
 * Judges the loading of theories, which is a delta too: the whole set in force is compiled anew and judged over the facts present.
 * Errors: those of `judgeTheories`.
 */
export async function judgeLoad(input: GateInput, request: LoadRequest): Promise<Judgement> {
  const judged = await judgeTheories(input, request);
  if (judged.kind !== "lawful") return judged;
  return accept(judged.delta, judged.consequences);
}

function accept(delta: JudgedDelta, consequences: Consequences): Judgement {
  return { kind: "accepted", accepted: Accepted.made(delta, consequences) };
}

function nothingToJudge(deltaFacts: number, laws: number): Undecided | null {
  if (deltaFacts === 0) return nothingChecked("delta", "the delta asserts and retracts nothing");
  return laws === 0 ? nothingChecked("laws", "the theories in force have no laws") : null;
}
