import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { AlloyJudge, lawsOf } from "../../../support/alloy_judge.ts";
import { REAL_ALLOYS, withoutRealAlloys } from "../../../support/alloys.ts";

const published = await AlloyJudge.open("published");
const strict = await AlloyJudge.open("strict");
const signed = await AlloyJudge.open("signed");

const OLMOE = "published/olmoe-1b-7b-compacted-5b.v1.0.0-2026-04-08a.alloy.json";
const GENERAL = "published/qwen2.5-0.5b-general-forged.92c45df.alloy.json";
const CODER = "published/qwen3-coder-30b-a3b-compacted-19b-256k.v1.0.1-1bc32d2.alloy.json";
const FORGED = "published/qwen3.5-4b-code-forged.04e9cc5.alloy.json";
const EXECUTED = "examples/qwen3.5-4b-code-balanced-executed.alloy.json";

const textOf = (file: string): string => readFileSync(join(REAL_ALLOYS, file), "utf8");

/** The laws that refuse each file in the three profiles; the README of the theory says why. */
const verdicts: Readonly<Record<string, readonly [published: string, strict: string, signed: string]>> = {
  [OLMOE]: ["", "no_model_hash schema", "no_model_hash schema unsigned"],
  [GENERAL]: ["", "hash_placeholder", "hash_placeholder unsigned"],
  [CODER]: ["", "no_model_hash schema superseded_score", "no_model_hash schema superseded_score unsigned"],
  [FORGED]: ["", "schema", "schema unsigned"],
  [EXECUTED]: ["hash hash_form", "hash hash_form hash_placeholder", "certification hash hash_form hash_placeholder unsigned"],
  "examples/qwen3.5-4b-code-128k-forged.alloy.json": ["", "schema", "schema unsigned"],
  "examples/qwen3.5-27b-code-128k-forged.alloy.json": ["", "schema", "schema"],
  "examples/qwen3.5-27b-code-full.alloy.json": ["", "", ""],
  "examples/qwen3.5-4b-code-128k-pruned.alloy.json": ["", "schema", "schema"],
  "examples/qwen3.5-4b-code-balanced.alloy.json": ["", "", ""],
  "examples/qwen3.5-4b-multimodal-code.alloy.json": ["", "schema", "schema"],
  "examples/queue/01-qwen3.5-9b-code-128k.alloy.json": ["", "schema", "schema"],
  "examples/queue/02-qwen3.5-9b-code-128k-pruned.alloy.json": ["", "schema", "schema"],
  "examples/queue/03-qwen3.5-0.8b-code-128k.alloy.json": ["", "schema", "schema"],
  "examples/queue/04-qwen3.5-2b-code-128k.alloy.json": ["", "schema", "schema"],
  "examples/queue/05-qwen3-vl-4b-code-ui.alloy.json": ["", "schema", "schema"],
};

for (const [file, wanted] of Object.entries(verdicts)) {
  test(`${file} is judged by each profile`, { skip: withoutRealAlloys }, async () => {
    const found: string[] = [];
    for (const judge of [published, strict, signed]) {
      const verdict = await judge.verdict({ documents: [{ name: file, text: textOf(file) }] });
      const laws = lawsOf(verdict).map((law) => law.replace("alloy.", ""));
      assert.equal(verdict.verdict, laws.length === 0 ? "accepted" : "refused");
      found.push(laws.join(" "));
    }
    assert.deepEqual(found, wanted);
  });
}

test("a plan gives no remark at all in the profile of publications", { skip: withoutRealAlloys }, async () => {
  const plans = Object.keys(verdicts).filter((file) => !("results" in JSON.parse(textOf(file))));
  assert.equal(plans.length, 10);
  const verdict = await published.verdict({ documents: plans.map((name) => ({ name, text: textOf(name) })) });
  assert.deepEqual(verdict.violations, []);
});

test("rounding gives no alarm: every number of every file follows", { skip: withoutRealAlloys }, async () => {
  const documents = Object.keys(verdicts).map((name) => ({ name, text: textOf(name) }));
  const verdict = await signed.verdict({ documents });
  const numeric = /delta|percentage|part|improvement|told_twice|experts|parameters|size|sum|memory|tier|criterion|threshold|bound|number/;
  assert.deepEqual(
    lawsOf(verdict).filter((law) => numeric.test(law)),
    [],
  );
});

test("together, a plan and what was made of it are compared", { skip: withoutRealAlloys }, async () => {
  const files = [EXECUTED, "examples/qwen3.5-4b-code-balanced.alloy.json"];
  const verdict = await published.verdict({ documents: files.map((name) => ({ name, text: textOf(name) })) });
  const found = verdict.violations.filter(({ law }) => law === "alloy.plan_differs").map(({ witness: { path, at } }) => [path, at]);
  assert.deepEqual(found, [[EXECUTED, "/stages/5/tags/4"]]);
});

