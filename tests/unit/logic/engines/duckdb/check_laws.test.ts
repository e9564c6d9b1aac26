import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkLaws } from "../../../../../logic/engines/duckdb/check_laws.ts";
import { materialise } from "../../../../../logic/engines/duckdb/materialise.ts";
import { viewSql } from "../../../../../logic/engines/duckdb/views.ts";
import type { IrProgram } from "../../../../../logic/language/ir.ts";
import { quoteName } from "../../../../../schema/sql_session.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { inputOver } from "../../../../support/duckdb_facts.ts";
import { aggregate, atom, compare, n, not, num, op, program, range, rule, SPAN, s, sym } from "../../../../support/ir_builder.ts";
import { violationsOf } from "../../../../support/laws_over.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory();
});
after(() => session.close());

test("violations come in ascending order of their values, a page at a time", async () => {
  const judged = program({
    base: { t: "ns" },
    derived: { r: "sn" },
    laws: ["r"],
    rules: [rule("r", [s("p"), n("x")], atom("t", n("x"), s("p")))],
  });
  const input = await inputOver(session, judged, {
    t: [
      [2n, "b"],
      [10n, "a"],
      [9n, "é"],
      [1n, "b"],
      [3n, "Z"],
    ],
  });
  const check = await checkLaws(input);
  assert.deepEqual(await check.witnesses("t.r", 0, 3), [
    ["Z", 3n],
    ["a", 10n],
    ["b", 1n],
  ]);
  assert.deepEqual(await check.witnesses("t.r", 3, 3), [
    ["b", 2n],
    ["é", 9n],
  ]);
  assert.deepEqual(await check.witnesses("t.r", 5, 3), []);
  assert.equal(check.laws[0]?.violations, 5);
  await check.close();
});

test("a law without attributes has one violation, without values", async () => {
  const judged = program({
    base: { q: "n", flag: "" },
    derived: { r: "" },
    laws: ["r"],
    rules: [rule("r", [], atom("q", null), not("flag"))],
  });
  assert.deepEqual(await violationsOf(session, judged, { q: [[1n], [2n]] }), { r: [[]] });
  assert.deepEqual(await violationsOf(session, judged, { q: [[1n]], flag: [[]] }), { r: [] });
});

test("two checks can be open at once, and closing one leaves the other", async () => {
  const judged = program({ base: { q: "n" }, derived: { r: "n" }, laws: ["r"], rules: [rule("r", [n("x")], atom("q", n("x")))] });
  const input = await inputOver(session, judged, { q: [[1n]] });
  const [first, second] = [await checkLaws(input), await checkLaws(input)];
  await first.close();
  assert.deepEqual(await second.witnesses("t.r", 0, 9), [[1n]]);
  await second.close();
});

test("names and symbols that look like SQL stay names and symbols", async () => {
  const nasty = 'a"b; drop table x; --';
  const text = 'it\'s "quoted" \\ \n; drop table x';
  const relations = new Map(
    (["base", "derived"] as const).map((role) => {
      const attribute = { name: `${nasty} c`, type: "symbol", declared: "symbol", fallback: null } as const;
      const name = role === "base" ? nasty : `${nasty} law`;
      return [name, { name, role, attributes: [attribute], key: null, doc: "", span: SPAN }];
    }),
  );
  const head = rule(`${nasty} law`, [s("x")], atom(nasty, s("x")), compare(s("x"), "=", sym(text)));
  const judged: IrProgram = {
    ...program({ derived: {}, rules: [] }),
    relations,
    rules: [{ ...head, id: "law#1" }],
    strata: [{ relations: [`${nasty} law`], recursive: false }],
    laws: [{ id: "law", severity: "error", message: "", relation: `${nasty} law`, theory: "t", doc: "", span: SPAN }],
  };
  const input = await inputOver(session, judged, { [nasty]: [[text], ["other"]] });
  const check = await checkLaws(input);
  assert.deepEqual(await check.witnesses("law", 0, 9), [[text]]);
  await check.close();
  assert.deepEqual(await session.rows(viewSql(judged, `${nasty} law`, quoteName) ?? ""), [[text]]);
});

