import assert from "node:assert/strict";
import { test } from "node:test";
import type { ProposedRow } from "../../schema/delta.ts";
import type { EngineName } from "../../verify/engine_name.ts";
import { proposal, theoryFrom, withBase } from "../support/fact_bases.ts";

/** `note` is reached by no law of the first theory, so that its facts are not in memory until the second comes. */
const FIRST = `
.decl item(id:number, kind:symbol)
.input item
.decl part(of:number, id:number)
.input part
.decl note(id:number, text:symbol)
.input note
/// @law shop.whole error "{of} has a part {id} that is no item"
.decl missing(of:number, id:number)
missing(o, i) :- part(o, i), !item(i, _).
`;

const SECOND = `${FIRST}
.decl within(of:number, id:number)
within(o, i) :- part(o, i).
within(o, j) :- within(o, i), part(i, j).
/// @law shop.circle error "{id} is a part of itself"
.decl circle(id:number)
circle(i) :- within(i, i).
/// @law shop.secret error "{id} holds something secret"
.decl secret(id:number)
secret(o) :- within(o, i), note(i, "secret").
`;

const by = { author: "tester", reason: "changed" };
const ITEMS = 300;

function rows(make: (at: number) => ProposedRow): ProposedRow[] {
  return Array.from({ length: ITEMS }, (_, at) => make(at));
}

const facts = {
  item: rows((at) => [String(at), "thing"]),
  part: rows((at) => [String(at), String(Math.min(ITEMS - 1, at + 1 + (at % 7)))]).slice(0, ITEMS - 8),
  note: rows((at) => [String(at), at === 5 ? "secret" : "plain"]),
};

for (const engines of [["incremental"], ["duckdb", "incremental"]] satisfies EngineName[][]) {
  test(`a theory that changes while facts come in is judged in its turn (${engines.join()})`, async () => {
    await withBase(
      [theoryFrom(FIRST)],
      async (base) => {
        const answers = await Promise.all([
          base.propose(proposal({ assert: facts })),
          // The facts just accepted break the new laws.
          base.loadTheory([theoryFrom(SECOND, "shop", "2.0.0")], by),
          base.propose(proposal({ assert: { part: [["1", "0"]] } })),
          base.propose(proposal({ retract: { part: [["1", "0"]], note: [["5", "secret"]] } })),
          base.loadTheory([theoryFrom(SECOND, "shop", "2.0.0")], by),
          base.propose(proposal({ assert: { part: [["3", "0"]] } })),
          base.propose(proposal({ assert: { note: [["290", "secret"]] } })),
          base.loadTheory([theoryFrom(FIRST, "shop", "3.0.0")], by),
          base.propose(proposal({ assert: { note: [["291", "secret"]] } })),
        ]);
        const laws = answers.map(({ verdict, violations }) => [verdict, ...new Set(violations.map((violation) => violation.law))]);
        assert.deepEqual(laws, [
          ["accepted"],
          ["refused", "shop.secret"],
          ["accepted"],
          ["accepted"],
          ["accepted"],
          ["refused", "shop.circle"],
          ["refused", "shop.secret"],
          ["accepted"],
          ["accepted"],
        ]);
      },
      {},
      engines,
    );
  });
}

test("what is no finite number is refused before any engine sees it, and the two zeros are one fact", async () => {
  const theory = `
.decl weight(id:number, grams:float)
.input weight
/// @law shop.weight error "{id} weighs nothing"
.decl weightless(id:number)
weightless(i) :- weight(i, g), g <= 0.0, i > 100.
`;
  await withBase([theoryFrom(theory)], async (base) => {
    for (const grams of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const { verdict, violations } = await base.propose(proposal({ assert: { weight: [["1", grams]] } }));
      assert.deepEqual([verdict, violations.map((violation) => violation.law)], ["refused", ["gate.types"]]);
    }
    assert.equal((await base.propose(proposal({ assert: { weight: [["1", 0]] } }))).verdict, "accepted");
    assert.equal((await base.propose(proposal({ assert: { weight: [["1", -0]] } }))).verdict, "accepted");
    assert.equal((await base.query({ sql: "SELECT * FROM weight" })).rows.length, 1);
    assert.equal((await base.propose(proposal({ retract: { weight: [["1", -0]] } }))).verdict, "accepted");
    assert.equal((await base.query({ sql: "SELECT * FROM weight" })).rows.length, 0);
    const { violations } = await base.propose(proposal({ assert: { weight: [["101", -0]] } }));
    assert.deepEqual(
      violations.map((violation) => violation.law),
      ["shop.weight"],
    );
  });
});
