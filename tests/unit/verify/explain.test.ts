import assert from "node:assert/strict";
import { test } from "node:test";
import type { Proof } from "../../../logic/explain/proof.ts";
import { proposal, SHOP, theoryFrom, withBase } from "../../support/fact_bases.ts";

/** The base facts of a proof with their places, in order. */
function leaves(proof: Proof): (readonly unknown[])[] {
  if (proof.kind === "base") return [[proof.relation, proof.row, proof.place]];
  return proof.premises.flatMap(leaves);
}

test("a fact that holds has a proof down to base facts with their places, as of any commit", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["ann", 1n]], order: [[1n, "ann", 5000n]] } }));
    await base.propose(proposal({ retract: { order: [[1n, "ann", 5000n]] } }));
    const found = await base.explain("large(1).", { asOf: 2 });
    assert.ok(found.kind === "proof");
    assert.equal(found.asOf, 2);
    assert.deepEqual([found.proof.kind, found.proof.relation, found.proof.rule?.file], ["derived", "large", "shop/shop.dl"]);
    assert.deepEqual(leaves(found.proof), [["order", [1n, "ann", 5000], "in.csv:1"]]);
    const now = await base.explain("large(1)");
    assert.ok(now.kind === "why_not");
    assert.deepEqual([now.asOf, now.why.relation, now.why.row, now.why.role], [3, "large", [1n], "derived"]);
    assert.ok(now.why.attempts.length > 0);
  });
});

test("a violation is proven as its verdict saw it, also after the head moved on", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const verdict = await base.propose(proposal({ assert: { order: [[1n, "zed", 1n]], customer: [["ann", 1n]] } }));
    const [violation] = verdict.violations;
    assert.ok(violation !== undefined);
    await base.propose(proposal({ assert: { customer: [["zed", 1n]] } }));
    const found = await base.explain(violation.fingerprint);
    assert.ok(found.kind === "violation" && found.proof !== null);
    assert.deepEqual([found.delta, found.violation.law], [verdict.delta, "shop.customer"]);
    assert.deepEqual(leaves(found.proof), [["order", [1n, "zed", 1], "in.csv:1"]]);
    assert.ok(found.proof.premises.some(({ kind, relation }) => kind === "absent" && relation === "customer"));
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("a refusal by the gate's own checks is told without a proof, a waived violation of a load with one", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const refused = await base.propose(proposal({ assert: { customer: [["ann"]] } }));
    const shape = await base.explain(refused.violations[0]?.fingerprint ?? "");
    assert.deepEqual([shape.kind, shape.kind === "violation" && shape.proof], ["violation", null]);
    await base.propose(proposal({ assert: { customer: [["ann", 7n]] } }));
    const law = `${SHOP}/// @law shop.seven error "{name}"\n.decl seven(name:symbol)\nseven(n) :- customer(n, 7).\n`;
    const loaded = await base.loadTheory([theoryFrom(law)], { author: "lea", reason: "seven", ratchet: true });
    await base.propose(proposal({ retract: { customer: [["ann", 7n]] } }));
    const waived = await base.explain(loaded.violations[0]?.fingerprint ?? "");
    assert.ok(waived.kind === "violation" && waived.proof !== null);
    assert.deepEqual(leaves(waived.proof), [["customer", ["ann", 7n], "in.csv:1"]]);
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("what cannot be explained has its code", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const cases = [
      ["large(x)", "explain.rejected"],
      ["large(1", "explain.rejected"],
      ["lagre(1)", "explain.unknown_relation"],
      ["large(1, 2)", "explain.value"],
      ['large("x")', "explain.value"],
      ["0".repeat(32), "explain.unknown_fingerprint"],
    ] as const;
    for (const [text, code] of cases) await assert.rejects(base.explain(text), { code }, text);
  });
});
