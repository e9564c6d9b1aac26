import assert from "node:assert/strict";
import { test } from "node:test";
import { change, emptyEngine, fact, kept, tuples } from "../../../../support/incremental/engine_over.ts";
import { aggregate, atom, compare, f, flt, n, num, op, program, rule } from "../../../../support/ir_builder.ts";

const base = { b: "nn", d: "n" };
const members = { keys: [n("y")], body: [atom("b", n("x"), n("y"))] };

test("a count by key needs no group of its own and follows each fact", () => {
  const made = program({
    base,
    derived: { v: "nn" },
    rules: [rule("v", [n("x"), n("k")], atom("b", n("x"), null), aggregate(n("k"), "count", ["x"], members), compare(n("k"), ">", num(1)))],
    laws: ["v"],
  });
  const engine = emptyEngine(made);
  kept(engine, [fact("b", 1, 1), fact("b", 2, 1)]);
  assert.deepEqual(tuples(engine, "v"), []);
  kept(engine, [fact("b", 1, 2)]);
  assert.deepEqual(tuples(engine, "v"), ["1 2"]);
  kept(engine, [fact("b", 1, 3)], [fact("b", 1, 1)]);
  assert.deepEqual(tuples(engine, "v"), ["1 2"]);
  kept(engine, [], [fact("b", 1, 2), fact("b", 1, 3)]);
  assert.deepEqual(tuples(engine, "v"), []);
});

test("count and sum of nothing are 0, where the outer values come from elsewhere", () => {
  const made = program({
    base,
    derived: { v: "nnn" },
    rules: [
      rule(
        "v",
        [n("x"), n("k"), n("s")],
        atom("d", n("x")),
        aggregate(n("k"), "count", ["x"], members),
        aggregate(n("s"), "sum", ["x"], members),
      ),
    ],
    laws: ["v"],
  });
  const engine = emptyEngine(made);
  kept(engine, [fact("d", 1)]);
  assert.deepEqual(tuples(engine, "v"), ["1 0 0"]);
  kept(engine, [fact("b", 1, 5), fact("b", 1, -7)]);
  assert.deepEqual(tuples(engine, "v"), ["1 2 -2"]);
  kept(engine, [], [fact("b", 1, 5), fact("b", 1, -7)]);
  assert.deepEqual(tuples(engine, "v"), ["1 0 0"]);
});

test("the extremes of a group are found again when they go, and a group without members has none", () => {
  const made = program({
    base,
    derived: { v: "nnn" },
    rules: [
      rule(
        "v",
        [n("x"), n("l"), n("m")],
        atom("b", n("x"), null),
        aggregate(n("l"), "min", ["x"], members),
        aggregate(n("m"), "max", ["x"], members),
      ),
    ],
    laws: ["v"],
  });
  const engine = emptyEngine(made);
  kept(
    engine,
    [3, -(2 ** 40), 2 ** 40, 7].map((value) => fact("b", 1, value)),
  );
  assert.deepEqual(tuples(engine, "v"), [`1 ${-(2 ** 40)} ${2 ** 40}`]);
  kept(engine, [], [fact("b", 1, 2 ** 40)]);
  kept(engine, [fact("b", 1, 8)], [fact("b", 1, -(2 ** 40)), fact("b", 1, 7)]);
  assert.deepEqual(tuples(engine, "v"), ["1 3 8"]);
  kept(engine, [], [fact("b", 1, 3), fact("b", 1, 8)]);
  assert.deepEqual(tuples(engine, "v"), []);
});

test("a sum is exact beyond 64 bits on its way, and undecided only where it stays there and a rule reads it", () => {
  const big = 2n ** 62n;
  const made = program({
    base,
    derived: { v: "nn" },
    rules: [rule("v", [n("x"), n("s")], atom("d", n("x")), aggregate(n("s"), "sum", ["x"], members))],
    laws: ["v"],
  });
  const engine = emptyEngine(made);
  kept(engine, [fact("b", 1, big), fact("b", 1, big + 1n), fact("b", 1, big - 1n)]);
  assert.equal(change(engine, [fact("d", 1)]), "evaluation.overflow");
  engine.rollback();
  assert.deepEqual(tuples(engine, "v"), []);
  kept(engine, [fact("d", 1), fact("b", 1, -2n * big)]);
  assert.deepEqual(tuples(engine, "v"), [`1 ${big}`]);
});

