import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryBudget } from "../../../../../logic/engines/incremental/memory_budget.ts";
import { Table } from "../../../../../logic/engines/incremental/table.ts";
import { TupleOrder } from "../../../../../logic/engines/incremental/tuple_order.ts";
import { change, emptyEngine, fact, kept, tuples } from "../../../../support/incremental/engine_over.ts";
import { atom, compare, n, not, num, op, program, rule } from "../../../../support/ir_builder.ts";
import { seededChoices } from "../../../../support/seeded.ts";

const closure = program({
  base: { e: "nn" },
  derived: { t: "nn", loop: "n" },
  rules: [
    rule("t", [n("x"), n("y")], atom("e", n("x"), n("y"))),
    rule("t", [n("x"), n("z")], atom("t", n("x"), n("y")), atom("t", n("y"), n("z"))),
    rule("loop", [n("x")], atom("t", n("x"), n("x"))),
  ],
  laws: ["loop"],
});

/** Reachability by plain search. */
function reach(edges: ReadonlySet<string>): string[] {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    const [from = "", to = ""] = edge.split(" ");
    next.set(from, [...(next.get(from) ?? []), to]);
  }
  const found: string[] = [];
  for (const start of next.keys()) {
    const seen = new Set<string>();
    const open = [...(next.get(start) ?? [])];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      open.push(...(next.get(node) ?? []));
    }
    for (const node of seen) found.push(`${start} ${node}`);
  }
  return found.sort();
}

test("a closure follows edges that come and go, in graphs full of cycles", () => {
  const choices = seededChoices(7, 4000);
  const engine = emptyEngine(closure);
  const edges = new Set<string>();
  for (let step = 0; step < 150; step++) {
    const [from, to] = [choices.below(9), choices.below(9)];
    const edge = `${from} ${to}`;
    const isThere = edges.has(edge);
    const wanted = new Set(edges);
    if (isThere) wanted.delete(edge);
    else wanted.add(edge);
    const delta = [fact("e", from, to)];
    assert.equal(isThere ? change(engine, [], delta) : change(engine, delta), null);
    assert.deepEqual(tuples(engine, "t").sort(), reach(wanted), `step ${step}`);
    if (choices.below(3) === 0) {
      engine.rollback();
      assert.deepEqual(tuples(engine, "t").sort(), reach(edges), `step ${step} rolled back`);
    } else {
      engine.keep();
      if (isThere) edges.delete(edge);
      else edges.add(edge);
    }
  }
});

test("tuples that only rest on each other go together", () => {
  const engine = emptyEngine(closure);
  kept(engine, [fact("e", 1, 2), fact("e", 2, 3), fact("e", 3, 1)]);
  assert.deepEqual(tuples(engine, "loop"), ["1", "2", "3"]);
  assert.equal(change(engine, [], [fact("e", 3, 1)]), null);
  assert.deepEqual(
    engine
      .removed("loop")
      .map((row) => row.join())
      .sort(),
    ["1", "2", "3"],
  );
  engine.rollback();
  assert.deepEqual(tuples(engine, "loop"), ["1", "2", "3"]);
});

test("a fact that thousands of derived tuples rest on goes, and comes back by rollback", () => {
  const engine = emptyEngine(closure);
  const chain = Array.from({ length: 120 }, (_, at) => fact("e", at, at + 1));
  kept(engine, chain);
  assert.equal(engine.count("t"), (120 * 121) / 2);
  assert.equal(change(engine, [], [fact("e", 60, 61)]), null);
  assert.equal(engine.count("t"), (60 * 61) / 2 + (59 * 60) / 2);
  engine.rollback();
  assert.equal(engine.count("t"), (120 * 121) / 2);
});

