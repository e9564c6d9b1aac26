import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { IrAggregate, IrLiteral, IrTerm } from "../../../../../logic/language/ir.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { aggregate, atom, compare, f, n, not, num, op, program, rule, s, sym } from "../../../../support/ir_builder.ts";
import { violationsOf } from "../../../../support/laws_over.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory();
});
after(() => session.close());

const base = { line: "nsn", order: "n", empty: "n", w: "nf" };
const facts = {
  line: [
    [1n, "a", 5n],
    [1n, "b", 5n],
    [2n, "a", 7n],
  ] as [bigint, string, bigint][],
  order: [[1n], [2n], [3n]] as [bigint][],
  w: [
    [1n, 0.5],
    [2n, 0.25],
  ] as [bigint, number][],
};

async function result(types: string, head: IrTerm[], ...body: IrLiteral[]): Promise<unknown> {
  const one = program({ base, derived: { r: types }, laws: ["r"], rules: [rule("r", head, ...body)] });
  const found = await violationsOf(session, one, facts);
  return typeof found === "string" ? found : found["r"];
}

test("count and sum of nothing are 0; min, max and mean of nothing do not hold", async () => {
  const over = (op: IrAggregate["op"], result: IrTerm) => aggregate(result, op, [], { keys: [n("x")], body: [atom("empty", n("x"))] });
  assert.deepEqual(await result("n", [n("c")], over("count", n("c"))), [[0n]]);
  assert.deepEqual(await result("n", [n("c")], over("sum", n("c"))), [[0n]]);
  for (const op of ["min", "max"] as const) assert.deepEqual(await result("n", [n("c")], over(op, n("c"))), []);
  assert.deepEqual(await result("f", [f("c")], over("mean", f("c"))), []);
});

test("groups without members count 0 where an outer atom asks for them", async () => {
  const counted = aggregate(n("c"), "count", ["o"], { keys: [s("i"), n("a")], body: [atom("line", n("o"), s("i"), n("a"))] });
  assert.deepEqual(await result("nn", [n("o"), n("c")], atom("order", n("o")), counted), [
    [1n, 2n],
    [2n, 1n],
    [3n, 0n],
  ]);
  assert.deepEqual(await result("n", [n("o")], atom("order", n("o")), counted, compare(n("c"), "<", num(1))), [[3n]]);
  assert.deepEqual(await result("n", [n("o")], atom("order", n("o")), counted, compare(n("c"), ">=", num(2))), [[1n]]);
});

test("an unnamed attribute counts, so that equal values of different tuples are summed twice", async () => {
  const named = { keys: [n("a"), s("i")], body: [atom("line", n("o"), s("i"), n("a"))] };
  const summed = aggregate(n("c"), "sum", ["o"], named);
  assert.deepEqual(await result("nn", [n("o"), n("c")], atom("order", n("o")), summed), [
    [1n, 10n],
    [2n, 7n],
    [3n, 0n],
  ]);
  const projected = aggregate(n("c"), "sum", ["o"], { keys: [n("a")], body: [atom("line", n("o"), null, n("a"))] });
  assert.deepEqual(await result("nn", [n("o"), n("c")], atom("order", n("o")), projected), [
    [1n, 5n],
    [2n, 7n],
    [3n, 0n],
  ]);
});

test("symbols have extremes in code point order", async () => {
  const greatest = aggregate(s("m"), "max", [], { keys: [s("i"), n("o"), n("a")], body: [atom("line", n("o"), s("i"), n("a"))] });
  assert.deepEqual(await result("s", [s("m")], greatest), [["b"]]);
});

test("the mean of numbers and of floats is a float", async () => {
  const numbers = aggregate(f("m"), "mean", [], { keys: [n("a"), n("o"), s("i")], body: [atom("line", n("o"), s("i"), n("a"))] });
  assert.deepEqual(await result("f", [f("m")], numbers), [[17 / 3]]);
  const floats = aggregate(f("m"), "mean", [], { keys: [f("v"), n("o")], body: [atom("w", n("o"), f("v"))] });
  assert.deepEqual(await result("f", [f("m")], floats), [[0.375]]);
});

