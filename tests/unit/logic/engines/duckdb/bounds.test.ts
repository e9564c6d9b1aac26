import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkLaws } from "../../../../../logic/engines/duckdb/check_laws.ts";
import { materialise } from "../../../../../logic/engines/duckdb/materialise.ts";
import type { IrProgram, IrTerm } from "../../../../../logic/language/ir.ts";
import type { Limits } from "../../../../../schema/limits.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { type Facts, inputOver } from "../../../../support/duckdb_facts.ts";
import { aggregate, atom, compare, n, num, op, program, range, rule, s, sym } from "../../../../support/ir_builder.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory();
});
after(() => session.close());

/** Judges, asserts that the session still answers and that nothing of the run is left in it, and gives `undecided`. */
async function undecided(judged: IrProgram, facts: Facts, limits: Partial<Limits>, over = session) {
  const check = await checkLaws(await inputOver(over, judged, facts, limits));
  await check.close();
  assert.deepEqual(await over.rows("SELECT count(*) FROM duckdb_tables() WHERE temporary"), [[0n]]);
  return check.undecided;
}

const numbers = Array.from({ length: 100 }, (_, at): [bigint] => [BigInt(at)]);
const endless = program({
  derived: { n: "n" },
  laws: ["n"],
  rules: [rule("n", [num(0)]), rule("n", [op("+", "number", n("x"), num(1))], atom("n", n("x")))],
});

test("a rule that derives without end stops at the rounds allowed", async () => {
  const found = await undecided(endless, {}, { rounds: 50 });
  assert.deepEqual([found?.code, found?.relation, found?.bound, found?.unit], ["limit.rounds", "n", 50, "rounds"]);
});

test("a recursion stops at the rows allowed, as a query and as a loop", async () => {
  const edges = numbers.map(([at]): [bigint, bigint] => [at, at + 1n]);
  const step = (...body: ReturnType<typeof atom>[]) =>
    program({
      base: { e: "nn" },
      derived: { p: "nn" },
      laws: ["p"],
      rules: [rule("p", [n("x"), n("y")], atom("e", n("x"), n("y"))), rule("p", [n("x"), n("z")], ...body)],
    });
  const query = step(atom("p", n("x"), n("y")), atom("e", n("y"), n("z")));
  const loop = step(atom("p", n("x"), n("y")), atom("p", n("y"), n("z")));
  for (const judged of [query, loop]) {
    const found = await undecided(judged, { e: edges }, { rows_derived: 1000 });
    assert.deepEqual([found?.code, found?.relation, found?.bound], ["limit.rows_derived", "p", 1000]);
  }
  assert.equal((await undecided(query, { e: edges }, { rows_derived: 5050 }))?.code, undefined);
});

test("a join without a common variable stops at the rows allowed", async () => {
  const product = program({
    base: { q: "n" },
    derived: { r: "nn" },
    laws: ["r"],
    rules: [rule("r", [n("x"), n("y")], atom("q", n("x")), atom("q", n("y")))],
  });
  assert.equal((await undecided(product, { q: numbers }, { rows_derived: 9_999 }))?.code, "limit.rows_derived");
  assert.equal(await undecided(product, { q: numbers }, { rows_derived: 10_000 }), null);
});

test("a range past the rows allowed is refused before it is made", async () => {
  const ranged = (to: IrTerm) =>
    program({ derived: { r: "n" }, laws: ["r"], rules: [rule("r", [n("x")], range(n("x"), num(0), to), compare(n("x"), "<", num(3)))] });
  assert.equal((await undecided(ranged(num(10n ** 18n)), {}, {}))?.code, "limit.rows_derived");
  assert.equal(await undecided(ranged(num(1000)), {}, {}), null);
});

test("a symbol that doubles stops at its bytes", async () => {
  const doubling = program({
    derived: { d: "s" },
    laws: ["d"],
    rules: [rule("d", [sym("x")]), rule("d", [op("cat", "symbol", s("t"), s("t"))], atom("d", s("t")))],
  });
  assert.equal((await undecided(doubling, {}, { symbol_bytes: 1000 }))?.code, "limit.symbol_bytes");
});

test("a verdict that takes too long is interrupted", async () => {
  const slow = program({
    base: { q: "n" },
    derived: { r: "n" },
    laws: ["r"],
    rules: [
      rule(
        "r",
        [n("c")],
        aggregate(n("c"), "count", [], {
          keys: ["a", "b", "c", "d", "e", "f"].map(n),
          body: ["a", "b", "c", "d", "e", "f"].map((name) => atom("q", n(name))),
        }),
      ),
    ],
  });
  const started = performance.now();
  const found = await undecided(slow, { q: numbers }, { verdict_ms: 200 });
  assert.deepEqual([found?.code, found?.relation, found?.bound], ["limit.verdict_ms", "r", 200]);
  assert.ok(performance.now() - started < 10_000);
});

test("running out of memory is undecided", async () => {
  const small = await openMemory({ memory_limit: "60MB", temp_directory: "" });
  const wide = program({
    base: { q: "n" },
    derived: { r: "nnn" },
    laws: ["r"],
    rules: [rule("r", [n("x"), n("y"), op("+", "number", n("x"), n("z"))], atom("q", n("x")), atom("q", n("y")), atom("q", n("z")))],
  });
  const rows = Array.from({ length: 200 }, (_, at): [bigint] => [BigInt(at) * 7n]);
  assert.equal((await undecided(wide, { q: rows }, {}, small))?.code, "limit.memory_mb");
  small.close();
});

test("expressions that double by substitution are refused in time", async () => {
  const names = Array.from({ length: 60 }, (_, at) => `v${at}`);
  const body = names.map((name, at) => compare(n(name), "=", at === 0 ? num(0) : op("+", "number", n(`v${at - 1}`), n(`v${at - 1}`))));
  const judged = program({ derived: { r: "n" }, laws: ["r"], rules: [rule("r", [n("v59")], ...body)] });
  assert.equal((await undecided(judged, {}, {}))?.code, "limit.rule_sql_bytes");
});

test("laws decided before a bound keep their outcome", async () => {
  const two = program({
    base: { q: "n" },
    derived: { r: "n", n: "n" },
    laws: ["r", "n"],
    rules: [rule("r", [n("x")], atom("q", n("x"))), rule("n", [num(0)]), rule("n", [op("+", "number", n("x"), num(1))], atom("n", n("x")))],
  });
  const check = await checkLaws(await inputOver(session, two, { q: [[1n], [2n]] }, { rounds: 5 }));
  assert.equal(check.undecided?.code, "limit.rounds");
  assert.deepEqual(
    check.laws.map(({ law, violations }) => [law, violations]),
    [["t.r", 2]],
  );
  assert.deepEqual(await check.witnesses("t.r", 0, 10), [[1n], [2n]]);
  await check.close();
});

test("materialising reaches the same bounds", async () => {
  const made = await materialise(await inputOver(session, endless, {}, { rows_derived: 10 }), ["n"]);
  assert.equal(made.undecided?.code, "limit.rows_derived");
  await made.close();
});
