import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { atom, compare, n, not, num, op, program, rule } from "../../../../support/ir_builder.ts";
import { violationsOf } from "../../../../support/laws_over.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory();
});
after(() => session.close());

const chain = Array.from({ length: 30 }, (_, at): [bigint, bigint] => [BigInt(at), BigInt(at + 1)]);
const edge = rule("p", [n("x"), n("y")], atom("e", n("x"), n("y")));

test("a linear recursion closes over cycles", async () => {
  const closure = program({
    base: { e: "nn" },
    derived: { p: "nn", c: "n" },
    laws: ["p", "c"],
    rules: [
      edge,
      rule("p", [n("x"), n("z")], atom("p", n("x"), n("y")), atom("e", n("y"), n("z"))),
      rule("c", [n("x")], atom("p", n("x"), n("x"))),
    ],
  });
  const found = await violationsOf(session, closure, {
    e: [
      [1n, 2n],
      [2n, 1n],
      [2n, 3n],
    ],
  });
  assert.deepEqual(found, {
    p: [
      [1n, 1n],
      [1n, 2n],
      [1n, 3n],
      [2n, 1n],
      [2n, 2n],
      [2n, 3n],
    ],
    c: [[1n], [2n]],
  });
});

test("a recursion that joins itself gives the same closure", async () => {
  const rules = (step: ReturnType<typeof rule>) => program({ base: { e: "nn" }, derived: { p: "nn" }, laws: ["p"], rules: [edge, step] });
  const linear = rules(rule("p", [n("x"), n("z")], atom("p", n("x"), n("y")), atom("e", n("y"), n("z"))));
  const doubling = rules(rule("p", [n("x"), n("z")], atom("p", n("x"), n("y")), atom("p", n("y"), n("z"))));
  const expected = await violationsOf(session, linear, { e: chain });
  assert.deepEqual(await violationsOf(session, doubling, { e: chain }), expected);
  assert.equal(typeof expected === "string" ? 0 : expected["p"]?.length, (30 * 31) / 2);
});

test("relations that recur through each other are computed together", async () => {
  const parity = program({
    base: { e: "nn" },
    derived: { even: "n", odd: "n" },
    laws: ["even", "odd"],
    rules: [
      rule("even", [num(0)]),
      rule("odd", [n("y")], atom("even", n("x")), atom("e", n("x"), n("y"))),
      rule("even", [n("y")], atom("odd", n("x")), atom("e", n("x"), n("y"))),
    ],
  });
  const found = await violationsOf(session, parity, { e: chain });
  assert.deepEqual(found, {
    even: Array.from({ length: 16 }, (_, at) => [BigInt(2 * at)]),
    odd: Array.from({ length: 15 }, (_, at) => [BigInt(2 * at + 1)]),
  });
});

test("a recursion may hold without attributes", async () => {
  const switches = program({
    base: { q: "n" },
    derived: { on: "", lit: "", r: "n" },
    laws: ["r"],
    rules: [
      rule("on", [], atom("q", num(1))),
      rule("on", [], atom("lit")),
      rule("lit", [], atom("on")),
      rule("r", [n("x")], atom("lit"), atom("q", n("x"))),
    ],
  });
  assert.deepEqual(await violationsOf(session, switches, { q: [[1n], [2n]] }), { r: [[1n], [2n]] });
  assert.deepEqual(await violationsOf(session, switches, { q: [[2n]] }), { r: [] });
});

test("a recursion that builds values ends where its guard says", async () => {
  const counting = program({
    derived: { m: "n" },
    laws: ["m"],
    rules: [rule("m", [num(1)]), rule("m", [op("*", "number", n("x"), num(2))], atom("m", n("x")), compare(n("x"), "<", num(100)))],
  });
  assert.deepEqual(await violationsOf(session, counting, {}), { m: [1n, 2n, 4n, 8n, 16n, 32n, 64n, 128n].map((value) => [value]) });
});

test("a recursion may negate what lies below it and read what negates it above", async () => {
  const layered = program({
    base: { e: "nn", q: "n" },
    derived: { p: "nn", dead: "n" },
    laws: ["dead"],
    rules: [
      rule("p", [n("x"), n("y")], atom("e", n("x"), n("y")), not("q", n("y"))),
      rule("p", [n("x"), n("z")], atom("p", n("x"), n("y")), atom("p", n("y"), n("z")), not("q", n("z"))),
      rule("dead", [n("x")], atom("e", n("x"), null), not("p", n("x"), num(3))),
    ],
  });
  const e: [bigint, bigint][] = [
    [1n, 2n],
    [2n, 3n],
    [3n, 4n],
  ];
  assert.deepEqual(await violationsOf(session, layered, { e, q: [] }), { dead: [[3n]] });
  assert.deepEqual(await violationsOf(session, layered, { e, q: [[2n]] }), { dead: [[1n], [3n]] });
});
