import assert from "node:assert/strict";
import { test } from "node:test";
import { IncrementalEngine } from "../../../../../logic/engines/incremental/incremental_engine.ts";
import { systemClock } from "../../../../../schema/clock.ts";
import type { Fact } from "../../../../../schema/fact.ts";
import { limitsWith } from "../../../../../schema/limits.ts";
import { change, emptyEngine, fact, kept, tuples } from "../../../../support/incremental/engine_over.ts";
import { aggregate, atom, compare, f, n, not, num, program, rule, s } from "../../../../support/ir_builder.ts";

const product = program({
  base: { a: "n", b: "n" },
  derived: { p: "nn" },
  rules: [rule("p", [n("x"), n("y")], atom("a", n("x")), atom("b", n("y")))],
  laws: ["p"],
});

function numbers(relation: string, count: number): Fact[] {
  return Array.from({ length: count }, (_, at) => fact(relation, at));
}

test("a rule that explodes is undecided by its rows, names its relation, and leaves nothing", () => {
  const engine = emptyEngine(product, { rows_derived: 1000 });
  kept(engine, [...numbers("a", 30), ...numbers("b", 30)]);
  assert.equal(engine.count("p"), 900);
  const { undecided } = engine.apply({ assert: numbers("a", 300), retract: [] });
  assert.deepEqual([undecided?.code, undecided?.relation, undecided?.bound, undecided?.unit], ["limit.rows_derived", "p", 1000, "rows"]);
  engine.rollback();
  assert.equal(engine.count("p"), 900);
  assert.equal(engine.count("a"), 30);
  assert.equal(change(engine, [fact("a", 31), fact("a", 32), fact("a", 33)]), null);
  assert.equal(engine.count("p"), 990);
});

test("the bound is on what is there, not on what came and went", () => {
  const engine = emptyEngine(product, { rows_derived: 900 });
  kept(engine, [...numbers("a", 30), ...numbers("b", 30)]);
  const moved = Array.from({ length: 30 }, (_, at) => fact("a", at + 100));
  kept(engine, moved, numbers("a", 30));
  assert.equal(engine.count("p"), 900);
  assert.equal(change(engine, [fact("a", 7)]), "limit.rows_derived");
});

test("work that derives nothing ends at the bound of time", () => {
  const silent = program({
    base: { a: "n", b: "n" },
    derived: { p: "n" },
    rules: [
      rule(
        "p",
        [n("x")],
        atom("a", n("x")),
        atom("b", n("y")),
        atom("a", n("z")),
        compare(n("x"), "<", n("y")),
        compare(n("y"), "<", n("x")),
      ),
    ],
    laws: ["p"],
  });
  const engine = emptyEngine(silent, { verdict_ms: 50 });
  const started = performance.now();
  assert.equal(change(engine, [...numbers("a", 20_000), ...numbers("b", 20_000)]), "limit.verdict_ms");
  assert.ok(performance.now() - started < 5_000);
  engine.rollback();
  assert.equal(engine.count("a"), 0);
  kept(engine, [fact("a", 1), fact("b", 2)]);
  assert.deepEqual(tuples(engine, "p"), []);
});

test("memory is bounded before it is taken, and a rolled back engine goes on", () => {
  const engine = emptyEngine(product, { engine_mb: 3 });
  kept(engine, [fact("a", 1), fact("b", 1)]);
  const outcome = engine.apply({ assert: numbers("a", 300_000), retract: [] });
  assert.equal(outcome.undecided?.code, "limit.engine_mb");
  engine.rollback();
  assert.equal(engine.count("a"), 1);
  kept(engine, [fact("a", 2)]);
  assert.deepEqual(tuples(engine, "p"), ["1 1", "2 1"]);
});

test("evaluation from nothing is bounded too", () => {
  const engine = IncrementalEngine.create({ program: product, limits: limitsWith({ rows_derived: 99 }), clock: systemClock });
  const cells = Int32Array.from({ length: 10 }, (_, at) => at);
  engine.insertBase("a", [{ cells }], 10);
  engine.insertBase("b", [{ cells }], 10);
  assert.equal(engine.evaluate().undecided?.code, "limit.rows_derived");
});

test("asserting and retracting one fact over and over changes nothing and keeps nothing", () => {
  const engine = emptyEngine(product);
  kept(engine, [...numbers("a", 5), ...numbers("b", 5)]);
  for (let round = 0; round < 200; round++) {
    kept(engine, [fact("a", 9)]);
    assert.equal(engine.count("p"), 30);
    kept(engine, [], [fact("a", 9)]);
    assert.equal(engine.count("p"), 25);
  }
  const bytes = engine.bytes();
  for (let round = 0; round < 200; round++) {
    kept(engine, [fact("a", 9)]);
    kept(engine, [], [fact("a", 9)]);
  }
  assert.equal(engine.bytes(), bytes);
});

