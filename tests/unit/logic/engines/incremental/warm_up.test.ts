import assert from "node:assert/strict";
import { test } from "node:test";
import { warmUp } from "../../../../../logic/engines/incremental/warm_up.ts";
import { systemClock } from "../../../../../schema/clock.ts";
import { change, emptyEngine, fact, kept, tuples } from "../../../../support/incremental/engine_over.ts";
import { atom, n, not, op, program, rule } from "../../../../support/ir_builder.ts";

const reach = program({
  base: { e: "nn", mark: "n", empty: "n" },
  derived: { t: "nn", unmarked: "n", twice: "n" },
  rules: [
    rule("t", [n("x"), n("y")], atom("e", n("x"), n("y"))),
    rule("t", [n("x"), n("z")], atom("t", n("x"), n("y")), atom("e", n("y"), n("z"))),
    rule("unmarked", [n("x")], atom("t", n("x"), n("x")), not("mark", n("x")), not("empty", n("x"))),
    rule("twice", [op("*", "number", n("x"), n("x"))], atom("mark", n("x"))),
  ],
  laws: ["unmarked", "twice"],
});

test("rehearsed deltas leave facts and what is derived as they were", () => {
  const engine = emptyEngine(reach);
  for (let node = 0; node < 12; node++) kept(engine, [fact("e", node, (node * 5 + 1) % 12), fact("mark", node % 7)]);
  const state = (): string[][] => ["e", "mark", "t", "unmarked", "twice"].map((relation) => tuples(engine, relation));
  const before = state();
  assert.ok(warmUp({ engine, clock: systemClock, limit_ms: 50 }) > 20);
  assert.deepEqual(state(), before);
  assert.equal(change(engine, [], [fact("e", 0, 1)]), null);
});

test("deltas that fail are rehearsed too", () => {
  const engine = emptyEngine(reach);
  kept(engine, [fact("mark", 3_000_000_000), fact("e", 1, 9_000_000_000_000_000_000n), fact("e", 9_000_000_000_000_000_000n, 1)]);
  const before = tuples(engine, "twice");
  assert.ok(warmUp({ engine, clock: systemClock, limit_ms: 20 }) > 0);
  assert.deepEqual(tuples(engine, "twice"), before);
});

test("an engine without facts has nothing to rehearse", () => {
  assert.equal(warmUp({ engine: emptyEngine(reach), clock: systemClock, limit_ms: 1000 }), 0);
});