test("an aggregate may compare with outer variables that its body does not bind", async () => {
  const below = aggregate(n("c"), "count", ["o"], { keys: [n("p")], body: [atom("order", n("p")), compare(n("p"), "<", n("o"))] });
  assert.deepEqual(await result("nn", [n("o"), n("c")], atom("order", n("o")), below), [
    [1n, 0n],
    [2n, 1n],
    [3n, 2n],
  ]);
  const shifted = aggregate(n("c"), "max", ["o"], {
    keys: [n("p")],
    body: [atom("order", n("p")), compare(n("p"), "<", op("-", "number", n("o"), num(1)))],
  });
  assert.deepEqual(await result("nn", [n("o"), n("c")], atom("order", n("o")), shifted), [[3n, 1n]]);
});

test("aggregates nest, and the inner one may use variables of the outer one's body", async () => {
  const inner = aggregate(n("k"), "count", ["p"], { keys: [s("i"), n("a")], body: [atom("line", n("p"), s("i"), n("a"))] });
  const outer = aggregate(n("c"), "sum", ["o"], {
    keys: [n("k"), n("p")],
    body: [atom("order", n("p")), compare(n("p"), "<=", n("o")), inner],
  });
  assert.deepEqual(await result("nn", [n("o"), n("c")], atom("order", n("o")), outer), [
    [1n, 2n],
    [2n, 3n],
    [3n, 3n],
  ]);
});

test("a body may negate inside an aggregate", async () => {
  const without = aggregate(n("c"), "count", [], { keys: [n("p")], body: [atom("order", n("p")), not("line", n("p"), null, null)] });
  assert.deepEqual(await result("n", [n("c")], without), [[1n]]);
});

test("elements of one aggregate share one set of tuples, told apart by length and type", async () => {
  const orders = { keys: [n("p")], body: [atom("order", n("p"))] };
  const firsts = { keys: [n("p")], body: [atom("line", n("p"), null, null)] };
  const pairs = { keys: [n("p"), s("i")], body: [atom("line", n("p"), s("i"), null)] };
  const texts = { keys: [s("i")], body: [atom("line", null, s("i"), null)] };
  assert.deepEqual(await result("n", [n("c")], aggregate(n("c"), "count", [], orders, firsts)), [[3n]]);
  assert.deepEqual(await result("n", [n("c")], aggregate(n("c"), "count", [], orders, pairs, texts)), [[8n]]);
  assert.deepEqual(await result("n", [n("c")], aggregate(n("c"), "sum", [], orders, pairs)), [[10n]]);
});

test("the result may be a constant or a variable bound elsewhere", async () => {
  const counted = (value: IrTerm) =>
    aggregate(value, "count", ["o"], { keys: [s("i"), n("a")], body: [atom("line", n("o"), s("i"), n("a"))] });
  assert.deepEqual(await result("n", [n("o")], atom("order", n("o")), counted(num(2))), [[1n]]);
  assert.deepEqual(await result("n", [n("o")], atom("order", n("o")), counted(num(0))), [[3n]]);
  assert.deepEqual(await result("n", [n("o")], atom("order", n("o")), counted(n("o"))), []);
  assert.deepEqual(
    await result("n", [n("o")], atom("order", n("o")), compare(n("o"), "=", num(2)), compare(n("k"), "=", num(1)), counted(n("k"))),
    [[2n]],
  );
});

test("a base relation that may hold duplicates is counted as a set", async () => {
  const { checkLaws } = await import("../../../../../logic/engines/duckdb/check_laws.ts");
  const { inputOver } = await import("../../../../support/duckdb_facts.ts");
  const one = program({
    base: { q: "ns" },
    derived: { r: "n" },
    laws: ["r"],
    rules: [rule("r", [n("c")], aggregate(n("c"), "count", [], { keys: [n("x"), s("p")], body: [atom("q", n("x"), s("p"))] }))],
  });
  const input = await inputOver(session, one, {
    q: [
      [1n, "a"],
      [1n, "a"],
      [2n, "a"],
    ],
  });
  const check = await checkLaws({ ...input, isDistinct: () => false });
  assert.deepEqual(await check.witnesses("t.r", 0, 10), [[2n]]);
  await check.close();
});

test("a symbol constant in an aggregate's body selects", async () => {
  const selected = aggregate(n("c"), "sum", [], { keys: [n("a"), n("o")], body: [atom("line", n("o"), sym("a"), n("a"))] });
  assert.deepEqual(await result("n", [n("c")], selected), [[12n]]);
});
