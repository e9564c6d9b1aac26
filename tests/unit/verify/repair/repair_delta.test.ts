import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProposedDelta } from "../../../../schema/delta.ts";
import type { Repair } from "../../../../schema/verdict.ts";
import type { FactBase } from "../../../../verify/fact_base.ts";
import { type RepairAnswer, repairDelta } from "../../../../verify/repair/repair_delta.ts";
import { repairedDelta } from "../../../../verify/repair/repaired_delta.ts";
import { proposal, SHOP, steppingClock, theoryFrom, withBase } from "../../../support/fact_bases.ts";

function changes({ changes: made, cost }: Repair): string[] {
  return [
    `cost ${cost}`,
    ...made.map(({ change, relation, row }) => `${change} ${relation}(${row.map((value) => value ?? "_").join()})`).toSorted(),
  ];
}

async function repaired(base: FactBase, delta: ProposedDelta, alternatives = 4): Promise<RepairAnswer & { shown: string[][] }> {
  const answer = await repairDelta(base, delta, { clingo: base.clingo, clock: steppingClock(), alternatives });
  const head = base.head;
  // A repair that would be refused again is a bug.
  for (const repair of answer.verdict.repairs) {
    const again = repairedDelta(base.program, base.limits, delta, repair);
    if (again === null) continue;
    const [verdict] = await base.rehearse([again]);
    assert.equal(
      verdict?.verdict,
      "accepted",
      JSON.stringify(repair, (_key, value) => (typeof value === "bigint" ? String(value) : value)),
    );
  }
  assert.equal(base.head, head);
  return { ...answer, shown: answer.verdict.repairs.map(changes) };
}

test("a fact that breaks a law is left out, or given what it lacks, the cheapest first", () =>
  withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["ann", "5"]] } }));
    const delta = proposal({
      assert: {
        order: [
          ["1", "bob", 2.5],
          ["2", "ann", 1.5],
        ],
      },
    });
    const { verdict, shown, isComplete } = await repaired(base, delta);
    assert.equal(verdict.verdict, "refused");
    assert.deepEqual(shown, [
      ["cost 2", "drop order(1,bob,2.5)"],
      ["cost 4", "assert customer(bob,_)"],
    ]);
    assert.equal(isComplete, true);
    assert.deepEqual(verdict.repairs[1]?.holes, [{ change: 0, attribute: "credit", type: "number", laws: [] }]);
    assert.equal(repairedDelta(base.program, base.limits, delta, verdict.repairs[1] as Repair), null);
  }));

test("a retraction is left out, or what rests on it goes too", () =>
  withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["ann", "5"]], order: [["1", "ann", 2.5]] } }));
    const delta = proposal({ retract: { customer: [["ann", "5"]] }, assert: { order: [["2", "ann", 1.0]] } });
    const { shown } = await repaired(base, delta);
    assert.deepEqual(shown, [
      ["cost 2", "keep customer(ann,5)"],
      ["cost 4", "assert customer(ann,_)"],
      ["cost 8", "drop order(2,ann,1)", "retract order(1,ann,2.5)"],
    ]);
  }));

test("a key taken twice, and a value that a law forbids, are repaired together", () =>
  withBase([theoryFrom(SHOP)], async (base) => {
    await base.propose(proposal({ assert: { customer: [["ann", "5"]] } }));
    const delta = proposal({
      assert: {
        customer: [
          ["ann", "7"],
          ["bob", "-1"],
          ["zoe", "1"],
        ],
        order: [["1", "bob", 1.0]],
      },
    });
    const { shown } = await repaired(base, delta, 3);
    assert.deepEqual(shown[0], ["cost 6", "drop customer(ann,7)", "drop customer(bob,-1)", "drop order(1,bob,1)"]);
    assert.ok(shown.some((one) => one.includes("retract customer(ann,5)") || one.includes("assert customer(bob,_)")));
  }));