test("relations that depend on each other, and a negation above them", () => {
  const made = program({
    base: { start: "n", e: "nn" },
    derived: { even: "n", odd: "n", unseen: "n" },
    rules: [
      rule("even", [n("x")], atom("start", n("x"))),
      rule("odd", [n("y")], atom("even", n("x")), atom("e", n("x"), n("y"))),
      rule("even", [n("y")], atom("odd", n("x")), atom("e", n("x"), n("y"))),
      rule("unseen", [n("x")], atom("e", n("x"), null), not("even", n("x")), not("odd", n("x"))),
    ],
    laws: ["unseen"],
  });
  const engine = emptyEngine(made);
  kept(engine, [fact("e", 1, 2), fact("e", 2, 3), fact("e", 3, 1), fact("e", 8, 9)]);
  assert.deepEqual(tuples(engine, "unseen"), ["1", "2", "3", "8"]);
  kept(engine, [fact("start", 1)]);
  assert.deepEqual([tuples(engine, "even"), tuples(engine, "odd"), tuples(engine, "unseen")], [["1", "2", "3"], ["1", "2", "3"], ["8"]]);
  kept(engine, [], [fact("e", 3, 1)]);
  assert.deepEqual([tuples(engine, "even"), tuples(engine, "odd"), tuples(engine, "unseen")], [["1", "3"], ["2"], ["8"]]);
  kept(engine, [], [fact("start", 1)]);
  assert.deepEqual([tuples(engine, "even"), tuples(engine, "unseen")], [[], ["1", "2", "8"]]);
});

test("a recursion that makes values without end is bounded by its rounds", () => {
  const made = program({
    base: { s: "n", most: "n" },
    derived: { up: "n" },
    rules: [
      rule("up", [n("x")], atom("s", n("x"))),
      rule("up", [op("+", "number", n("x"), num(1))], atom("up", n("x")), atom("most", n("m")), compare(n("x"), "<", n("m"))),
    ],
    laws: ["up"],
  });
  const engine = emptyEngine(made, { rounds: 50 });
  kept(engine, [fact("s", 0), fact("most", 20)]);
  assert.equal(engine.count("up"), 21);
  assert.equal(change(engine, [fact("most", 1000)]), "limit.rounds");
  engine.rollback();
  assert.equal(engine.count("up"), 21);
});

test("an overflow inside a recursion is undecided where it stands, and not where it went before", () => {
  const most = 2n ** 63n - 1n;
  const made = program({
    base: { s: "n", stop: "n" },
    derived: { up: "n" },
    rules: [
      rule("up", [n("x")], atom("s", n("x"))),
      rule("up", [op("+", "number", n("x"), num(1))], atom("up", n("x")), not("stop", n("x"))),
    ],
    laws: ["up"],
  });
  const engine = emptyEngine(made);
  assert.equal(change(engine, [fact("s", most)]), "evaluation.overflow");
  engine.rollback();
  kept(engine, [fact("s", most), fact("stop", most)]);
  assert.deepEqual(tuples(engine, "up"), [String(most)]);
  assert.equal(change(engine, [], [fact("stop", most)]), "evaluation.overflow");
  engine.rollback();
  kept(engine, [], [fact("stop", most), fact("s", most)]);
  assert.deepEqual(tuples(engine, "up"), []);
});

test("ranks are given anew in the order that tuples have", () => {
  const budget = new MemoryBudget(64);
  const clock = { last: 0 };
  const make = (): { table: Table; order: TupleOrder } => {
    const table = new Table({ name: "t", types: ["number"], counted: false, derived: true, mostRows: 100, budget });
    return { table, order: new TupleOrder(table, clock, budget) };
  };
  const [a, b] = [make(), make()];
  for (const [{ table, order }, value] of [
    [a, 5],
    [b, 6],
    [a, 4],
    [b, 3],
    [a, 9],
  ] as const) {
    const row = table.obtain(value);
    table.show(row);
    order.arrive(row);
  }
  for (const { order } of [a, b]) order.keep();
  a.table.hide(a.table.find(4));
  TupleOrder.renumber([a.order, b.order], 100);
  assert.equal(clock.last, 5);
  TupleOrder.renumber([a.order, b.order], 5);
  const ranks = ([{ table, order }, value]: readonly [typeof a, number]): number => order.ranks[table.find(value)] ?? 0;
  assert.deepEqual(
    (
      [
        [a, 5],
        [b, 6],
        [b, 3],
        [a, 9],
      ] as const
    ).map(ranks),
    [1, 2, 3, 4],
  );
  assert.equal(clock.last, 4);
});
