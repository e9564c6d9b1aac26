import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineName } from "../../../verify/engine_name.ts";
import { proposal, SHOP, theoryFrom, withBase } from "../../support/fact_bases.ts";

const engines: readonly EngineName[][] = [["incremental"], ["duckdb"], ["duckdb", "incremental"]];

for (const engine of engines) {
  test(`what was rehearsed, once or in a row, leaves nothing behind: ${engine.join(", ")}`, async () => {
    await withBase(
      [theoryFrom(SHOP)],
      async (base) => {
        const ann = proposal({ assert: { customer: [["ann", 1n]], open: [[]] } });
        const order = proposal({ assert: { order: [[1n, "ann", 2000n]] } });
        const gone = proposal({ retract: { customer: [["ann", 1n]] } });
        const chain = [ann, order, gone];
        const verdictsOf = async (deltas: readonly (typeof ann)[]) => (await base.rehearse(deltas)).map(({ verdict }) => verdict);
        for (let round = 0; round < 3; round += 1) {
          assert.deepEqual(await verdictsOf([order]), ["refused"]);
          assert.deepEqual(await verdictsOf([ann]), ["accepted"]);
          assert.deepEqual(await verdictsOf([ann, order]), ["accepted", "accepted"]);
          assert.deepEqual(await verdictsOf(chain), ["accepted", "accepted", "refused"]);
        }
        const [first] = await base.rehearse([ann]);
        const given = await base.propose(ann);
        const { commit, engine: judge, laws, ...said } = given;
        assert.equal(commit, 2);
        assert.deepEqual({ ...first, commit, engine: judge, laws }, { ...said, commit, engine: judge, laws });
        assert.deepEqual(
          first?.laws.map(({ law, violations }) => [law, violations]),
          laws.map(({ law, violations }) => [law, violations]),
        );
        assert.deepEqual(await verdictsOf([gone]), ["accepted"]);
        assert.equal((await base.propose(order)).verdict, "accepted");
        assert.equal((await base.checkLog()).ok, true);
      },
      {},
      engine,
    );
  });
}