test("a delta may retract and assert the same fact, which then stands", () => {
  const engine = emptyEngine(product);
  kept(engine, [fact("a", 1), fact("b", 1)]);
  assert.equal(change(engine, [fact("a", 1), fact("a", 2)], [fact("a", 1), fact("a", 7), fact("b", 9)]), null);
  assert.deepEqual(engine.effective(), { assert: [fact("a", 2)], retract: [] });
  assert.deepEqual(engine.added("p"), [[2n, 1n]]);
  engine.keep();
});

test("a key shared by a hundred thousand facts costs a delta no more than one fact does", () => {
  const made = program({
    base: { o: "nn", c: "nn" },
    derived: { lost: "n", many: "nn" },
    rules: [
      rule("lost", [n("x")], atom("o", n("x"), n("k")), not("c", n("k"), null)),
      rule(
        "many",
        [n("k"), n("q")],
        atom("c", n("k"), null),
        aggregate(n("q"), "count", ["k"], { keys: [n("x")], body: [atom("o", n("x"), n("k"))] }),
        compare(n("q"), ">", num(1_000_000)),
      ),
    ],
    laws: ["lost", "many"],
  });
  const engine = emptyEngine(made);
  kept(engine, [fact("c", 7, 1), ...Array.from({ length: 100_000 }, (_, at) => fact("o", at, 7))]);
  const started = performance.now();
  for (let at = 0; at < 2_000; at++) {
    kept(engine, [fact("o", 200_000 + at, 7), fact("c", 7, at + 10)]);
    kept(engine, [], [fact("o", at, 7), fact("c", 7, at + 10)]);
  }
  assert.ok(performance.now() - started < 10_000, "4,000 deltas on a hot key took more than ten seconds");
  assert.equal(engine.count("o"), 100_000);
  assert.equal(change(engine, [], [fact("c", 7, 1)]), null);
  assert.equal(engine.added("lost").length, 100_000);
  engine.rollback();
  assert.equal(engine.count("lost"), 0);
});

test("long symbols, the sign of zero and large numbers are keys like any other", () => {
  const long = "x".repeat(1024 * 1024);
  const made = program({
    base: { t: "sfn" },
    derived: { same: "s" },
    rules: [rule("same", [s("a")], atom("t", s("a"), f("g"), n("x")), atom("t", s("b"), f("g"), n("x")), compare(s("a"), "!=", s("b")))],
    laws: ["same"],
  });
  const engine = emptyEngine(made);
  kept(engine, [
    { relation: "t", row: [long, 0, 2n ** 62n] },
    { relation: "t", row: [`${long.slice(1)}y`, -0, 2n ** 62n] },
    { relation: "t", row: ["z", 0, -(2n ** 62n)] },
  ]);
  assert.deepEqual(
    engine.rows("same").map(([text]) => String(text).at(-1)),
    ["x", "y"],
  );
  assert.ok(engine.has("t", [long, -0, 2n ** 62n]));
});

test("a delta of very many facts is propagated at once", () => {
  const made = program({
    base: { o: "nn", c: "n" },
    derived: { lost: "n" },
    rules: [rule("lost", [n("x")], atom("o", n("x"), n("k")), not("c", n("k")))],
    laws: ["lost"],
  });
  const engine = emptyEngine(made);
  const facts = Array.from({ length: 200_000 }, (_, at) => fact("o", at, at % 1000));
  kept(engine, [...facts, ...numbers("c", 999)]);
  assert.equal(engine.count("lost"), 200);
  assert.equal(change(engine, [], facts), null);
  assert.equal(engine.removed("lost").length, 200);
  engine.rollback();
  assert.equal(engine.count("lost"), 200);
});

test("calls out of order are refused", () => {
  const engine = IncrementalEngine.create({ program: product, limits: limitsWith(), clock: systemClock });
  assert.throws(() => engine.apply({ assert: [], retract: [] }));
  engine.evaluate();
  assert.throws(() => engine.evaluate());
  assert.throws(() => engine.keep());
  assert.throws(() => engine.rollback());
  assert.throws(() => engine.added("p"));
  assert.throws(() => engine.rows("nowhere"));
  assert.throws(() => engine.insertBase("a", [{ cells: new Int32Array(1) }], 1));
  engine.apply({ assert: [fact("a", 1)], retract: [] });
  assert.throws(() => engine.apply({ assert: [], retract: [] }));
  engine.rollback();
  assert.equal(engine.count("a"), 0);
});
