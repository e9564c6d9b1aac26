import assert from "node:assert/strict";
import { test } from "node:test";
import { AlloyJudge } from "../../support/alloy_judge.ts";
import { seededChoices } from "../../support/seeded.ts";

const judge = await AlloyJudge.open("published");
const SEED = 91_121;
const DOCUMENTS = 400;

/** What was measured, exactly, and to how many places each number is written. */
function measured(seed: number) {
  const choices = seededChoices(seed, 30);
  const below = (bound: number): number => choices.below(bound) + choices.below(10_000) / 10_000;
  const baseline = 1.01 + below(30);
  const final = Math.max(1.01, baseline * (0.3 + below(1)));
  const base = below(99);
  const score = below(99);
  const total = 1 + choices.below(500);
  const passing = choices.below(total + 1);
  const places = Array.from({ length: 8 }, () => choices.below(4));
  return { baseline, final, base, score, total, passing, places };
}

/** The document of a measurement; `shift` is added to what follows from other numbers. */
function document(seed: number, shift: number): string {
  const { baseline, final, base, score, total, passing, places } = measured(seed);
  const written = (value: number, at: number): string => value.toFixed(places[at]);
  const improvement = ((baseline - final) / baseline) * 100 + shift;
  const perplexities = `"baselinePerplexity":${written(baseline, 0)},"finalPerplexity":${written(final, 1)},"improvementPct":${written(improvement, 2)}`;
  const delta = `"score":${written(score, 3)},"baseScore":${written(base, 4)},"delta":${written(score - base + shift, 5)}`;
  const share = `"passing":${passing},"total":${total},"score":${written((passing / total) * 100 + shift, 6)}`;
  const benchmarks = `[{"name":"a","metrics":{},${delta}},{"name":"b","metrics":{${share}}}]`;
  const head = `"name":"n${seed}","version":"1.0.0","source":{"baseModel":"m","architecture":"llama"},"stages":[{"type":"deliver"}],"cycles":1`;
  return `{${head},"results":{${perplexities},"benchmarks":${benchmarks}}}`;
}

async function counts(shift: number): Promise<Map<string, number>> {
  const documents = Array.from({ length: DOCUMENTS }, (_, index) => ({
    name: `${SEED + index}.alloy.json`,
    text: document(SEED + index, shift),
  }));
  const { laws } = await judge.verdict({ documents });
  return new Map(laws.map(({ law, violations }) => [law, violations]));
}

test("what is rounded before it is written breaks no law", async () => {
  const found = await counts(0);
  assert.deepEqual(
    ["alloy.delta", "alloy.percentage", "alloy.improvement", "alloy.told_twice"].map((law) => found.get(law)),
    [0, 0, 0, 0],
    `seeds from ${SEED}`,
  );
});

test("what is off by more than its digits leave open is noticed", async () => {
  // five points are more than any rounding of scores to whole ones; perplexities in whole numbers leave more open
  const found = await counts(5);
  assert.equal(found.get("alloy.delta"), DOCUMENTS);
  assert.equal(found.get("alloy.percentage"), DOCUMENTS);
  assert.ok((found.get("alloy.improvement") ?? 0) > DOCUMENTS / 2);
});
