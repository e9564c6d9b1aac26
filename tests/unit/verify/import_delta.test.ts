import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProposedDelta } from "../../../schema/delta.ts";
import { importDelta } from "../../../verify/import_delta.ts";
import { proposal, SHOP, theoryFrom, withBase } from "../../support/fact_bases.ts";

const mixed = proposal({
  assert: {
    customer: [["ann", 1n], ["bob", -1n], ["cid"], ["dan", { decimal: "1.5" }], ["eve", 1n], ["eve", 2n]],
    order: [
      [1n, "ann", 1n],
      [2n, "bob", 1n],
      [3n, "nobody", 1n],
      [4n, "eve", 1n],
    ],
  },
});

/** Each row a record of its own. */
const unplaced = (delta: ProposedDelta): ProposedDelta => ({ ...delta, places: new Map() });

test("`refuse` refuses the whole and keeps the refusal", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const { verdict, setAside } = await importDelta(base, mixed, { onViolation: "refuse" });
    assert.equal(verdict.verdict, "refused");
    assert.deepEqual(setAside, []);
    assert.equal((await base.refusals()).length, 1);
  });
});

test("`quarantine` judges record by record in order, commits what is lawful and says what it set aside, and why", async () => {
  for (const engines of [["incremental"], ["duckdb"], ["duckdb", "incremental"]] as const) {
    await withBase(
      [theoryFrom(SHOP)],
      async (base) => {
        const { verdict, setAside, rounds } = await importDelta(base, unplaced(mixed), { onViolation: "quarantine" });
        assert.deepEqual([verdict.verdict, verdict.commit, rounds], ["accepted", 2, 1]);
        assert.deepEqual(
          setAside.map(({ relation, index, law }) => [relation, index, law]).toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
          [
            ["customer", 1, "shop.credit"],
            ["customer", 2, "gate.shape"],
            ["customer", 3, "gate.types"],
            ["customer", 5, "key.customer"],
            ["order", 1, "shop.customer"],
            ["order", 2, "shop.customer"],
          ],
        );
        assert.deepEqual(
          (await base.query({ datalog: "?- order(i, c, a)." })).rows.map(([id]) => id),
          [1n, 4n],
        );
        assert.equal((await base.refusals()).length, 0);
        assert.equal((await base.checkLog()).ok, true);
      },
      {},
      engines,
    );
  }
});

test("rows with one place are one record: they stand or fall together, and a malformed one takes the others along", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const delta = proposal({
      assert: {
        customer: [["ann", 1n], ["bob", -1n], ["cid"]],
        order: [
          [1n, "ann", 1n],
          [2n, "ann", 1n],
          [3n, "ann", 1n],
        ],
      },
    });
    const { verdict, setAside } = await importDelta(base, delta, { onViolation: "quarantine" });
    assert.equal(verdict.verdict, "accepted");
    assert.deepEqual(
      setAside.map(({ relation, place, law }) => [relation, place, law]),
      [
        ["customer", "in.csv:3", "gate.shape"],
        ["order", "in.csv:3", "gate.shape"],
        ["customer", "in.csv:2", "shop.credit"],
        ["order", "in.csv:2", "shop.credit"],
      ],
    );
    assert.deepEqual((await base.query({ datalog: "?- order(i, c, a)." })).rows, [[1n, "ann", 1]]);
  });
});

test("a record that needs a later one is set aside, unless it is judged again after the others", async () => {
  const early = unplaced(
    proposal({
      assert: {
        order: [
          [1n, "ann", 1n],
          [2n, "zed", 1n],
        ],
        customer: [["ann", 1n]],
      },
    }),
  );
  for (const [retry, left, passes] of [
    [false, 2, 1],
    [true, 1, 3],
  ] as const) {
    await withBase([theoryFrom(SHOP)], async (base) => {
      const { setAside, rounds } = await importDelta(base, early, { onViolation: "quarantine", retry });
      assert.deepEqual([setAside.length, rounds], [left, passes]);
      assert.equal((await base.query({ datalog: "?- order(i, c, a)." })).rows.length, 2 - left);
    });
  }
});

test("a violation with no row of the delta behind it refuses the whole, and the refusal is kept", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["ann", 1n]], order: [[1n, "ann", 1n]] } }));
    const delta = proposal({ retract: { customer: [["ann", 1n]] }, assert: { customer: [["bob", 1n]] } });
    const { verdict, setAside } = await importDelta(base, delta, { onViolation: "quarantine" });
    assert.deepEqual([verdict.verdict, setAside.length], ["refused", 0]);
    assert.equal((await base.refusals()).length, 1);
    const unknown = proposal({ assert: { nosuch: [["x"]], customer: [["bob", 1n]] } });
    assert.equal((await importDelta(base, unknown, { onViolation: "quarantine" })).verdict.verdict, "refused");
  });
});

test("where every row is set aside there is nothing to commit", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const delta = proposal({ assert: { customer: [["bob", -1n]] } });
    const { verdict, setAside } = await importDelta(base, delta, { onViolation: "quarantine" });
    assert.deepEqual([verdict.verdict, verdict.undecided?.code, setAside.length], ["undecided", "nothing_checked.delta", 1]);
    assert.equal(base.head, 1);
  });
});
