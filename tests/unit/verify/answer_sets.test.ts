import assert from "node:assert/strict";
import { test } from "node:test";
import { theoryOf } from "../../../logic/theory.ts";
import type { FactBase } from "../../../verify/fact_base.ts";
import { proposal, withBase } from "../../support/fact_bases.ts";

const PLAN = `
%! @per task(contract)
1 { at(C,T,S) : slot(S) } 1 :- task(C,T).
%! @law plan.apart error "contract {contract} has no plan"
:- clash(C,A,B), at(C,A,S), at(C,B,S).
`;
const RELATIONS = `
.decl task(contract:symbol, id:symbol)
.input task
.decl slot(n:number)
.input slot
.decl apart(contract:symbol, a:symbol, b:symbol)
.input apart
.decl clash(contract:symbol, a:symbol, b:symbol)
clash(c, a, b) :- apart(c, a, b).
clash(c, a, b) :- apart(c, b, a).
`;

function plan(lp = PLAN) {
  const manifest = '[theory]\nname = "plan"\nversion = "1.0.0"\ndescription = "for tests"\nneeds = []\n';
  return theoryOf(
    new Map([
      ["plan.lp", lp],
      ["relations.dl", RELATIONS],
      ["theory.toml", manifest],
    ]),
  );
}

const GIVEN = {
  task: [
    ["c1", "a"],
    ["c1", "b"],
    ["c1", "c"],
    ["c2", "x"],
  ],
  slot: [["1"], ["2"]],
  apart: [
    ["c1", "a", "b"],
    ["c1", "b", "c"],
  ],
};

async function given(base: FactBase): Promise<void> {
  const verdict = await base.propose(proposal({ assert: GIVEN }));
  assert.equal(verdict.verdict, "accepted", JSON.stringify(verdict));
}

test("a delta that leaves no answer set is refused with the facts and laws that clash", () =>
  withBase([plan()], async (base) => {
    await given(base);
    const verdict = await base.propose(proposal({ assert: { apart: [["c1", "a", "c"]] } }));
    assert.equal(verdict.verdict, "refused");
    assert.ok(verdict.engine.split(",").includes("clingo"));
    assert.deepEqual(
      verdict.violations.map(({ law, message, witness, clash, facts }) => ({
        law,
        message,
        witness,
        clash,
        facts: facts.map(({ relation, row, from }) => `${from} ${relation}(${row.join()})`),
      })),
      [
        {
          law: "plan.apart",
          message: "contract c1 has no plan",
          witness: { contract: "c1" },
          clash: ["plan.choice_3", "plan.apart"],
          facts: [
            "base apart(c1,a,b)",
            "delta apart(c1,a,c)",
            "base apart(c1,b,c)",
            "base task(c1,a)",
            "base task(c1,b)",
            "base task(c1,c)",
          ],
        },
      ],
    );
    assert.equal((await base.propose(proposal({ assert: { apart: [["c2", "x", "x"]] } }))).verdict, "refused");
    assert.equal((await base.propose(proposal({ assert: { apart: [["c1", "a", "c"]], slot: [["3"]] } }))).verdict, "accepted");
    assert.equal((await base.checkLog()).ok, true);
  }));

test("a theory over facts that it breaks is refused, or waives what stands", () =>
  withBase([plan(":- slot(N), N < 0.")], async (base) => {
    await base.propose(proposal({ assert: { ...GIVEN, apart: [...GIVEN.apart, ["c1", "a", "c"]] } }));
    const options = { author: "tester", reason: "plan" };
    const refused = await base.loadTheory([plan()], options);
    assert.deepEqual([refused.verdict, refused.violations.map(({ law }) => law)], ["refused", ["plan.apart"]]);
    const waived = await base.loadTheory([plan()], { ...options, ratchet: true });
    assert.deepEqual([waived.verdict, waived.violations.map((one) => one.waived)], ["accepted", [true]]);
    const elsewhere = await base.propose(proposal({ assert: { task: [["c3", "t"]] } }));
    assert.deepEqual([elsewhere.verdict, elsewhere.violations.map((one) => one.waived)], ["accepted", [true]]);
    const mended = await base.propose(proposal({ retract: { apart: [["c1", "a", "c"]] } }));
    assert.deepEqual([mended.verdict, mended.total], ["accepted", 0]);
    const [record] = await base.waivers();
    assert.equal(record?.to, base.head);
  }));

test("a program past clingo's bounds leaves a delta undecided, and the base as it was", () =>
  withBase(
    [plan()],
    async (base) => {
      const verdict = await base.propose(proposal({ assert: GIVEN }));
      assert.deepEqual([verdict.verdict, verdict.undecided?.code], ["undecided", "limit.clingo_facts"]);
      assert.equal((await base.query({ datalog: "?- task(c, t)." })).rows.length, 0);
    },
    { clingo_facts: 4 },
  ));