test("marks say what a change costs, and what repairs leave alone", () =>
  withBase(
    [theoryFrom(SHOP.replace(".decl order", "/// @repair cost=5\n.decl order").replace(".decl open()", "/// @repair never\n.decl open()"))],
    async (base) => {
      const delta = proposal({ assert: { order: [["1", "bob", 2.5]], customer: [["zoe", "1"]] } });
      const { shown } = await repaired(base, delta);
      assert.deepEqual(shown, [
        ["cost 4", "assert customer(bob,_)"],
        ["cost 10", "drop order(1,bob,2.5)"],
      ]);
    },
  ));

test("a value that cannot be made up is a hole with the laws that it must not break", () =>
  withBase(
    [
      theoryFrom(`
.decl package(name:symbol)
.input package
.decl integrity(name:symbol, hash:symbol)
.input integrity
/// @law shop.unhashed error "{name} has no hash"
.decl unhashed(name:symbol)
unhashed(n) :- package(n), !integrity(n, _).
/// @law shop.form error "{hash} is no hash"
.decl formless(hash:symbol)
formless(h) :- integrity(_, h), !match("sha512-.*", h).
`),
    ],
    async (base) => {
      const { verdict, shown } = await repaired(
        base,
        proposal({ assert: { package: [["zod"], ["left"]], integrity: [["left", "sha512-x"]] } }),
      );
      assert.deepEqual(shown, [
        ["cost 2", "drop package(zod)"],
        ["cost 4", "assert integrity(zod,_)"],
      ]);
      assert.deepEqual(verdict.repairs[1]?.holes, [{ change: 0, attribute: "hash", type: "symbol", laws: ["shop.form"] }]);
    },
  ));

test("a missing derived fact is led back to the facts that would give it", () =>
  withBase(
    [
      theoryFrom(`
.decl edge(a:symbol, b:symbol)
.input edge
.decl root(n:symbol)
.input root
.decl reached(n:symbol)
reached(n) :- root(n).
reached(b) :- reached(a), edge(a, b).
/// @law shop.reach error "{n} is not reached"
.decl lost(n:symbol)
lost(b) :- edge(_, b), !reached(b).
`),
    ],
    async (base) => {
      await base.propose(
        proposal({
          assert: {
            root: [["r"]],
            edge: [
              ["r", "a"],
              ["a", "b"],
              ["b", "c"],
            ],
          },
        }),
      );
      const { shown } = await repaired(base, proposal({ retract: { edge: [["r", "a"]] } }), 3);
      assert.ok(shown.length >= 1 && shown.every(([cost]) => cost !== undefined), JSON.stringify(shown));
      const cut = await repaired(base, proposal({ retract: { edge: [["r", "a"]] }, assert: { root: [["q"]] } }), 3);
      assert.deepEqual(cut.shown[0], ["cost 2", "keep edge(r,a)"]);
      assert.ok(
        cut.shown.some((one) => one.includes("assert root(b)") || one.includes("assert root(a)")),
        JSON.stringify(cut.shown),
      );
    },
  ));

test("what is accepted, undecided or malformed has no repairs", () =>
  withBase([theoryFrom(SHOP)], async (base) => {
    const lawful = await repaired(base, proposal({ assert: { customer: [["ann", "5"]] } }));
    assert.deepEqual([lawful.verdict.verdict, lawful.shown], ["accepted", []]);
    const malformed = await repaired(base, proposal({ assert: { customer: [["ann", "no number"]] } }));
    assert.deepEqual([malformed.verdict.verdict, malformed.shown], ["refused", []]);
    const empty = await repaired(base, proposal({}));
    assert.deepEqual([empty.verdict.verdict, empty.shown], ["undecided", []]);
  }));

test("the bound on rounds ends the search with what it has", () =>
  withBase(
    [theoryFrom(SHOP)],
    async (base) => {
      const { undecided, isComplete } = await repaired(
        base,
        proposal({
          assert: {
            order: [
              ["1", "bob", 2.5],
              ["2", "ann", 1.5],
            ],
          },
        }),
        9,
      );
      assert.deepEqual([undecided?.code, isComplete], ["limit.repair_rounds", false]);
    },
    { repair_rounds: 1 },
  ));

