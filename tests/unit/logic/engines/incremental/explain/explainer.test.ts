import assert from "node:assert/strict";
import { test } from "node:test";
import { EngineLimit } from "../../../../../../logic/engines/duckdb/engine_limit.ts";
import { Explainer } from "../../../../../../logic/engines/incremental/explain/explainer.ts";
import { type FactChange, IncrementalEngine } from "../../../../../../logic/engines/incremental/incremental_engine.ts";
import type { Proof } from "../../../../../../logic/explain/proof.ts";
import type { IrProgram } from "../../../../../../logic/language/ir.ts";
import { systemClock } from "../../../../../../schema/clock.ts";
import { type Limits, limitsWith } from "../../../../../../schema/limits.ts";
import type { Row } from "../../../../../../schema/value.ts";
import { aggregate, atom, compare, n, not, num, program, rule } from "../../../../../support/ir_builder.ts";

function engineOver(ir: IrProgram, facts: Readonly<Record<string, readonly Row[]>>, limits: Partial<Limits> = {}): IncrementalEngine {
  const engine = IncrementalEngine.create({ program: ir, limits: limitsWith(limits), clock: systemClock });
  assert.equal(engine.evaluate().undecided, null);
  assert.equal(engine.apply({ assert: changes(facts), retract: [] }).undecided, null);
  engine.keep();
  return engine;
}

function changes(facts: Readonly<Record<string, readonly Row[]>>): FactChange[] {
  return Object.entries(facts).flatMap(([relation, rows]) => rows.map((row) => ({ relation, row })));
}

function heightOf(proof: Proof): number {
  return 1 + Math.max(0, ...proof.premises.map(heightOf));
}

const closure = program({
  base: { edge: "nn" },
  derived: { path: "nn" },
  rules: [
    rule("path", [n("x"), n("z")], atom("path", n("x"), n("y")), atom("path", n("y"), n("z"))),
    rule("path", [n("x"), n("y")], atom("edge", n("x"), n("y"))),
  ],
  laws: ["path"],
});
const chain = (length: number): Row[] => Array.from({ length }, (_, at) => [BigInt(at), BigInt(at + 1)]);

test("a proof in a recursion has the least height there is", () => {
  const engine = engineOver(closure, { edge: chain(32) });
  const proof = engine.explainer.prove({ relation: "path", row: [0n, 32n] });
  assert.ok(proof !== null);
  // Halving 32 edges five times, a path of one edge, the edge.
  assert.equal(heightOf(proof), 7);
  assert.equal(engine.explainer.prove({ relation: "path", row: [32n, 0n] }), null);
  assert.equal(engine.support("path", [0n, 32n]).length, 32);
});

test("heights of deep recursions do not overflow, and the proof is cut at its bound", () => {
  const linear = program({
    base: { edge: "nn" },
    derived: { reach: "n" },
    rules: [rule("reach", [num(0)]), rule("reach", [n("y")], atom("reach", n("x")), atom("edge", n("x"), n("y")))],
    laws: ["reach"],
  });
  const engine = engineOver(linear, { edge: chain(5_000) }, { explain_depth: 64 });
  const proof = engine.explainer.prove({ relation: "reach", row: [5_000n] });
  assert.ok(proof !== null);
  assert.equal(heightOf(proof), 64);
});

test("the least instance of a product is found without going through it", () => {
  const product = program({
    base: { a: "n", b: "n", c: "n" },
    derived: { some: "" },
    rules: [rule("some", [], atom("a", n("x")), atom("b", n("y")), atom("c", n("z")), compare(n("z"), ">", n("x")))],
    laws: ["some"],
  });
  const numbers = (from: number): Row[] => Array.from({ length: 3_000 }, (_, at) => [BigInt(from + ((at * 7) % 3_000))]);
  const engine = engineOver(product, { a: numbers(5), b: numbers(1), c: numbers(2) });
  assert.deepEqual(engine.support("some", []), [
    { relation: "a", row: [5n] },
    { relation: "b", row: [1n] },
    { relation: "c", row: [6n] },
  ]);
});

