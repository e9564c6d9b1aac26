import assert from "node:assert/strict";
import { test } from "node:test";
import { IncrementalEngine } from "../../../../../logic/engines/incremental/incremental_engine.ts";
import { systemClock } from "../../../../../schema/clock.ts";
import { limitsWith } from "../../../../../schema/limits.ts";
import { emptyEngine, fact, kept, tuples } from "../../../../support/incremental/engine_over.ts";
import { atom, n, program, rule } from "../../../../support/ir_builder.ts";
import { seededChoices } from "../../../../support/seeded.ts";

/** Andersen's points-to: two of its rules read the recursion twice. */
const pointsTo = program({
  base: { address: "nn", assign: "nn", load: "nn", store: "nn" },
  derived: { points: "nn", alone: "n" },
  rules: [
    rule("points", [n("p"), n("o")], atom("address", n("p"), n("o"))),
    rule("points", [n("p"), n("o")], atom("assign", n("p"), n("q")), atom("points", n("q"), n("o"))),
    rule("points", [n("p"), n("o")], atom("load", n("p"), n("q")), atom("points", n("q"), n("r")), atom("points", n("r"), n("o"))),
    rule("points", [n("r"), n("o")], atom("store", n("p"), n("q")), atom("points", n("p"), n("r")), atom("points", n("q"), n("o"))),
    rule("alone", [n("x")], atom("points", n("x"), n("x"))),
  ],
  laws: ["alone"],
});

const VARIABLES = 120;
const SIZES: readonly (readonly [relation: string, facts: number])[] = [
  ["address", 60],
  ["assign", 150],
  ["load", 8],
  ["store", 8],
];

test("tuples joined many at once are those that come one fact at a time", () => {
  const choices = seededChoices(20_261_121, 4000);
  const facts = SIZES.flatMap(([relation, count]) => {
    return Array.from({ length: count }, () => fact(relation, choices.below(VARIABLES), choices.below(VARIABLES)));
  });
  const loaded = IncrementalEngine.create({ program: pointsTo, limits: limitsWith(), clock: systemClock });
  for (const [relation] of SIZES) {
    const rows = facts.filter((item) => item.relation === relation).map(({ row }) => row);
    const columns = [0, 1].map((at) => ({ cells: Int32Array.from(rows, (row) => loaded.pools.encode(row[at] ?? 0n, "number")) }));
    loaded.insertBase(relation, columns, rows.length);
  }
  assert.equal(loaded.evaluate().undecided, null);
  const grown = emptyEngine(pointsTo);
  for (const item of facts) kept(grown, [item]);
  assert.ok(loaded.count("points") > 1000, `${loaded.count("points")} tuples are too few to be joined many at once`);
  for (const relation of ["points", "alone"]) assert.deepEqual(tuples(loaded, relation), tuples(grown, relation));
});
