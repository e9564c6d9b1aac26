import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { IrLiteral } from "../../../../../logic/language/ir.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import {
  aggregate,
  atom,
  compare,
  f,
  flt,
  n,
  not,
  num,
  op,
  program,
  rule,
  s,
  sym,
  test as textTest,
} from "../../../../support/ir_builder.ts";
import { violationsOf } from "../../../../support/laws_over.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory();
});
after(() => session.close());

const quotient = op("/", "number", n("x"), n("y"));
const facts = {
  e: [
    [6n, 2n],
    [5n, 0n],
  ] as [bigint, bigint][],
  q: [[3n]] as [bigint][],
};

async function outcome(head: "z" | "x", ...body: IrLiteral[]): Promise<unknown> {
  const one = program({ base: { e: "nn", q: "n" }, derived: { r: "n" }, laws: ["r"], rules: [rule("r", [n(head)], ...body)] });
  const found = await violationsOf(session, one, facts);
  return typeof found === "string" ? found : found["r"];
}

const guard = compare(n("y"), "!=", num(0));
const binding = compare(n("z"), "=", quotient);

test("a condition that removes the row keeps its expressions from failing, wherever it stands", async () => {
  assert.deepEqual(await outcome("z", atom("e", n("x"), n("y")), guard, binding), [[3n]]);
  assert.deepEqual(await outcome("z", binding, atom("e", n("x"), n("y")), guard), [[3n]]);
  assert.deepEqual(await outcome("z", binding, guard, atom("e", n("x"), n("y")), atom("q", n("z"))), [[3n]]);
});

test("a row whose conditions hold and whose expression fails makes the answer undecided", async () => {
  assert.equal(await outcome("z", atom("e", n("x"), n("y")), binding), "evaluation.division_by_zero");
  assert.equal(await outcome("x", atom("e", n("x"), n("y")), binding), "evaluation.division_by_zero");
  assert.equal(await outcome("x", atom("e", n("x"), n("y")), compare(quotient, ">", num(100))), "evaluation.division_by_zero");
  assert.equal(await outcome("x", atom("e", n("x"), n("y")), compare(quotient, "<", num(0))), "evaluation.division_by_zero");
});

test("a failing expression is seen where it is a join key", async () => {
  assert.equal(await outcome("x", atom("e", n("x"), n("y")), atom("q", quotient)), "evaluation.division_by_zero");
  assert.deepEqual(await outcome("x", atom("e", n("x"), n("y")), atom("q", quotient), guard), [[6n]]);
  assert.equal(await outcome("x", atom("e", n("x"), n("y")), not("q", quotient)), "evaluation.division_by_zero");
});

test("a failing expression inside an aggregate fails the aggregate of its group alone", async () => {
  const inner = aggregate(n("c"), "sum", ["x"], {
    keys: [n("w"), n("y")],
    body: [atom("e", n("x"), n("y")), compare(n("w"), "=", quotient)],
  });
  assert.equal(await outcome("x", atom("e", n("x"), null), inner), "evaluation.division_by_zero");
  assert.deepEqual(await outcome("x", atom("e", n("x"), null), inner, compare(n("x"), "!=", num(5))), [[6n]]);
});

test("a sum past 64 bits fails, and one that passes through them on the way does not", async () => {
  const total = (values: bigint[]) =>
    violationsOf(
      session,
      program({
        base: { q: "n" },
        derived: { r: "n" },
        laws: ["r"],
        rules: [rule("r", [n("c")], aggregate(n("c"), "sum", [], { keys: [n("x")], body: [atom("q", n("x"))] }))],
      }),
      { q: values.map((value) => [value]) },
    );
  assert.equal(await total([9223372036854775807n, 1n]), "evaluation.overflow");
  assert.deepEqual(await total([9223372036854775807n, 1n, -1n, -5n]), { r: [[9223372036854775802n]] });
});

test("a sum of floats does not depend on the order of rows", async () => {
  const rows: [bigint, number][] = Array.from({ length: 2000 }, (_, at) => [BigInt(at), Math.sin(at) * 10 ** (at % 17)]);
  const one = program({
    base: { w: "nf" },
    derived: { r: "f" },
    laws: ["r"],
    rules: [rule("r", [f("c")], aggregate(f("c"), "sum", [], { keys: [f("v"), n("x")], body: [atom("w", n("x"), f("v"))] }))],
  });
  const forward = await violationsOf(session, one, { w: rows });
  assert.deepEqual(await violationsOf(session, one, { w: rows.toReversed() }), forward);
  const expected = rows
    .map(([, value]) => value)
    .sort((a, b) => a - b)
    .reduce((sum, value) => sum + value, 0);
  assert.deepEqual(forward, { r: [[expected]] });
});

test("a failing expression in a derived relation is seen even where its user filters the row away", async () => {
  const two = program({
    base: { e: "nn" },
    derived: { d: "nn", r: "n" },
    laws: ["r"],
    rules: [
      rule("d", [n("x"), quotient], atom("e", n("x"), n("y"))),
      rule("r", [n("x")], atom("d", n("x"), null), compare(n("x"), "=", num(6))),
    ],
  });
  assert.equal(await violationsOf(session, two, facts), "evaluation.division_by_zero");
});

test("a pattern that is none makes the answer undecided, whether written or computed", async () => {
  const matching = (literal: IrLiteral) =>
    violationsOf(
      session,
      program({ base: { t: "s" }, derived: { r: "s" }, laws: ["r"], rules: [rule("r", [s("p")], atom("t", s("p")), literal)] }),
      { t: [["(a"], ["b"]] },
    );
  assert.equal(await matching(textTest("match", sym("(a"), s("p"))), "evaluation.pattern");
  assert.equal(await matching(textTest("match", s("p"), s("p"))), "evaluation.pattern");
  assert.deepEqual(await matching(textTest("match", sym("[ab]"), s("p"))), { r: [["b"]] });
  assert.deepEqual(await matching(textTest("contains", sym("("), s("p"))), { r: [["(a"]] });
});

test("an infinite float is an error, never a value", async () => {
  const one = program({ derived: { r: "f" }, laws: ["r"], rules: [rule("r", [op("*", "float", flt(1e300), flt(1e300))])] });
  assert.equal(await violationsOf(session, one, {}), "evaluation.overflow");
});