const crowded = program({
  base: { member: "nn" },
  derived: { crowded: "n" },
  rules: [
    rule(
      "crowded",
      [n("g")],
      atom("member", n("g"), null),
      aggregate(n("c"), "count", ["g"], { keys: [n("m")], body: [atom("member", n("g"), n("m"))] }),
      compare(n("c"), ">", num(2)),
    ),
  ],
  laws: ["crowded"],
});

test("of a large group the first members are shown and their number is told", () => {
  const member = Array.from({ length: 50_000 }, (_, at): Row => [1n, BigInt(50_000 - at)]);
  const engine = engineOver(crowded, { member }, { explain_members: 3 });
  const [atomOfGroup, group] = engine.explainer.prove({ relation: "crowded", row: [1n] })?.premises ?? [];
  assert.deepEqual(atomOfGroup?.row, [1n, 1n]);
  assert.deepEqual([group?.kind, group?.members, group?.cut], ["aggregate", 50_000, true]);
  assert.deepEqual(
    group?.premises.map(({ row }) => row),
    [
      [1n, 1n],
      [1n, 2n],
      [1n, 3n],
    ],
  );
  const [support] = engine.explainer.support("crowded", [[1n]]);
  assert.equal(support?.cut, true);
});

test("explaining in an open delta leaves what rolls back and what comes after as it is", () => {
  const laws = program({
    base: { stock: "nnn", ban: "nn" },
    derived: { bad: "n" },
    rules: [rule("bad", [n("z")], atom("stock", n("x"), n("y"), n("z")), not("ban", n("z"), null))],
    laws: ["bad"],
  });
  const stock = Array.from({ length: 500 }, (_, at): Row => [BigInt(at), BigInt(at % 7), BigInt(at % 50)]);
  const ban = Array.from({ length: 50 }, (_, at): Row => [BigInt(at), 0n]);
  const engine = engineOver(laws, { stock, ban });
  const delta = { assert: [{ relation: "stock", row: [9n, 9n, 99n] }], retract: [{ relation: "ban", row: [3n, 0n] }] };
  for (let round = 0; round < 3; round++) {
    assert.equal(engine.apply(delta).undecided, null);
    assert.deepEqual(engine.rows("bad"), [[3n], [99n]]);
    assert.deepEqual(engine.support("bad", [99n]), [{ relation: "stock", row: [9n, 9n, 99n] }]);
    assert.deepEqual(engine.support("bad", [3n]), [{ relation: "stock", row: [3n, 3n, 3n] }]);
    engine.rollback();
    assert.deepEqual(engine.rows("bad"), []);
    assert.equal(engine.count("stock"), 500);
  }
  assert.equal(engine.apply({ assert: [], retract: [{ relation: "stock", row: [3n, 3n, 3n] }, ...delta.retract] }).undecided, null);
  assert.deepEqual(engine.support("bad", [3n]), [{ relation: "stock", row: [53n, 4n, 3n] }]);
  engine.keep();
  assert.deepEqual(engine.support("bad", [3n]), [{ relation: "stock", row: [53n, 4n, 3n] }]);
});

test("an explanation that takes too long ends with its bound", () => {
  const engine = engineOver(crowded, { member: Array.from({ length: 20_000 }, (_, at): Row => [1n, BigInt(at)]) });
  const explainer = new Explainer({ ...engine.tables, limits: limitsWith({ verdict_ms: 0 }) });
  assert.throws(
    () => explainer.prove({ relation: "crowded", row: [1n] }),
    (error) => error instanceof EngineLimit && error.limit === "verdict_ms",
  );
});

test("why-not names the premises that are missing and follows them", async () => {
  const engine = engineOver(crowded, {
    member: [
      [1n, 1n],
      [1n, 2n],
      [2n, 5n],
    ],
  });
  const whyNot = await engine.explainer.whyNot("crowded", [1n]);
  assert.deepEqual(
    whyNot?.attempts[0]?.missing.map(({ kind, text }) => ({ kind, text })),
    [{ kind: "condition", text: "2 > 2" }],
  );
  const absent = await engine.explainer.whyNot("crowded", [7n]);
  assert.ok(absent?.attempts[0]?.missing.some(({ kind, relation }) => kind === "absent" && relation === "member"));
  assert.equal((await engine.explainer.whyNot("member", [7n, null]))?.role, "base");
  assert.equal(await engine.explainer.whyNot("member", [2n, null]), null);
});
