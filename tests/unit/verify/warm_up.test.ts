import assert from "node:assert/strict";
import { test } from "node:test";
import { proposal, SHOP, theoryFrom, withBase } from "../../support/fact_bases.ts";

const ann = proposal({ assert: { customer: [["ann", 1n]] } });

test("a base that rehearsed deltas holds and refuses what it did before", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    assert.equal(await base.warmUp(10), 0, "there is nothing to rehearse with");
    assert.equal((await base.propose(ann)).verdict, "accepted");
    assert.ok((await base.warmUp(50)) > 0);
    assert.equal(base.head, 2);
    const refused = await base.propose(proposal({ assert: { customer: [["ann", 2n]] } }));
    assert.equal(refused.verdict, "refused");
    assert.equal((await base.propose(proposal({ assert: { customer: [["bob", 2n]] } }))).verdict, "accepted");
  });
});

test("where DuckDB judges nothing is rehearsed", async () => {
  await withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      await base.propose(ann);
      assert.equal(await base.warmUp(50), 0);
    },
    {},
    ["duckdb"],
  );
});