test("the sum of floats depends on the members alone, not on the order in which they came", () => {
  const w = { base: { w: "nf" }, derived: { v: "f" } };
  const element = { keys: [f("g")], body: [atom("w", n("x"), f("g"))] };
  const made = program({
    ...w,
    rules: [rule("v", [f("s")], atom("w", n("x"), null), aggregate(f("s"), "sum", ["x"], element))],
    laws: ["v"],
  });
  const values = [1e16, 1, -1e16, 0.1, 3, 1e-3];
  const facts = values.map((value) => ({ relation: "w", row: [1n, value] }));
  const sums = [facts, facts.toReversed()].map((order) => {
    const engine = emptyEngine(made);
    for (const one of order) kept(engine, [one]);
    kept(engine, [{ relation: "w", row: [1n, 7.7] }]);
    kept(engine, [], [{ relation: "w", row: [1n, 7.7] }]);
    return tuples(engine, "v");
  });
  const expected = values.toSorted((a, b) => a - b).reduce((sum, value) => sum + value, 0);
  assert.deepEqual(sums, [[String(expected)], [String(expected)]]);
});

test("elements that read outer values are computed for the values that the rule has", () => {
  const smaller = { keys: [n("y")], body: [atom("d", n("y")), compare(n("y"), "<", n("x"))] };
  const made = program({
    base,
    derived: { v: "nn" },
    rules: [rule("v", [n("x"), n("k")], atom("b", n("x"), null), aggregate(n("k"), "count", ["x"], smaller))],
    laws: ["v"],
  });
  const engine = emptyEngine(made);
  kept(engine, [fact("b", 5, 0), fact("d", 1), fact("d", 4), fact("d", 5)]);
  assert.deepEqual(tuples(engine, "v"), ["5 2"]);
  kept(engine, [fact("b", 2, 0), fact("d", 0)], [fact("d", 4)]);
  assert.deepEqual(tuples(engine, "v"), ["2 2", "5 2"]);
});

test("an element that cannot be computed fails its group, and only for those who read it", () => {
  const inverse = { keys: [op("/", "number", num(10), n("y"))], body: [atom("b", n("x"), n("y"))] };
  const made = program({
    base,
    derived: { v: "nn" },
    rules: [rule("v", [n("x"), n("s")], atom("d", n("x")), aggregate(n("s"), "sum", ["x"], inverse))],
    laws: ["v"],
  });
  const engine = emptyEngine(made);
  kept(engine, [fact("b", 1, 0), fact("b", 1, 5), fact("b", 2, 5), fact("d", 2)]);
  assert.deepEqual(tuples(engine, "v"), ["2 2"]);
  assert.equal(change(engine, [fact("d", 1)]), "evaluation.division_by_zero");
  engine.rollback();
  kept(engine, [fact("d", 1)], [fact("b", 1, 0)]);
  assert.deepEqual(tuples(engine, "v"), ["1 2", "2 2"]);
});

test("an aggregate inside a recursion is computed for the values that the recursion finds, and again when its members change", () => {
  const smaller = { keys: [n("y")], body: [atom("d", n("y")), compare(n("y"), "<", n("x"))] };
  const made = program({
    base,
    derived: { p: "n" },
    rules: [
      rule("p", [n("x")], atom("b", n("x"), null)),
      rule("p", [n("k")], atom("p", n("x")), aggregate(n("k"), "count", ["x"], smaller)),
    ],
    laws: ["p"],
  });
  const engine = emptyEngine(made);
  kept(engine, [fact("b", 9, 0), fact("d", 1), fact("d", 2), fact("d", 3)]);
  assert.deepEqual(tuples(engine, "p"), ["0", "1", "2", "3", "9"]);
  kept(engine, [], [fact("d", 1)]);
  const fresh = emptyEngine(made);
  kept(fresh, [fact("b", 9, 0), fact("d", 2), fact("d", 3)]);
  assert.deepEqual(tuples(engine, "p"), tuples(fresh, "p"));
  assert.deepEqual(tuples(engine, "p"), ["0", "2", "9"]);
});

test("a float constant in a comparison with an aggregate is judged by value", () => {
  const element = { keys: [n("y")], body: [atom("b", n("x"), n("y"))] };
  const made = program({
    base,
    derived: { v: "n" },
    rules: [rule("v", [n("x")], atom("b", n("x"), null), aggregate(f("m"), "mean", ["x"], element), compare(f("m"), ">=", flt(1.5)))],
    laws: ["v"],
  });
  const engine = emptyEngine(made);
  kept(engine, [fact("b", 1, 1), fact("b", 1, 2), fact("b", 2, 1)]);
  assert.deepEqual(tuples(engine, "v"), ["1"]);
  kept(engine, [fact("b", 1, 0)]);
  assert.deepEqual(tuples(engine, "v"), []);
});
