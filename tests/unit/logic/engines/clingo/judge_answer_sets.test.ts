import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AnswerSetCache } from "../../../../../logic/engines/clingo/answer_set_cache.ts";
import type { Clingo } from "../../../../../logic/engines/clingo/clingo.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { judgeLp } from "../../../../support/answer_sets.ts";
import { clingos } from "../../../../support/clingos.ts";

/** Every task of a contract gets a slot; tasks that clash get different ones. */
const PLAN = `
%! @input task(contract:symbol, id:symbol)
%! @input slot(n:number)
%! @input clash(contract:symbol, a:symbol, b:symbol)
%! @per task(contract)
1 { at(C,T,S) : slot(S) } 1 :- task(C,T).
%! @law plan.apart error "contract {contract} has no plan"
:- clash(C,A,B), at(C,A,S), at(C,B,S).
`;
const WHOLE = PLAN.replace("%! @per task(contract)\n", "").replace("contract {contract} has no plan", "there is no plan");
const FACTS = {
  task: [
    ["c1", "a"],
    ["c1", "b"],
    ["c1", "c"],
    ["c1", "z"],
    ["c2", "x"],
    ["c2", "y"],
  ],
  clash: [
    ["c1", "a", "b"],
    ["c1", "b", "c"],
    ["c1", "a", "c"],
    ["c2", "x", "y"],
  ],
  slot: [[1n], [2n]],
};