const reach = program({
  base: { e: "nn", q: "n", flag: "" },
  derived: { p: "nn", far: "nn", some: "", alone: "n", counted: "nn", mutualA: "n", mutualB: "n", up: "n" },
  rules: [
    rule("p", [n("x"), n("y")], atom("e", n("x"), n("y"))),
    rule("p", [n("x"), n("z")], atom("p", n("x"), n("y")), atom("e", n("y"), n("z"))),
    rule("far", [n("x"), n("y")], atom("p", n("x"), n("y")), not("e", n("x"), n("y"))),
    rule("some", [], atom("far", null, null), atom("flag")),
    rule("alone", [n("x")], atom("some"), atom("q", n("x"))),
    rule(
      "counted",
      [n("x"), n("c")],
      atom("q", n("x")),
      aggregate(n("c"), "count", ["x"], { keys: [n("y")], body: [atom("p", n("x"), n("y"))] }),
    ),
    rule("mutualA", [n("x")], atom("q", n("x"))),
    rule("mutualA", [n("x")], atom("mutualB", n("x"))),
    rule("mutualB", [n("x")], atom("mutualA", n("x"))),
    rule("up", [n("x")], atom("q", n("y")), range(n("x"), num(0), n("y"))),
    rule("up", [op("+", "number", n("x"), num(1))], atom("up", n("x")), compare(n("x"), "<", num(5))),
  ],
});
const reachFacts = {
  e: [
    [1n, 2n],
    [2n, 3n],
    [3n, 4n],
  ] as [bigint, bigint][],
  q: [[1n], [2n]] as [bigint][],
  flag: [[]] as [][],
};
const reached: Readonly<Record<string, unknown>> = {
  p: [
    [1n, 2n],
    [1n, 3n],
    [1n, 4n],
    [2n, 3n],
    [2n, 4n],
    [3n, 4n],
  ],
  far: [
    [1n, 3n],
    [1n, 4n],
    [2n, 4n],
  ],
  some: [[true]],
  alone: [[1n], [2n]],
  counted: [
    [1n, 3n],
    [2n, 2n],
  ],
};

test("materialised relations read under their attributes' names", async () => {
  const names = [...Object.keys(reached), "mutualB", "e"];
  const made = await materialise(await inputOver(session, reach, reachFacts), names);
  assert.equal(made.undecided, null);
  for (const [name, rows] of Object.entries(reached))
    assert.deepEqual(await session.rows(`SELECT * FROM ${made.table(name)} AS t ORDER BY ALL`), rows, name);
  assert.deepEqual(await session.rows(`SELECT a FROM ${made.table("mutualB")} AS t ORDER BY a`), [[1n], [2n]]);
  assert.deepEqual(await session.rows(`SELECT b FROM ${made.table("e")} AS t ORDER BY b`), [[2n], [3n], [4n]]);
  await made.close();
});

test("views read like tables and follow the facts; what SQL cannot state has none", async () => {
  await inputOver(session, reach, reachFacts);
  for (const name of Object.keys(reached)) await session.run(`CREATE VIEW ${quoteName(name)} AS ${viewSql(reach, name, quoteName)}`);
  for (const [name, rows] of Object.entries(reached))
    assert.deepEqual(await session.rows(`SELECT * FROM ${quoteName(name)} ORDER BY ALL`), rows, name);
  await session.run("DELETE FROM e WHERE a = 2");
  assert.deepEqual(await session.rows("SELECT a, b FROM p ORDER BY ALL"), [
    [1n, 2n],
    [3n, 4n],
  ]);
  assert.equal(viewSql(reach, "mutualA", quoteName), null);
  assert.equal(viewSql(reach, "up", quoteName), null);
  for (const name of Object.keys(reached).reverse()) await session.run(`DROP VIEW ${quoteName(name)}`);
});

test("base relations may be any table expression, read once even where a recursion uses them", async () => {
  const closure = program({
    base: { e: "nn" },
    derived: { p: "nn" },
    laws: ["p"],
    rules: [
      rule("p", [n("x"), n("y")], atom("e", n("x"), n("y"))),
      rule("p", [n("x"), n("z")], atom("p", n("x"), n("y")), atom("e", n("y"), n("z"))),
    ],
  });
  const input = await inputOver(session, closure, {});
  const table = () => "(SELECT range + 1 AS b, range AS a, 'extra' AS z FROM range(3))";
  const check = await checkLaws({ ...input, table });
  assert.deepEqual(await check.witnesses("t.p", 0, 99), [
    [0n, 1n],
    [0n, 2n],
    [0n, 3n],
    [1n, 2n],
    [1n, 3n],
    [2n, 3n],
  ]);
  await check.close();
});
