import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Evaluation } from "../../../../../logic/engines/duckdb/evaluation.ts";
import { semiNaive } from "../../../../../logic/engines/duckdb/semi_naive.ts";
import type { IrProgram } from "../../../../../logic/language/ir.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { type Facts, inputOver } from "../../../../support/duckdb_facts.ts";
import { atom, compare, n, not, num, op, program, rule } from "../../../../support/ir_builder.ts";
import { violationsOf } from "../../../../support/laws_over.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory();
});
after(() => session.close());

const start = rule("m", [num(0)]);
const add = (step: number, ...guards: ReturnType<typeof compare | typeof atom>[]) =>
  rule("m", [op("+", "number", n("x"), num(step))], atom("m", n("x")), ...guards);

/** Tuples and their rounds, with batches and without: a restriction, here to every value there can be, switches them off. */
async function bothWays(judged: IrProgram, facts: Facts): Promise<unknown[]> {
  const input = await inputOver(session, judged, facts);
  const found: unknown[] = [];
  for (const restriction of [null, { columns: ["c0"], among: "(SELECT range - 1000 AS c0 FROM range(9999))" }]) {
    const evaluation = new Evaluation(input, ["m"]);
    const tables = await semiNaive(evaluation, ["m"], new Map(), restriction);
    found.push(await session.rows(`SELECT * FROM ${tables.get("m")?.table} ORDER BY ALL`));
    await evaluation.close();
  }
  return found;
}

test("a long recursion run in batches has the tuples and the rounds of one run round by round", async () => {
  const judged = program({
    base: { q: "n" },
    derived: { m: "n" },
    rules: [
      start,
      add(3, compare(n("x"), "<", num(300))),
      add(-1, compare(n("x"), ">", num(280))),
      add(50, atom("q", n("x"))),
      rule("m", [num(7)], atom("m", num(150))),
    ],
  });
  const [batched, plain] = await bothWays(judged, { q: [[30n], [60n], [111n], [150n]] });
  assert.ok(Array.isArray(batched) && batched.length > 100);
  assert.deepEqual(batched, plain);
});

test("a batch whose rounds grow is given up, and the rounds go on", async () => {
  const wide = program({
    base: { q: "n" },
    derived: { m: "n" },
    rules: [
      start,
      add(1, compare(n("x"), "<", num(400))),
      rule(
        "m",
        [op("+", "number", op("*", "number", n("x"), num(10)), n("y"))],
        atom("m", n("x")),
        atom("q", n("y")),
        compare(n("x"), ">", num(30)),
        compare(n("x"), "<", num(500)),
      ),
    ],
  });
  const [batched, plain] = await bothWays(wide, { q: Array.from({ length: 10 }, (_, at): [bigint] => [BigInt(at)]) });
  assert.deepEqual(batched, plain);
});

test("a batch stops at exactly the rounds and the rows allowed", async () => {
  const counting = program({ derived: { m: "n" }, laws: ["m"], rules: [start, add(1, compare(n("x"), "<", num(200)))] });
  const judge = (limits: { rounds?: number; rows_derived?: number }) => violationsOf(session, counting, {}, limits);
  assert.equal(await judge({ rounds: 199 }), "limit.rounds");
  assert.notEqual(await judge({ rounds: 201 }), "limit.rounds");
  assert.equal(await judge({ rows_derived: 200 }), "limit.rows_derived");
  assert.notEqual(await judge({ rows_derived: 201 }), "limit.rows_derived");
});

test("a failing expression far down a chain is seen in a batch", async () => {
  const overflowing = program({ derived: { m: "n" }, laws: ["m"], rules: [rule("m", [num(2n ** 63n - 100n)]), add(1)] });
  assert.equal(await violationsOf(session, overflowing, {}), "evaluation.overflow");
  const joining = program({
    base: { q: "n" },
    derived: { m: "n" },
    laws: ["m"],
    rules: [
      start,
      add(1, compare(n("x"), "<", num(90))),
      rule(
        "m",
        [n("y")],
        atom("m", n("x")),
        atom("q", n("y")),
        compare(n("y"), "=", op("/", "number", num(1000), op("-", "number", n("x"), num(60)))),
      ),
    ],
  });
  assert.equal(await violationsOf(session, joining, { q: [[5n]] }), "evaluation.division_by_zero");
});

test("a chain may negate and join in every round", async () => {
  const holes = program({
    base: { q: "n", e: "nn" },
    derived: { m: "n" },
    rules: [
      rule("m", [num(0)]),
      rule("m", [op("+", "number", n("y"), num(0))], atom("m", n("x")), atom("e", n("x"), n("y")), not("q", n("y"))),
    ],
  });
  const e = Array.from({ length: 120 }, (_, at): [bigint, bigint] => [BigInt(at), BigInt(at + 1)]);
  const [batched, plain] = await bothWays(holes, { e, q: [[100n]] });
  assert.ok(Array.isArray(batched) && batched.length === 100);
  assert.deepEqual(batched, plain);
});
