import assert from "node:assert/strict";
import { test } from "node:test";
import { replayTheory } from "../../../../verify/what_if/replay_theory.ts";
import { proposal, SHOP, steppingClock, theoryFrom, withBase } from "../../../support/fact_bases.ts";

const STRICT = SHOP.replace("c < 0.", "c < 10.");
const LAX = SHOP.replace("c < 0.", "c < -10.");

test("a changed theory says which commits would be refused and which refusals would pass", () =>
  withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["ann", "5"]] } }));
    await base.propose(proposal({ assert: { customer: [["bob", "50"]] } }));
    const refused = await base.propose(proposal({ assert: { customer: [["eve", "-5"]] } }));
    assert.equal(refused.verdict, "refused");
    await base.propose(proposal({ assert: { order: [["1", "ann", 2.5]] } }));
    const head = base.head;
    const said: string[] = [];
    const options = { clock: steppingClock(), onProgress: (text: string) => said.push(text) };

    const strict = await replayTheory(base, [theoryFrom(STRICT, "shop", "2.0.0")], options);
    assert.equal(strict.verdict.verdict, "refused");
    assert.deepEqual(
      strict.refused.map(({ commit, verdict }) => [commit, verdict.violations.map(({ law }) => law)]),
      [[2, ["shop.credit"]]],
    );
    assert.deepEqual([strict.passing, strict.commits, strict.rejudged, strict.left], [[], 4, 1, 0]);
    assert.equal(said.length, 4);

    const lax = await replayTheory(base, [theoryFrom(LAX, "shop", "2.0.0")], options);
    assert.deepEqual([lax.verdict.verdict, lax.refused], ["accepted", []]);
    assert.deepEqual(
      lax.passing.map(({ delta, head: at }) => [delta, at]),
      [[refused.delta, 3]],
    );

    assert.equal(base.head, head);
    assert.deepEqual((await base.query({ datalog: "?- customer(n, c)." })).rows.length, 2);
    assert.equal((await base.checkLog()).ok, true);
  }));

test("past the bound on refusals the earlier ones are left, and counted", () =>
  withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      for (const name of ["eve", "mallory", "trudy"]) await base.propose(proposal({ assert: { customer: [[name, "-5"]] } }));
      const lax = await replayTheory(base, [theoryFrom(LAX, "shop", "2.0.0")], { clock: steppingClock() });
      assert.deepEqual([lax.passing.length, lax.rejudged, lax.left], [2, 2, 1]);
    },
    { whatif_refusals: 2 },
  ));

test("a commit that the changed relations cannot take is refused too, and the rest is judged without it", () =>
  withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { open: [[]] } }));
    await base.propose(proposal({ assert: { customer: [["ann", "5"]] } }));
    const narrow = theoryFrom(SHOP.replace(".decl open()\n.input open\n", ""), "shop", "2.0.0");
    const { refused } = await replayTheory(base, [narrow], { clock: steppingClock() });
    assert.deepEqual(
      refused.map(({ commit, verdict }) => [commit, verdict.violations.map(({ law }) => law)]),
      [[2, ["gate.shape"]]],
    );
  }));