/** A file, the laws that notice, and what is written otherwise. */
type Tampered = readonly [file: string, laws: string, from: string, to: string];

const tampered: readonly Tampered[] = [
  [GENERAL, "hash", '"modelHash": "sha256:3f1f', '"modelHash": "sha256:3f1e'],
  [GENERAL, "hash", '"sha256": "b010', '"sha256": "b011'],
  [GENERAL, "hash_form", '"modelHash": "sha256:3f1f', '"modelHash": "sha256:3f1'],
  [GENERAL, "improvement told_twice", '"improvementPct": -3.18', '"improvementPct": 3.18'],
  [GENERAL, "improvement told_twice", '"finalPerplexity": 2.92', '"finalPerplexity": 1.92'],
  [GENERAL, "bound", '"level": 0.3', '"level": 0.95'],
  [GENERAL, "choice", '"strategy": "magnitude"', '"strategy": "combined"'],
  [GENERAL, "trust", '"self-attested"', '"enclave"'],
  [GENERAL, "version", '"version": "1.0.0"', '"version": "1.0"'],
  [GENERAL, "time_future", '"attestedAt": "2026-03-27', '"attestedAt": "2027-03-27'],
  [GENERAL, "time_order", '"attestedAt": "2026-03-27', '"attestedAt": "2026-03-26'],
  [GENERAL, "type", '"steps": 1000', '"steps": "1000"'],
  [GENERAL, "missing", '"learningRate"', '"rate"'],
  [GENERAL, "unread", '"cycles": 3,', '"cycles": NaN,'],
  [GENERAL, "repeated", '"cycles": 3,', '"cycles": 3, "cycles": 3,'],
  [FORGED, "hash", '"alloyHash": "sha256:857b', '"alloyHash": "sha256:857c'],
  [FORGED, "hash", '"steps": 1000', '"steps": 2000'],
  [FORGED, "time_order", '"issuedAt": "2026-03-31', '"issuedAt": "2026-03-30'],
  [FORGED, "hash improvement told_twice", '"improvementPct": 22.7', '"improvementPct": 27.7'],
  [CODER, "delta", '"score": 88.4', '"score": 90.4'],
  [CODER, "delta told_twice", '"baseScore": 92.1', '"baseScore": 93.1'],
  [CODER, "told_twice", '"measuredScore": 92.1', '"measuredScore": 95.1'],
  [CODER, "percentage", '"prunePct": 37.5', '"prunePct": 35.0'],
  [CODER, "experts", '"expertsDropped": 6912', '"expertsDropped": 6000'],
  [CODER, "experts", '"numExpertsPerLayer": 128', '"numExpertsPerLayer": 64'],
  [CODER, "delta", '"deltaVsAnchorHumaneval": -13.4', '"deltaVsAnchorHumaneval": -3.4'],
  [CODER, "memory", '"vramGb": 32', '"vramGb": 8'],
  [CODER, "tier", '"fitsVramGb": 24', '"fitsVramGb": 16'],
  [CODER, "parameters size", '"forgedParamsB": 19.66', '"forgedParamsB": 39.66'],
  [CODER, "correction_same", '"previousValue": 86.0', '"previousValue": 85.4'],
  [CODER, "correction", '"correctedAt": "2026-04-08"', '"at": "2026-04-08"'],
  [CODER, "stage", '"type": "expert-activation-profile"', '"type": "expert-profile"'],
  [CODER, "choice", '"architecture": "qwen3_moe"', '"architecture": "qwen9_moe"'],
  [OLMOE, "delta", '"score": 36.0', '"score": 46.0'],
  [OLMOE, "size", '"forgedParamsB": 5.31', '"forgedParamsB": 1.31'],
  [OLMOE, "hash_form", '"trustLevel": "self-attested"', '"trustLevel": "self-attested", "modelHash": "sha256:soon"'],
];

for (const [file, laws, from, to] of tampered) {
  test(`${from} to ${to} in ${file.split("/").at(-1)}`, { skip: withoutRealAlloys }, async () => {
    const before = textOf(file);
    assert.ok(before.includes(from));
    const known = lawsOf(await published.verdict({ documents: [{ name: file, text: before }] }));
    const verdict = await published.verdict({ documents: [{ name: file, text: before.replace(from, to) }] });
    const found = lawsOf(verdict).filter((law) => !known.includes(law));
    assert.deepEqual([verdict.verdict, found.map((law) => law.replace("alloy.", "")).join(" ")], ["refused", laws]);
  });
}