for (const kind of clingos) {
  describe(`answer sets, ${kind.name}`, { skip: kind.skip }, () => {
    let session: DuckDbSession;
    let clingo: Clingo;
    before(async () => {
      session = await openMemory({ threads: "1" });
      clingo = kind.open();
    });
    after(async () => {
      session.close();
      await clingo.close();
    });
    const judge = (text: string, facts: Parameters<typeof judgeLp>[1], more: Partial<Parameters<typeof judgeLp>[2]> = {}) =>
      judgeLp(text, facts, { session, clingo, ...more });

    test("a clash is the facts and rules that matter, and no more", async () => {
      const { broken, slices, undecided } = await judge(PLAN, FACTS);
      assert.equal(undecided, null);
      assert.equal(slices, 2);
      assert.deepEqual(
        broken.map(({ law, witness, clash, isMinimal }) => ({ law, witness, clash, isMinimal })),
        [{ law: "plan.apart", witness: ["c1"], clash: ["t.choice_6", "plan.apart"], isMinimal: true }],
      );
      const facts = broken[0]?.facts.map(({ relation, row }) => `${relation}(${row.join()})`);
      assert.deepEqual(facts, ["clash(c1,a,b)", "clash(c1,a,c)", "clash(c1,b,c)", "task(c1,a)", "task(c1,b)", "task(c1,c)"]);
    });

    test("without the mark the whole is one slice, and every clash in it is told until the rest can be met", async () => {
      const { broken, slices } = await judge(WHOLE, FACTS);
      assert.equal(slices, 1);
      assert.deepEqual(
        broken.map(({ law, witness }) => [law, witness]),
        [["plan.apart", []]],
      );
      const two = await judge(
        `${WHOLE}%! @law plan.first error "x"\n:- not at("c2","x",1), slot(1).\n%! @law plan.second error "y"\n:- at("c2","x",1), slot(1).`,
        { ...FACTS, clash: [] },
      );
      assert.deepEqual(
        two.broken.map(({ law, clash }) => [law, clash]),
        [["plan.first", ["plan.first", "plan.second"]]],
      );
    });

    test("only slices that a delta touched are judged, and none twice", async () => {
      const cache = new AnswerSetCache();
      const first = await judge(PLAN, FACTS, { cache });
      assert.deepEqual([first.slices, first.known], [2, 0]);
      const again = await judge(PLAN, FACTS, { cache });
      assert.deepEqual([again.slices, again.known, again.broken], [2, 2, first.broken]);
      const touched = await judge(PLAN, FACTS, { cache, touched: new Map([["clash", [["c2", "x", "y"]]]]) });
      assert.deepEqual([touched.slices, touched.known, touched.broken], [1, 1, []]);
      const shared = await judge(PLAN, FACTS, { touched: new Map([["slot", [[2n]]]]) });
      assert.equal(shared.slices, 2);
      const elsewhere = await judge(PLAN, FACTS, { touched: new Map([["other", [["c1"]]]]) });
      assert.equal(elsewhere.slices, 0);
      const gone = await judge(PLAN, FACTS, { touched: new Map([["task", [["c9", "q"]]]]) });
      assert.equal(gone.slices, 0);
    });

    test("a base too large for one slice is undecided, with advice", async () => {
      const { undecided } = await judge(WHOLE, FACTS, { limits: { clingo_facts: 5 } });
      assert.deepEqual([undecided?.code, undecided?.bound, /@per/.test(undecided?.detail ?? "")], ["limit.clingo_facts", 5, true]);
      const sliced = await judge(PLAN, FACTS, { limits: { clingo_facts: 6 } });
      assert.equal(sliced.undecided?.code, "limit.clingo_facts");
      assert.equal((await judge(PLAN, FACTS, { limits: { clingo_facts: 9 } })).undecided, null);
    });

    test("an endless search is undecided by its bound", async () => {
      const pigeons = "%! @input hole(n:number)\n1 { in(P,H) : hole(H) } 1 :- P = 1..13.\n:- in(P,H), in(Q,H), P < Q.";
      const holes = Array.from({ length: 12 }, (_unused, index) => [BigInt(index)]);
      const { undecided } = await judge(pigeons, { hole: holes }, { limits: { clingo_ms: 700 } });
      assert.deepEqual([undecided?.code, undecided?.bound], ["limit.clingo_ms", 700]);
    });

    test("disjunctions, negation in a cycle, externals and warnings have laws of their own", async () => {
      const text = `%! @input p(x:number)
a(X) ; b(X) :- p(X).
:- a(X), X > 0.
:- b(X), X > 0.
odd(X) :- not odd(X), p(X), X < 0.
#external open(X) : p(X).
%! @law t.open warn "nothing is open"
:- p(7), not open(7).
`;
      const found = async (x: bigint) => (await judge(text, { p: [[x]] })).broken.map(({ law, clash }) => [law, clash]);
      assert.deepEqual(await found(0n), []);
      assert.deepEqual(await found(1n), [["t.disjunction_2", ["t.disjunction_2", "t.constraint_3", "t.constraint_4"]]]);
      assert.deepEqual(await found(-1n), [["t.rule_5", ["t.rule_5"]]]);
      const warned = await judge(text.replace(":- a(X), X > 0.\n", ""), { p: [[7n]] });
      assert.deepEqual(
        warned.broken.map(({ law }) => law),
        ["t.open"],
      );
    });

    test("rules with one meaning feed the search, whatever engine they need", async () => {
      const text = `%! @input edge(a:symbol, b:symbol)
reach(X,Y) :- edge(X,Y).
reach(X,Z) :- reach(X,Y), edge(Y,Z).
1 { top(X) : reach(X,_) } 1.
%! @law t.top error "no node reaches all"
:- top(X), reach(_,Y), Y != X, not reach(X,Y).
`;
      assert.deepEqual(
        (
          await judge(text, {
            edge: [
              ["a", "b"],
              ["b", "c"],
            ],
          })
        ).broken,
        [],
      );
      const apart = await judge(text, {
        edge: [
          ["a", "b"],
          ["c", "d"],
        ],
      });
      assert.deepEqual(
        apart.broken.map(({ law }) => law),
        ["t.top"],
      );
    });

    test("integers at the edges of clingo's 32 bits", async () => {
      const compared =
        '%! @input n(x:number)\n1 { pick(X) : n(X) } 1.\n%! @law t.max error "m"\n:- pick(X), n(Y), Y > X, not other(Y). { other(X) : n(X), X < 5 }.';
      const wide = [2n ** 31n - 1n, 2n ** 31n, 2n ** 63n - 1n];
      for (const x of wide) assert.deepEqual([(await judge(compared, { n: [[x], [3n]] })).undecided, x], [null, x]);
      const computed = '%! @input n(x:number)\n{ pick(X+1) : n(X) }.\n%! @law t.c error "m"\n:- pick(X), X < 0.';
      assert.equal((await judge(computed, { n: [[2n ** 31n - 2n]] })).undecided, null);
      assert.equal((await judge(computed, { n: [[2n ** 31n - 1n]] })).undecided?.code, "evaluation.clingo_overflow");
      for (const x of wide.slice(1)) {
        const { undecided } = await judge(computed, { n: [[1n], [x]] });
        assert.equal(undecided?.code, "evaluation.clingo_number");
        assert.ok(undecided?.detail.includes(`n(${x})`) && undecided.detail.includes("2147483647"));
      }
    });
  });
}
