import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { AlloyJudge } from "../support/alloy_judge.ts";
import { REAL_ALLOYS, withoutRealAlloys } from "../support/alloys.ts";
import type { Choices } from "../support/choices.ts";
import type { Draft } from "../support/forged_alloy.ts";
import { seededChoices } from "../support/seeded.ts";

/** Laws that say what the published JSON schema says. */
const SHAPE = new Set(
  ["bound", "choice", "missing", "no_stage", "number", "schema", "stage", "type", "version"].map((law) => `alloy.${law}`),
);
/** What the schema leaves open and the packs do not: metrics, and numbers that it gives no bounds. */
const STRICTER =
  /\/metrics\/|\/fileHashes|Perplexity$|Gb$|tokensPerSec$|\/size$|forgedParamsB$|activeParamsB$|totalParamsB$|\/name$|steps$/i;

const SOURCES = [
  "examples/qwen3.5-4b-code-balanced.alloy.json",
  "examples/qwen3.5-27b-code-full.alloy.json",
  "examples/qwen3.5-4b-code-balanced-executed.alloy.json",
  "examples/qwen3.5-27b-code-128k-forged.alloy.json",
  "published/qwen2.5-0.5b-general-forged.92c45df.alloy.json",
  "published/qwen3-coder-30b-a3b-compacted-19b-256k.v1.0.1-1bc32d2.alloy.json",
];
const ROUNDS = 400;
const SEED = 20_261_121;

/** Changes one value somewhere in the document. */
function mutate(draft: Draft, choices: Choices): void {
  const places: [holder: Draft, member: string | number][] = [];
  const walk = (holder: Draft): void => {
    for (const member of Object.keys(holder)) {
      places.push([holder, Array.isArray(holder) ? Number(member) : member]);
      if (typeof holder[member] === "object" && holder[member] !== null) walk(holder[member]);
    }
  };
  walk(draft);
  const [holder, member] = choices.of(places);
  const value = holder[member];
  const others = [null, "zzz", -1, 0.5, 1e6, true, {}, []];
  if (choices.below(4) === 0 && !Array.isArray(holder)) delete holder[member];
  else if (choices.below(3) === 0 && typeof value === "number") holder[member] = choices.of([value * 1000, -value, value + 0.5]);
  else holder[member] = choices.of(others);
}

test("the profile strict and the published JSON schema agree on shape", { skip: withoutRealAlloys }, async () => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  const isValid = ajv.compile(JSON.parse(readFileSync(join(REAL_ALLOYS, "forge-alloy.schema.json"), "utf8")));
  const judge = await AlloyJudge.open("strict");
  const texts = SOURCES.map((file) => readFileSync(join(REAL_ALLOYS, file), "utf8"));
  let refused = 0;
  const apart: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const choices = seededChoices(SEED + round, 40);
    const draft = JSON.parse(choices.of(texts));
    if (round >= SOURCES.length) mutate(draft, choices);
    const isLawful = isValid(draft);
    const verdict = await judge.verdict({ documents: [{ name: "a", text: JSON.stringify(draft, null, 2) }] });
    const found = verdict.violations.filter(({ law }) => SHAPE.has(law));
    const surplus = found.filter(({ witness: { at } }) => !STRICTER.test(String(at)));
    if (!isLawful) refused += 1;
    const note = `seed ${SEED + round}: the schema says ${JSON.stringify(isValid.errors?.slice(0, 2) ?? "yes")}, and the laws`;
    if (isLawful ? surplus.length > 0 : found.length === 0) apart.push(`${note} ${surplus.map(({ message }) => message).join("; ")}`);
  }
  assert.deepEqual(apart, []);
  assert.ok(refused > ROUNDS / 4 && refused < ROUNDS, `${refused} of ${ROUNDS} refused`);
});