const SHIFTS = `
.decl day(d:symbol)
.input day
.decl shift(d:symbol, who:symbol)
.input shift
/// @law plan.short error "{d} has {n}"
.decl short(d:symbol, n:number)
short(d, n) :- day(d), n = count : { shift(d, _) }, n < 2.
/// @law plan.crowded error "{d} has {n}"
.decl crowded(d:symbol, n:number)
crowded(d, n) :- day(d), n = count : { shift(d, _) }, n > 3.
`;

test("a count that is too small is given the facts it wants, or a retraction is left out", () =>
  withBase([theoryFrom(SHIFTS)], async (base) => {
    await base.propose(
      proposal({
        assert: {
          day: [["mon"]],
          shift: [
            ["mon", "ann"],
            ["mon", "bob"],
          ],
        },
      }),
    );
    const empty = await repaired(base, proposal({ assert: { day: [["tue"], ["wed"]], shift: [["wed", "ann"]] } }), 6);
    assert.deepEqual(empty.shown.slice(0, 2), [
      ["cost 4", "drop day(tue)", "drop day(wed)"],
      ["cost 6", "assert shift(wed,_)", "drop day(tue)"],
    ]);
    assert.ok(
      empty.shown.some((one) => one.includes("assert shift(tue,_)") && one.filter((text) => text === "assert shift(tue,_)").length === 2),
      JSON.stringify(empty.shown),
    );
    assert.equal(empty.isComplete, true);
    const taken = await repaired(
      base,
      proposal({
        retract: { shift: [["mon", "bob"]] },
        assert: {
          day: [["tue"]],
          shift: [
            ["tue", "x"],
            ["tue", "y"],
          ],
        },
      }),
      3,
    );
    assert.deepEqual(taken.shown.slice(0, 2), [
      ["cost 2", "keep shift(mon,bob)"],
      ["cost 4", "assert shift(mon,_)"],
    ]);
  }));

test("a count that is too large loses facts", () =>
  withBase([theoryFrom(SHIFTS)], async (base) => {
    const shift = ["ann", "bob", "eve", "zoe"].map((who) => ["mon", who]);
    const { shown } = await repaired(base, proposal({ assert: { day: [["mon"]], shift } }), 2);
    assert.deepEqual(
      shown.map(([cost]) => cost),
      ["cost 2", "cost 2"],
    );
    assert.ok(shown.every((one) => one.length === 2));
  }));

test("a sum that is too small is given a fact whose value is left open", () =>
  withBase(
    [
      theoryFrom(`
.decl account(a:symbol)
.input account
.decl paid(a:symbol, n:number, x:number)
.input paid
/// @law bank.low error "{a} has {t}"
.decl low(a:symbol, t:number)
low(a, t) :- account(a), t = sum x : { paid(a, _, x) }, t < 100.
`),
    ],
    async (base) => {
      const { verdict, shown } = await repaired(
        base,
        proposal({
          assert: {
            account: [["ann"], ["bob"]],
            paid: [
              ["ann", "1", "50"],
              ["bob", "1", "100"],
            ],
          },
        }),
        3,
      );
      assert.deepEqual(shown.slice(0, 2), [
        ["cost 2", "drop account(ann)"],
        ["cost 5", "assert paid(ann,_,_)"],
      ]);
      assert.deepEqual(
        verdict.repairs[1]?.holes.map(({ attribute, laws }) => [attribute, laws]),
        [
          ["n", ["bank.low"]],
          ["x", ["bank.low"]],
        ],
      );
    },
  ));

test("hundreds of violations are repaired together, one by one no candidate would end", () =>
  withBase([theoryFrom(SHOP)], async (base) => {
    const order = Array.from({ length: 200 }, (_, at) => [String(at), `c${at}`, 2.5]);
    const { shown, isComplete, undecided } = await repaired(base, proposal({ assert: { customer: [["ann", "5"]], order } }), 2);
    assert.deepEqual([isComplete, undecided], [true, null]);
    assert.deepEqual(
      shown.map(([cost, ...made]) => [cost, made.length]),
      [
        ["cost 400", 200],
        ["cost 402", 200],
      ],
    );
  }));
