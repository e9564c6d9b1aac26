import assert from "node:assert/strict";
import { test } from "node:test";
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

test("`refuse` refuses the whole and keeps the refusal", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const { verdict, setAside } = await importDelta(base, mixed, { onViolation: "refuse" });
    assert.equal(verdict.verdict, "refused");
    assert.deepEqual(setAside, []);
    assert.equal((await base.refusals()).length, 1);
  });
});

test("`quarantine` commits what is lawful and says which rows it set aside, why, and which fell with them", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const { verdict, setAside, rounds } = await importDelta(base, mixed, { onViolation: "quarantine" });
    assert.deepEqual([verdict.verdict, verdict.commit, rounds], ["accepted", 2, 3]);
    assert.deepEqual(
      setAside
        .map(({ relation, index, place, law, round }) => [relation, index, place, law, round])
        .toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
      [
        ["customer", 1, "in.csv:2", "shop.credit", 1],
        ["customer", 2, "in.csv:3", "gate.shape", 1],
        ["customer", 3, "in.csv:4", "gate.types", 1],
        ["customer", 4, "in.csv:5", "key.customer", 1],
        ["customer", 5, "in.csv:6", "key.customer", 1],
        ["order", 1, "in.csv:2", "shop.customer", 2],
        ["order", 2, "in.csv:3", "shop.customer", 1],
        ["order", 3, "in.csv:4", "shop.customer", 2],
      ],
    );
    assert.deepEqual((await base.query({ datalog: "?- order(i, c, a)." })).rows, [[1n, "ann", 1]]);
    assert.equal((await base.refusals()).length, 0);
    assert.equal((await base.checkLog()).ok, true);
  });
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
