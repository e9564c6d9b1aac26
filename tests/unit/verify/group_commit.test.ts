import assert from "node:assert/strict";
import { test } from "node:test";
import { proposal, SHOP, theoryFrom, withBase } from "../../support/fact_bases.ts";

const customer = (name: string, credit = 1n) => proposal({ assert: { customer: [[name, credit]] }, reason: `${name} ${credit}` });

test("proposals made at once are judged in order, each over what the accepted ones before it left", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const verdicts = await Promise.all([
      base.propose(proposal({ assert: { order: [[1n, "ann", 1n]] } })),
      base.propose(customer("ann")),
      base.propose(proposal({ assert: { order: [[2n, "ann", 1n]] } })),
      base.propose(customer("ann", 2n)),
      base.propose(proposal({ retract: { customer: [["ann", 1n]] } })),
      base.propose(proposal({ retract: { order: [[2n, "ann", { decimal: "1.0" }]], customer: [["ann", 1n]] } })),
      base.propose(customer("ann", 2n)),
    ]);
    assert.deepEqual(
      verdicts.map(({ verdict, commit, base: head, violations }) => [verdict, commit, head, violations.map(({ law }) => law)]),
      [
        ["refused", null, 1, ["shop.customer"]],
        ["accepted", 2, 1, []],
        ["accepted", 3, 2, []],
        ["refused", null, 3, ["key.customer"]],
        ["refused", null, 3, ["shop.customer"]],
        ["accepted", 4, 3, []],
        ["accepted", 5, 4, []],
      ],
    );
    assert.deepEqual(
      verdicts.map(({ checked }) => checked.facts),
      [1, 1, 2, 3, 1, 0, 1],
    );
    assert.deepEqual((await base.query({ datalog: "?- customer(n, c)." })).rows, [["ann", 2n]]);
    assert.deepEqual((await base.query({ datalog: "?- customer(n, c)." }, { asOf: 3 })).rows, [["ann", 1n]]);
    assert.equal((await base.refusals()).length, 2);
    const check = await base.checkLog();
    assert.deepEqual([check.ok, check.commits], [true, 5]);
  });
});

test("witnesses within a group name the facts that the group brought, with their places", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const [, , broken] = await Promise.all([
      base.propose(customer("ann")),
      base.propose(proposal({ assert: { order: [[1n, "ann", 1n]] } })),
      base.propose(proposal({ retract: { customer: [["ann", 1n]] } })),
    ]);
    assert.deepEqual(broken.violations[0]?.facts, [{ relation: "order", row: [1n, "ann", 1], from: "base", place: "in.csv:1" }]);
  });
});

test("a delta and a key delivered twice in a group count once, and a refusal is given again while nothing changed", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const bad = proposal({ assert: { order: [[1n, "zed", 1n]] } });
    const keyed = { ...customer("ann"), key: "k" };
    const verdicts = await Promise.all([
      base.propose(bad),
      base.propose(bad),
      base.propose(keyed),
      base.propose({ ...keyed, key: "other" }),
      base.propose({ ...customer("bob"), key: "k" }),
      base.propose(bad),
    ]);
    assert.deepEqual(
      verdicts.map(({ verdict, commit, replayed }) => [verdict, commit, replayed]),
      [
        ["refused", null, false],
        ["refused", null, true],
        ["accepted", 2, false],
        ["accepted", 2, true],
        ["refused", null, false],
        ["refused", null, false],
      ],
    );
    assert.equal(verdicts[4]?.violations[0]?.code, "gate.key_reused");
    const kept = await base.refusals();
    assert.deepEqual(kept.map(({ head }) => head).toSorted(), [2, 2]);
    assert.equal((await base.checkLog()).ok, true);
    assert.equal((await base.propose(keyed)).replayed, true);
  });
});

test("conditions on the head hold against the commits of the same group", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const at = (name: string, head: number) => base.propose({ ...customer(name), base: head });
    const verdicts = await Promise.all([at("a", 1), at("b", 1), at("c", 2), at("d", 9)]);
    assert.deepEqual(
      verdicts.map(({ verdict, violations }) => violations[0]?.code ?? verdict),
      ["accepted", "gate.stale_base", "accepted", "gate.unknown_base"],
    );
  });
});

test("a delta past a bound is an error for its proposer alone", async () => {
  await withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      const large = proposal({ assert: { customer: ["a", "b", "c"].map((name) => [name, 1n]) } });
      const settled = await Promise.allSettled([base.propose(customer("x")), base.propose(large), base.propose(customer("y"))]);
      assert.deepEqual(
        settled.map((one) => (one.status === "fulfilled" ? one.value.commit : one.reason.code)),
        [2, "limit.delta_rows", 3],
      );
    },
    { delta_rows: 2 },
  );
});

test("facts of relations that no law reaches are kept too, and come and go within a group", async () => {
  const note = `${SHOP}.decl note(text:symbol)\n.input note\n`;
  await withBase([theoryFrom(note)], async (base) => {
    const put = proposal({ assert: { note: [["a"], ["a"], ["b"]] } });
    const verdicts = await Promise.all([
      base.propose(put),
      base.propose(proposal({ retract: { note: [["a"]] } })),
      base.propose(proposal({ retract: { note: [["a"]] }, reason: "again" })),
      base.propose(proposal({ assert: { note: [["c"]] }, retract: { note: [["b"]] } })),
      base.propose(proposal({ assert: { note: [["a"]] }, reason: "once more" })),
    ]);
    assert.deepEqual(
      verdicts.map(({ verdict, checked, violations }) => [violations[0]?.code ?? verdict, checked.facts]),
      [
        ["accepted", 2],
        ["accepted", 1],
        ["gate.absent_fact", 1],
        ["accepted", 1],
        ["accepted", 2],
      ],
    );
    assert.deepEqual((await base.query({ datalog: "?- note(t)." })).rows, [["a"], ["c"]]);
    assert.deepEqual(
      (await base.log()).slice(1).map(({ effects }) => effects),
      [
        { asserted: 2, retracted: 0 },
        { asserted: 0, retracted: 1 },
        { asserted: 1, retracted: 1 },
        { asserted: 1, retracted: 0 },
      ],
    );
    assert.equal((await base.checkLog()).ok, true);
  });
});

test("a load between proposals is judged in its turn", async () => {
  await withBase([theoryFrom(SHOP)], async (base) => {
    const stricter = `${SHOP}/// @law shop.rich error "{name}"\n.decl rich(name:symbol)\nrich(n) :- customer(n, c), c > 10.\n`;
    const [before, load, after, fine] = await Promise.all([
      base.propose(customer("ann", 5n)),
      base.loadTheory([theoryFrom(stricter)], { author: "lea", reason: "stricter" }),
      base.propose(customer("bob", 50n)),
      base.propose(customer("bob", 5n)),
    ]);
    assert.deepEqual(
      [before, load, after, fine].map(({ verdict, commit }) => [verdict, commit]),
      [
        ["accepted", 2],
        ["accepted", 3],
        ["refused", null],
        ["accepted", 4],
      ],
    );
  });
});
