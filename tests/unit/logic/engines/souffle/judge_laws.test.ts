import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { checkLaws } from "../../../../../logic/engines/duckdb/check_laws.ts";
import { judgeLawsBySouffle } from "../../../../../logic/engines/souffle/judge_laws.ts";
import { isSameThere } from "../../../../../logic/engines/souffle/same_there.ts";
import type { Row } from "../../../../../schema/value.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { programOf } from "../../../../support/compile_dl.ts";
import { type Facts, inputOver } from "../../../../support/duckdb_facts.ts";
import { presentSouffle } from "../../../../support/souffles.ts";

const souffle = presentSouffle();
const skip = souffle === null ? "souffle is not on this machine" : souffle.word_bits === 64 ? false : "souffle has 32-bit numbers";

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

/** Laws that Soufflé takes, beside ones that it would answer otherwise: a sum, a quotient, a measured text, a selection, a match. */
const TEXT = `
.decl order(id:number, of:symbol, total:number)
.input order
.decl customer(name:symbol)
.input customer
/// @law shop.customer error "{id} is of nobody"
.decl lost(id:number)
lost(id) :- order(id, of, _), !customer(of).
.decl spent(name:symbol, total:number)
spent(c, t) :- customer(c), t = sum x : { order(_, c, x) }.
/// @law shop.spent error "{name} spent {total}"
.decl spends(name:symbol, total:number)
spends(c, t) :- spent(c, t), customer(c), t > 100.
.decl rich(name:symbol)
rich(c) :- spent(c, t), t > 10.
/// @law shop.poor error "{id} is of a poor one"
.decl poor(id:number)
poor(id) :- order(id, c, _), customer(c), !rich(c).
/// @law shop.long error "{name} is long"
.decl long(name:symbol)
long(c) :- customer(c), strlen(c) > 3.
/// @law shop.busy error "{name} has {n}"
.decl busy(name:symbol, n:number)
busy(c, n) :- customer(c), n = count : { order(_, c, _) }, n > 1.
`;

const FACTS: Facts = {
  order: [
    [3n, "x", 1n],
    [1n, "né", 200n],
    [2n, "ann", 5n],
    [4n, "ann", 4n],
  ],
  customer: [["ann"], ["né"], ["éééé"]],
};

test("which rules are the same there", () => {
  const program = programOf(TEXT);
  const same = new Set(program.rules.filter(isSameThere).map(({ head }) => head.relation));
  assert.deepEqual([...same].toSorted(), ["busy", "lost", "poor", "rich", "spends"]);
  const wrapping = programOf(`.decl n(x:number)\n.input n\n.decl f(y:float)\n.input f
.decl a(x:number)\na(x + 1) :- n(x).\n.decl b(x:number)\nb(x / 2) :- n(x).\n.decl c(x:number)\nc(-x) :- n(x).\n.decl d(x:number)\nd(x bshl 3) :- n(x).
.decl g(y:float)\ng(y * 2.0) :- f(y).\n.decl h(x:number)\nh(x) :- n(y), x = range(0, y).\n.decl k(x:number)\nk(to_number("1")) :- n(_).
.decl m(y:float)\nm(y) :- n(_), y = mean z : { f(z) }.\n.decl s(y:symbol)\ns(substr("abc", 1, x)) :- n(x).`);
  assert.deepEqual(
    wrapping.rules.filter(isSameThere).map(({ head }) => head.relation),
    [],
  );
});

test("laws are judged as by DuckDB, with their witnesses in order", { skip }, async () => {
  if (souffle === null) return;
  const input = await inputOver(session, programOf(TEXT), FACTS);
  const [ours, theirs] = [await checkLaws(input), await judgeLawsBySouffle(input, souffle)];
  try {
    const told = (laws: typeof ours.laws) => laws.map(({ law, violations }) => [law, violations]);
    assert.equal(theirs.undecided, null);
    assert.deepEqual(told(theirs.laws), told(ours.laws));
    assert.deepEqual(
      told(theirs.laws).map(([, violations]) => violations),
      [1, 1, 2, 1, 1],
    );
    for (const { law } of ours.laws) assert.deepEqual(await theirs.witnesses(law, 0, 10), await ours.witnesses(law, 0, 10), law);
    assert.deepEqual(await theirs.witnesses("shop.poor", 1, 10), [[4n]]);
  } finally {
    await ours.close();
    await theirs.close();
  }
});

test("a calculation that leaves the integers is undecided, not wrapped", { skip }, async () => {
  if (souffle === null) return;
  const program = programOf(`.decl n(x:number)\n.input n\n/// @law t.big error "{x}"\n.decl big(x:number)\nbig(x) :- n(x), x + 1 > 0.`);
  const rows: Row[] = [[2n ** 63n - 1n]];
  const check = await judgeLawsBySouffle(await inputOver(session, program, { n: rows }), souffle);
  await check.close();
  assert.notEqual(check.undecided, null);
});
