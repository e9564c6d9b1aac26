import assert from "node:assert/strict";
import { test } from "node:test";
import { AlloyJudge, type Arrival, lawsOf } from "../../../support/alloy_judge.ts";
import { correction } from "../../../support/alloy_tampering.ts";
import { type Changes, type Draft, forgedAlloy, parentAlloy, policyOf, sha256 } from "../../../support/forged_alloy.ts";

const judge = await AlloyJudge.open("signed");
const policy = await policyOf();

/** A forged alloy that descends from nothing. */
function orphan(content: (draft: Draft) => void = () => undefined, more: Omit<Changes, "content"> = {}): string {
  return forgedAlloy({
    ...more,
    content: (draft) => {
      draft.derivedFrom = undefined;
      content(draft);
    },
  });
}

const arrival = (text: string, at: string, name: string): Arrival => ({ documents: [{ name, text }], options: { policy, at } });
const earlier = (text: string): Arrival => arrival(text, "2026-05-01T00:00:00Z", "earlier.alloy.json");
const now = (text: string): Arrival => arrival(text, "2026-06-01T00:00:00Z", "now.alloy.json");

/** What is lawful alone, and is refused over what was accepted before. */
async function refusedByHistory(before: string, text: string, laws: readonly string[]): Promise<void> {
  assert.equal((await judge.verdict(now(text))).verdict, "accepted", "it is lawful alone");
  const verdict = await judge.verdict(earlier(before), now(text));
  assert.deepEqual([verdict.verdict, lawsOf(verdict)], ["refused", laws]);
  const refusing = verdict.violations.filter(({ severity }) => severity === "error");
  assert.ok(refusing.every(({ witness: { path } }) => path === "now.alloy.json"));
}

const otherNonces = (draft: Draft): void => {
  draft.results.integrity.nonce = sha256("another").slice(7, 39);
  draft.results.integrity.certifications[0].nonce = sha256("a third").slice(7, 39);
};

/** The next version: other nonces, and what else changes. */
const next = (content: (draft: Draft) => void = () => undefined): string =>
  orphan((draft) => {
    otherNonces(draft);
    draft.version = "1.2.1";
    content(draft);
  });

/** Counted anew from the same samples. */
function recounted(draft: Draft): void {
  const [humaneval] = draft.results.benchmarks;
  Object.assign(humaneval.metrics, { passing: 62, score: 72.9 });
  Object.assign(humaneval, { score: 72.9, delta: -4.9 });
  draft.results.integrity.certifications[0].result.score = 72.9;
}

test("a version has one content for ever", async () => {
  const other = orphan((draft) => {
    otherNonces(draft);
    draft.license = "mit";
  });
  await refusedByHistory(orphan(), other, ["alloy.version_content"]);
  assert.equal((await judge.verdict(earlier(orphan()), now(next()))).verdict, "accepted");
});

test("the same bytes again are the same document", async () => {
  assert.equal((await judge.verdict(earlier(orphan()), now(orphan()))).verdict, "accepted");
});

test("a nonce is used once", async () => {
  const reused = next((draft) => {
    draft.results.integrity.nonce = JSON.parse(orphan()).results.integrity.nonce;
  });
  await refusedByHistory(orphan(), reused, ["alloy.nonce_reused"]);
});

test("the same samples have one score, or a record that explains the other one", async () => {
  await refusedByHistory(orphan(), next(recounted), ["alloy.score_changed"]);
  const explained = next((draft) => {
    recounted(draft);
    draft.results.benchmarks[0].scoreCorrection = correction(74.1);
  });
  assert.equal((await judge.verdict(earlier(orphan()), now(explained))).verdict, "accepted");
});

test("a record cannot explain by a score that never was", async () => {
  const invented = next((draft) => {
    recounted(draft);
    draft.results.benchmarks[0].resultHash = sha256("other samples");
    draft.results.integrity.fileHashes[1].sha256 = sha256("another tokenizer").slice("sha256:".length);
    draft.results.benchmarks[0].scoreCorrection = correction(80.1);
  });
  await refusedByHistory(orphan(), invented, ["alloy.correction_unknown"]);
});

test("what was done is what was planned under its name", async () => {
  const { results, ...plan } = JSON.parse(orphan());
  plan.stages[0].level = 0.4;
  await refusedByHistory(JSON.stringify(plan), orphan(), ["alloy.plan_differs"]);
  plan.stages[0].level = 0.3;
  assert.equal((await judge.verdict(earlier(JSON.stringify(plan)), now(orphan()))).verdict, "accepted");
});

test("a parent is known once it was accepted", async () => {
  const alone = await judge.verdict(now(forgedAlloy()));
  assert.deepEqual([alone.verdict, lawsOf(alone)], ["refused", ["alloy.parent_unknown"]]);
  assert.equal((await judge.verdict(earlier(parentAlloy().text), now(forgedAlloy()))).verdict, "accepted");
});

test("a key that is revoked refuses what comes after, and leaves standing what was accepted before", async () => {
  const revoked = { facts: { revoked_key: [["forge", BigInt(Date.parse("2026-05-15T00:00:00Z") / 1000)]] } };
  const verdict = await judge.verdict(earlier(orphan()), { ...now(next()), ...revoked });
  assert.deepEqual([verdict.verdict, lawsOf(verdict)], ["refused", ["alloy.key_revoked"]]);
  const [first] = await Promise.all([judge.verdict(earlier(orphan()), { documents: [], ...revoked })]);
  assert.equal(first.verdict, "accepted");
});
