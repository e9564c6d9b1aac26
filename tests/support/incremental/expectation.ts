import type { DuckDbSession } from "../../../verify/store/duckdb_session.ts";
import type { Facts } from "../duckdb_facts.ts";
import type { DeltaCase } from "./delta_case.ts";
import { type Answer, duckdbAnswers, naiveAnswer, type Tuples } from "./oracles.ts";
import { after, factsOf, type State, stateOf } from "./states.ts";

/** One state that an engine is brought to: what holds there, and whether the engine then keeps it. */
export interface Expected {
  readonly state: State;
  readonly answer: Answer;
  readonly kept: boolean;
}

export interface Expectation {
  /** Starting facts that are undecided, so that the sequence starts with none; so it does where that is unknown. */
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
  const refused = answer.kind === "undecided" ? target.facts : null;
  if (answer.kind !== "tuples") {
    state = stateOf({});
    answer = naiveAnswer(target, {});
    if (answer.kind !== "tuples") return null;
  }
  const states: Expected[] = [{ state, answer, kept: true }];
  let current: Answer = answer;
  for (const step of target.steps) {
    const next = after(state, step);
    const there: Answer = next === state ? current : naiveAnswer(target, factsOf(next));
    const kept = step.keep && there.kind === "tuples";
    states.push({ state: next, answer: there, kept });
    if (kept) [state, current] = [next, there];
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
  const all = await answersByState(session, target, states);
  if (all === null) return splitExpectation(session, target);
  const expected = states.map((state, at): Expected => {
    const answer: Answer = { kind: "tuples", tuples: all.get(state) ?? new Map() };
    return { state, answer, kept: at === 0 || target.steps[at - 1]?.keep === true };
  });
  return { refused: null, states: expected, byDuckDb: true };
}

/** DuckDB's answers; a state that several deltas lead to is evaluated once. */
async function answersByState(session: DuckDbSession, target: DeltaCase, states: readonly State[]): Promise<Map<State, Tuples> | null> {
  const distinct = [...new Set(states)];
  const answers = await duckdbAnswers(session, target, new Map(distinct.map((state, at) => [at, factsOf(state)])));
  return answers === null ? null : new Map(distinct.map((state, at) => [state, answers.get(at) ?? new Map()]));
}

async function splitExpectation(session: DuckDbSession, target: DeltaCase): Promise<Expectation | null> {
  const naive = naiveExpectation(target);
  if (naive === null) return null;
  const decided = naive.states.flatMap(({ state, answer }) => (answer.kind === "tuples" ? [state] : []));
  const answers = await answersByState(session, target, decided);
  if (answers === null) return naive;
  const states = naive.states.map((expected): Expected => {
    const tuples = answers.get(expected.state);
    return tuples === undefined ? expected : { ...expected, answer: { kind: "tuples", tuples } };
  });
  return { ...naive, states, byDuckDb: true };
}
