import type { DuckDbSession } from "../../../verify/store/duckdb_session.ts";
import type { Facts } from "../duckdb_facts.ts";
import type { DeltaCase } from "./delta_case.ts";
import { type Answer, duckdbAnswers, naiveAnswer } from "./oracles.ts";
import { after, factsOf, type State, stateOf } from "./states.ts";

/** One state that an engine is brought to: what holds there, and whether the engine then keeps it. */
export interface Expected {
  readonly state: State;
  readonly answer: Answer;
  readonly kept: boolean;
}

export interface Expectation {
  /** Starting facts that are undecided, so that the sequence starts with none. */
  readonly refused: Facts | null;
  /** The state before the first delta, then the one behind each, kept or not. */
  readonly states: readonly Expected[];
  /** Whether DuckDB gave every answer that is not undecided. */
  readonly byDuckDb: boolean;
}

/** What the definitions say about every state of a case; null where not even the empty base is decided. */
export function naiveExpectation(target: DeltaCase): Expectation | null {
  let answer = naiveAnswer(target, target.facts);
  let state = stateOf(target.facts);
  const refused = answer.kind === "tuples" ? null : target.facts;
  if (refused !== null) {
    state = stateOf({});
    answer = naiveAnswer(target, {});
    if (answer.kind !== "tuples") return null;
  }
  const states: Expected[] = [{ state, answer, kept: true }];
  for (const step of target.steps) {
    const next = after(state, step);
    answer = naiveAnswer(target, factsOf(next));
    const kept = step.keep && answer.kind === "tuples";
    states.push({ state: next, answer, kept });
    if (kept) state = next;
  }
  return { refused, states, byDuckDb: false };
}

/**
 * What DuckDB says about every state of a case, evaluating each from nothing. Where some state is undecided, the definitions tell
 * which, and DuckDB answers for the others. Null where not even the empty base is decided.
 */
export async function expectation(session: DuckDbSession, target: DeltaCase): Promise<Expectation | null> {
  const states: State[] = [stateOf(target.facts)];
  let last = states[0] ?? stateOf({});
  for (const step of target.steps) {
    const next = after(last, step);
    states.push(next);
    if (step.keep) last = next;
  }
  const all = await duckdbAnswers(session, target, new Map(states.map((state, at) => [at, factsOf(state)])));
  if (all === null) return splitExpectation(session, target);
  const expected = states.map((state, at): Expected => {
    return { state, answer: { kind: "tuples", tuples: all.get(at) ?? new Map() }, kept: at === 0 || target.steps[at - 1]?.keep === true };
  });
  return { refused: null, states: expected, byDuckDb: true };
}

async function splitExpectation(session: DuckDbSession, target: DeltaCase): Promise<Expectation | null> {
  const naive = naiveExpectation(target);
  if (naive === null) return null;
  const decided = naive.states.flatMap(({ state, answer }, at) => (answer.kind === "tuples" ? [[at, factsOf(state)] as const] : []));
  const answers = await duckdbAnswers(session, target, new Map(decided));
  if (answers === null) return naive;
  const states = naive.states.map((expected, at): Expected => {
    const tuples = answers.get(at);
    return tuples === undefined ? expected : { ...expected, answer: { kind: "tuples", tuples } };
  });
  return { ...naive, states, byDuckDb: true };
}
