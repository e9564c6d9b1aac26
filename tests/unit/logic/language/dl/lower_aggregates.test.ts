import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { faults, programOf, ruleText } from "../../../../support/compile_dl.ts";

const BASE =
  ".decl a(x:number, y:number)\n.input a\n.decl b(x:number)\n.input b\n.decl s(t:symbol)\n.input s\n.decl p(x:number, y:number)\n";

function rule(text: string): string {
  const [first] = programOf(BASE + text).rules;
  return first === undefined ? "" : ruleText(first);
}

describe("scopes of aggregates", () => {
  it("gives a variable from outside where the rest of the rule binds it", () => {
    assert.equal(rule("p(x, n) :- b(x), n = count : { a(x, y) }."), "p(x:n, n:n) :- b(x:n), n:n = count[x] { y:n : a(x:n, y:n) }.");
  });

  it("keeps the target's variables inside even where the rule binds them", () => {
    assert.equal(rule("p(y, n) :- b(y), n = sum y : { a(_, y) }."), "p(y:n, n:n) :- b(y:n), n:n = sum[] { y~2:n, ~1:n : a(~1:n, y~2:n) }.");
    assert.equal(
      rule("p(y, n) :- b(y), b(x), n = sum x * y : { a(x, y) }."),
      "p(y:n, n:n) :- b(y:n), b(x:n), n:n = sum[] { *(x~2:n, y~2:n):n, x~2:n, y~2:n : a(x~2:n, y~2:n) }.",
    );
  });

  it("keeps the result's own name inside apart from the result", () => {
    assert.equal(rule("p(x, 1) :- x = count : { b(x) }."), "p(x:n, 1n) :- x:n = count[] { x~2:n : b(x~2:n) }.");
  });

  it("gives the result of one aggregate to another", () => {
    assert.equal(
      rule("p(m, n) :- m = max z : { b(z) }, n = count : { a(m, y) }."),
      "p(m:n, n:n) :- m:n = max[] { z:n : b(z:n) }, n:n = count[m] { y:n : a(m:n, y:n) }.",
    );
  });

  it("lets two aggregates use one name for variables of different types", () => {
    assert.equal(
      rule('p(m, n) :- m = count : { b(v), v > 1 }, n = count : { s(v), v != "" }.'),
      'p(m:n, n:n) :- m:n = count[] { v:n : b(v:n), v:n > 1n }, n:n = count[] { v~2:s : s(v~2:s), v~2:s != "" }.',
    );
  });

  it("nests: the inner one sees what the outer one and the rule bind", () => {
    assert.equal(
      rule("p(x, n) :- b(x), n = count : { a(x, y), y < max z : { a(y, z), z > x } }."),
      "p(x:n, n:n) :- b(x:n), n:n = count[x] { y:n, ~1:n : a(x:n, y:n), ~1:n = max[y x] { z:n : a(y:n, z:n), z:n > x:n }, y:n < ~1:n }.",
    );
  });

  it("names the wildcards of positive atoms and leaves those of negated ones", () => {
    assert.equal(
      rule("p(1, n) :- n = count : { a(_, y), !a(y, _) }."),
      "p(1n, n:n) :- n:n = count[] { ~1:n, y:n : a(~1:n, y:n), !a(y:n, _) }.",
    );
  });

  it("takes a variable that only a min or max binds for a witness, and grounds it beside the aggregate", () => {
    assert.equal(
      rule("p(x, m) :- m = max y : { a(x, y), y < 9 }."),
      "p(x:n, m:n) :- m:n = max[] { y:n, x~w1:n : a(x~w1:n, y:n), y:n < 9n }, a(x:n, y~w1:n), y~w1:n < 9n, m:n = y~w1:n.",
    );
    assert.equal(
      rule("p(x, m) :- m = min 2 * x : { a(x, _) }."),
      "p(x:n, m:n) :- m:n = min[] { *(2n, x~w1:n):n, x~w1:n, ~1:n : a(x~w1:n, ~1:n) }, a(x:n, ~1~w1:n), m:n = *(2n, x:n):n.",
    );
  });

  it("keeps what the rule binds given to the witnesses' copy", () => {
    assert.equal(
      rule("p(x, g) :- b(g), _ = max y : { a(x, y), y < g }."),
      "p(x:n, g:n) :- b(g:n), ~1:n = max[g] { y:n, x~w1:n : a(x~w1:n, y:n), y:n < g:n }, a(x:n, y~w1:n), y~w1:n < g:n, ~1:n = y~w1:n.",
    );
  });

  it("does not bind a variable of the rule from inside an aggregate", () => {
    assert.deepEqual(faults(`${BASE}p(y, n) :- n = count : { b(y) }.`), ["check.ungrounded y"]);
  });

  it("refuses aggregates that need each other's results", () => {
    assert.deepEqual(faults(`${BASE}p(m, n) :- m = count : { a(n, _) }, n = count : { a(m, _) }.`), [
      "check.ungrounded m",
      "check.ungrounded n",
    ]);
  });
});
