import assert from "node:assert/strict";
import { after as afterAll, before, test } from "node:test";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { caseOfSeed, isSound } from "../support/incremental/campaign.ts";
import { duckdbAnswer, duckdbAnswers, naiveAnswer } from "../support/incremental/oracles.ts";
import { after, factsOf, stateOf } from "../support/incremental/states.ts";

/** What the differential test of the incremental engine rests on: that one evaluation over numbered states answers for each of them. */
const PROGRAMS = 25;
const DELTAS = 6;
let session: DuckDbSession;

before(async () => {
  session = await openMemory({ threads: "1" });
});
afterAll(() => session.close());

function statesOf(seed: number): Map<number, ReturnType<typeof factsOf>> {
  const target = caseOfSeed(seed, DELTAS);
  let state = stateOf(target.facts);
  const states = new Map([[0, factsOf(state)]]);
  for (const [at, step] of target.steps.entries()) {
    state = after(state, step);
    states.set(at + 1, factsOf(state));
  }
  return states;
}

test("one evaluation over many states finds in each what evaluating it alone finds, and what the definitions say", async () => {
  let states = 0;
  let tuples = 0;
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const target = caseOfSeed(seed, DELTAS);
    const numbered = statesOf(seed);
    const together = await duckdbAnswers(session, target, numbered);
    for (const [number, facts] of numbered) {
      const alone = await duckdbAnswer(session, target, facts);
      const defined = naiveAnswer(target, facts);
      if (together !== null) assert.deepEqual(together.get(number), alone, `seed ${seed}, state ${number}`);
      if (defined.kind === "unknown") continue;
      assert.deepEqual(defined.kind === "tuples" ? defined.tuples : null, alone, `seed ${seed}, state ${number}`);
      states++;
      for (const rows of alone?.values() ?? []) tuples += rows.length;
    }
    const undecided = [...numbered.values()].some((facts) => naiveAnswer(target, facts).kind === "undecided");
    if (undecided) assert.equal(together, null, `seed ${seed}`);
  }
  assert.ok(states > PROGRAMS * DELTAS * 0.9 && tuples > states, `${states} states, ${tuples} tuples`);
});

test("random programs keep what the intermediate form promises", () => {
  for (let seed = 1; seed <= 200; seed++) assert.ok(isSound(caseOfSeed(seed, 1)), `seed ${seed}`);
});
