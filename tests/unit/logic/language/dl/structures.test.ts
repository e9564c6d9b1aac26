import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { souffleReading } from "../../../../../logic/language/compatibility.ts";
import { type DuckDbSession, openMemory } from "../../../../../verify/store/duckdb_session.ts";
import { deriveDl } from "../../../../support/derive_dl.ts";

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

const derive = (text: string, relation: string) => deriveDl(session, text, relation);

const LIST = `.type List = [head:number, tail:List]
.decl list(l:List)
list([1, [2, [3, nil]]]).
`;

test("records are taken apart and put together, and nil is no record", async () => {
  const text = `${LIST}.decl part(l:List)
part(l) :- list(l).
part(t) :- part([_, t]).
.decl head(x:number)
head(x) :- part([x, _]).
.decl sums(n:number, l:List)
sums(0, nil).
sums(n + h, [h, t]) :- part([h, t]), sums(n, t).
.decl total(n:number)
total(n) :- sums(n, l), list(l).`;
  assert.deepEqual(await derive(text, "head"), ["1", "2", "3"]);
  assert.deepEqual(await derive(text, "total"), ["6"]);
  assert.deepEqual(await derive(text, "part"), ["[1,[2,[3,null]]]", "[2,[3,null]]", "[3,null]", "null"]);
});

test("an equation binds the whole from the parts, or the parts from the whole", async () => {
  const text = `${LIST}.decl out(a:number, b:number)
out(a, b) :- list(l), l = [a, [b, _]].
out(x, y) :- x = 8, y = 9, r = [x, y], r = [v, w], v = x, w != 0.
out(a, b) :- [a, [b, 5]] = [6, [7, 5]].`;
  assert.deepEqual(await derive(text, "out"), ["1 2", "6 7", "8 9"]);
});

test("branches of an algebraic data type are told apart, whatever their fields hold", async () => {
  const text = `.type Tree = Leaf {} | Node {left:Tree, value:number, right:Tree} | Name {text:symbol}
.decl tree(t:Tree)
tree($Node($Leaf, 4, $Node($Name("x,[]\\""), 5, $Leaf()))).
.decl part(t:Tree)
part(t) :- tree(t).
part(l) :- part($Node(l, _, _)).
part(r) :- part($Node(_, _, r)).
.decl value(n:number)
value(n) :- part($Node(_, n, _)).
.decl name(t:symbol)
name(t) :- part($Name(t)).
.decl leaf()
leaf() :- part($Leaf).
.decl high(n:number)
high(n) :- part($Node(_, n, _)), n > 4.`;
  assert.deepEqual(await derive(text, "value"), ["4", "5"]);
  assert.deepEqual(await derive(text, "name"), ['x,[]"']);
  assert.deepEqual(await derive(text, "leaf"), ["true"]);
  assert.deepEqual(await derive(text, "high"), ["5"]);
});

test("values of every type come back whole from a structure", async () => {
  const text = `.type R = [a:symbol, b:number, c:unsigned, d:float]
.decl r(r:R)
r(["tab\\t\\"quote\\" é😀\\\\", -9223372036854775807, 18446744073709551615, 0.1]).
r(["", 0, 0, 1e300]).
.decl out(a:symbol, b:number, c:unsigned, d:float)
out(a, b, c, d) :- r([a, b, c, d]).`;
  assert.deepEqual(await derive(text, "out"), [" 0 0 1e+300", 'tab\t"quote" é😀\\ -9223372036854775807 18446744073709551615 0.1']);
});

test("a cast keeps the value and changes the named type", async () => {
  const text = '.type A <: symbol\n.type B <: symbol\n.decl a(x:A)\na("v").\n.decl b(x:B)\n';
  assert.deepEqual(await derive(`${text}b(as(x, B)) :- a(x).`, "b"), ["v"]);
  assert.deepEqual(await derive(`${text}b(x) :- a(x).`, "b"), ["check.subtype x"]);
  assert.deepEqual(await derive(`${text}b(as(1, B)).`, "b"), ["check.type_conflict 1"]);
});

test("structures that do not fit are refused", async () => {
  for (const [rule, code] of [
    ['list(["x", nil]).', "check.type_conflict"],
    ["list([1]).", "check.arity"],
    ["list(1).", "check.type_conflict"],
    ["list($Nope(1)).", "check.unknown_branch"],
    ["list(x) :- list(x), x < nil.", "check.type_conflict"],
    ["list([x, nil]) :- list(_).", "check.ungrounded"],
    ["list(x) :- list(x), !list([_, x]).", "check.wildcard"],
  ] as const) {
    assert.ok(
      (await derive(`${LIST}${rule}`, "list")).some((found) => found.startsWith(code)),
      `${rule} ${await derive(`${LIST}${rule}`, "list")}`,
    );
  }
  for (const [type, code] of [
    [".type T = List | number", "check.type_definition"],
    [".type T <: List", "check.type_definition"],
    [".type T = [a:number, a:symbol]", "check.duplicate"],
    [".type T = A {} | A {}", "check.duplicate"],
    [".type T = [a:Nope]", "check.unknown_type"],
    [".type list = [a:number]", "check.duplicate"],
  ] as const) {
    assert.ok(
      (await derive(`${LIST}${type}`, "list")).some((found) => found.startsWith(code)),
      type,
    );
  }
});

test("a base relation holds no structure, but for a conformance run", async () => {
  const text = `${LIST}.decl given(l:List)\n.input given\nlist(l) :- given(l).`;
  assert.deepEqual(await derive(text, "list"), ["check.base_structure l"]);
  const facts = { given: [["[7,null]"]] };
  assert.deepEqual(await deriveDl(session, text, "list", facts, souffleReading(64)), ["[1,[2,[3,null]]]", "[7,null]"]);
});

test("a structure past the bound on symbols is undecided", async () => {
  const text = ".type L = [a:L, b:L]\n.decl l(l:L, n:number)\nl(nil, 0).\nl([x, x], n + 1) :- l(x, n), n < 40.";
  assert.deepEqual(await derive(text, "l"), ["undecided limit.symbol_bytes"]);
});
