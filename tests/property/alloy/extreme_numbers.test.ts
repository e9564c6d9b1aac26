import assert from "node:assert/strict";
import { test } from "node:test";
import { AlloyJudge } from "../../support/alloy_judge.ts";
import type { Choices } from "../../support/choices.ts";
import { type Draft, forgedAlloy, parentAlloy, sha256 } from "../../support/forged_alloy.ts";
import { seededChoices } from "../../support/seeded.ts";

const judge = await AlloyJudge.open("strict");
const SEED = 61_121;

/** Numbers as documents may write them, at the ends of what can be held. */
const EXTREMES = [
  "0",
  "-0.0",
  "-1",
  "1e-9",
  "0.0000005",
  "999999999999.999999",
  "-999999999999.9",
  "1000000000000",
  "-1000000000001",
  "90000000000",
  "90000000001",
  "9223372036854775807",
  "-9223372036854775808",
  "9223372036854775808",
  "1e11",
  "1e300",
  "0.1234567890123456789",
];

/** A proof with every number that some law computes with. */
function numeric(): string {
  return forgedAlloy({
    content: (draft) => {
      draft.results.benchmarks[0].scoreCorrection = {
        previousValue: 80.1,
        previousBaseScore: 81.1,
        reason: "r",
        correctedAt: "2026-03-28",
      };
      draft.results.benchmarks.push({ name: "mmlu", metrics: { accuracy: 68.5, baselineAccuracy: 62.1, improvement: 6.4 } });
      draft.results.finalParams = "3.1B";
      const evaluation = { anchorReproduction: { humaneval: 77.8 }, results: { humaneval: 60.1, deltaVsAnchorHumaneval: -17.7 } };
      draft.priorMetricBaselines = [{ evaluation }];
      draft.stages[4].calibrationAnchor = { measuredScore: 77.8 };
    },
  });
}

function contract(): string {
  const vdd = [{ metric: "acc", threshold: 0.8, tolerance_band: 0.05, N_runs_required: 3 }];
  const proof_suite = { vdd, negative_baselines: [{ metric: "acc", must_not_exceed: 0.9 }] };
  return JSON.stringify({ proof_suite, authorship: { contract_author_pubkey: "carol" }, settlement: { tolerance_for_disagreement: 0.1 } });
}

/** The text with some of its numbers written otherwise. */
function extreme(text: string, choices: Choices): string {
  return text.replaceAll(/(?<=[[:,\s])-?\d+(?:\.\d+)?(?=[\],}\s])/g, (written) =>
    choices.below(4) === 0 ? choices.of(EXTREMES) : written,
  );
}

test("whatever the numbers, there is a verdict", async () => {
  const reached = new Set<string>();
  for (let round = 0; round < 60; round += 1) {
    const choices = seededChoices(SEED + round, 500);
    const contractText = extreme(contract(), choices);
    const bundle: Draft = {
      contract_hash: "",
      artifact_hash: `sha256:${"a".repeat(64)}`,
      executor_pubkey: "eve",
      measurements: { acc: [0.81, 0.79, 0.82, 0.8] },
    };
    bundle.contract_hash = sha256(contractText);
    const documents = [
      { name: "parent.alloy.json", text: parentAlloy().text },
      { name: "a.alloy.json", text: extreme(numeric(), choices) },
      { name: "contract.alloy.json", text: contractText },
      { name: "bundle.alloy.json", text: extreme(JSON.stringify(bundle), choices) },
    ];
    const verdict = await judge.verdict({ documents });
    assert.equal(verdict.undecided, null, `seed ${SEED + round}`);
    for (const { law } of verdict.violations) reached.add(law);
  }
  for (const law of ["delta", "improvement", "percentage", "size", "memory", "shard_sum", "criterion", "number", "bound", "median"]) {
    assert.ok(reached.has(`alloy.${law}`), law);
  }
});
