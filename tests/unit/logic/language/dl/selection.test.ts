import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { souffleReading } from "../../../../../logic/language/compatibility.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { deriveDl } from "../../../../support/derive_dl.ts";
import type { Facts } from "../../../../support/duckdb_facts.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

const derive = (text: string, relation: string, facts: Facts = {}) => deriveDl(session, text, relation, facts);

test("an equivalence relation is the closure of what is derived, also through itself", async () => {
  const text = ".decl e(x:number, y:number) eqrel\ne(1, 2). e(2, 3). e(7, 7).\ne(x + 10, y + 10) :- e(x, y), x < 3, y < 3.";
  const classes = [[1, 2, 3], [7], [11, 12]];
  const expected = classes.flatMap((members) => members.flatMap((x) => members.map((y) => `${x} ${y}`)));
  assert.deepEqual([...(await derive(text, "e"))].sort(), expected.sort());
});

test("a choice takes the least tuple of the first round for each value of its domain", async () => {
  const text = `.decl p(x:number, y:number)
.input p
.decl c(x:number, y:number) choice-domain x
c(x, y) :- p(x, y).
.decl t(x:number, y:number) choice-domain y
t(0, 0).
t(x, y) :- t(_, x), p(x, y).`;
  const p = [
    [1n, 5n],
    [1n, 4n],
    [2n, 9n],
    [0n, 2n],
    [0n, 1n],
    [2n, 1n],
  ];
  assert.deepEqual(await derive(text, "c", { p }), ["0 1", "1 4", "2 1"]);
  assert.deepEqual(await derive(text, "t", { p }), ["0 0", "0 1", "0 2", "1 4", "1 5", "2 9"]);
});

test("a choice of several domains takes whatever is still free, in order", async () => {
  const text = ".decl p(x:number, y:number)\n.input p\n.decl m(x:number, y:number) choice-domain x, y\nm(x, y) :- p(x, y).";
  const p = [
    [1n, 1n],
    [1n, 2n],
    [2n, 1n],
    [2n, 2n],
    [3n, 1n],
  ];
  assert.deepEqual(await derive(text, "m", { p }), ["1 1", "2 2"]);
});

test("subsumption leaves the greatest, and ends a recursion that would not", async () => {
  const text = `.decl edge(a:symbol, b:symbol, n:number)
edge("a", "b", 1). edge("b", "a", 1). edge("b", "c", 5). edge("a", "c", 9).
.decl dist(b:symbol, n:number)
dist("a", 0).
dist(b, n + m) :- dist(a, n), edge(a, b, m).
dist(b, n) <= dist(b, m) :- m < n.`;
  assert.deepEqual(await derive(text, "dist"), ["a 0", "b 1", "c 6"]);
  const plain = ".decl p(x:number, y:number)\np(1, 2). p(1, 3). p(2, 1).\np(x, y) <= p(x, z) :- z > y.\np(_, y) <= p(_, y) :- false.";
  assert.deepEqual(await derive(plain, "p"), ["1 3", "2 1"]);
  const late = `.decl p(x:number)\np(1). p(2).\n.decl e(x:number, y:number)\ne(x, 0) :- p(x).\ne(x, y + 1) :- e(x, y), y < 4.
p(x) <= p(y) :- e(y, 3), x < y.`;
  assert.deepEqual(await derive(late, "p"), ["2"]);
});

test("a limit of size ends the recursion behind the round that reaches it", async () => {
  const text = ".decl n(x:number)\nn(0).\nn(x + 1) :- n(x).\n.limitsize n(n=5)";
  assert.deepEqual(await derive(text, "n"), ["0", "1", "2", "3", "4"]);
});

test("selections that cannot be are refused", async () => {
  for (const [text, code] of [
    [".decl p(x:number) choice-domain y", "check.unknown_attribute y"],
    [".decl p(x:number) choice-domain x\n.input p", "check.selection p"],
    [".decl p(x:number) eqrel", "check.selection p"],
    [".decl p(x:number, y:symbol) eqrel", "check.selection p"],
    [".decl p(x:number, y:number) eqrel\n.input p", "check.selection p"],
    [".decl p(x:number)\n.decl q(x:number)\np(x) <= q(y) :- x < y.", "check.selection q"],
    [".decl p(x:number)\np(x) <= p(y) :- x < z, y = 1.", "check.ungrounded z"],
  ] as const) {
    assert.ok((await derive(text, "p")).includes(code), `${text}: ${await derive(text, "p")}`);
  }
});

test("a fed relation is derived as well for a conformance run alone", async () => {
  const text = ".decl p(x:number)\n.input p\np(2).\n.decl q(x:number)\nq(x) :- p(x).";
  assert.deepEqual(await derive(text, "q"), ["check.base_derived p"]);
  assert.deepEqual(await deriveDl(session, text, "q", { "p~input": [[1n]] }, souffleReading(64)), ["1", "2"]);
});

test("integers wrap under a declared reading alone", async () => {
  const text =
    ".decl p(x:number, u:unsigned)\np(2147483647, 0).\n.decl q(x:number, y:number, u:unsigned, s:number)\nq(x + 1, x * x, u - 1, 1 bshl 33) :- p(x, u).";
  assert.deepEqual(await derive(text, "q"), ["undecided evaluation.overflow"]);
  assert.deepEqual(await deriveDl(session, text, "q", {}, souffleReading(64)), [
    "2147483648 4611686014132420609 18446744073709551615 8589934592",
  ]);
  assert.deepEqual(await deriveDl(session, text, "q", {}, souffleReading(32)), ["-2147483648 1 4294967295 2"]);
});

test("inline relations are put in where they take values from their use", async () => {
  const text = `.decl less(x:number, y:number) inline
less(x, y) :- x < y.
.decl twice(x:number, y:number) inline
twice(x, y) :- y = 2 * x, !less(y, x).
.decl p(x:number)
p(1). p(-3). p(2).
.decl q(x:number, y:number)
q(x, y) :- p(x), p(y), less(x, y).
.decl r(x:number, y:number)
r(x, y) :- p(x), twice(x, y).`;
  assert.deepEqual(await derive(text, "q"), ["-3 1", "-3 2", "1 2"]);
  assert.deepEqual(await derive(text, "r"), ["1 2", "2 4"]);
  for (const [wrong, code] of [
    [".decl a(x:number) inline\n.output a", "check.inline a"],
    [".decl a(x:number) inline\n.decl b(x:number) inline\na(x) :- b(x).\nb(x) :- a(x).", "check.inline a"],
    [
      ".decl a(x:number, y:number) inline\na(x, y) :- x < z, z < y.\n.decl p(x:number)\np(1).\n.decl q(x:number)\nq(x) :- p(x), !a(x, x).",
      "check.inline a",
    ],
    [".decl p(x:number)\np(1).\n.decl q(x:number)\nq(x) :- p(x), p(x).\n .plan 0:(1,2)", "check.plan 0: (1, 2)"],
    [".decl p(x:number)\np(1).\n.decl q(x:number)\nq(x) :- p(x), q(x).\n .plan 0:(1,1)", "check.plan 0: (1, 1)"],
  ] as const) {
    assert.ok((await derive(wrong, "q")).includes(code), `${wrong}: ${await derive(wrong, "q")}`);
  }
});
