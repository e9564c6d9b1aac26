import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { faults, programOf, rulesText } from "../../../../support/compile_dl.ts";

const BASE = [
  ".decl n(x:number)",
  ".input n",
  ".decl u(x:unsigned)",
  ".input u",
  ".decl f(x:float)",
  ".input f",
  ".decl s(x:symbol)",
  ".input s",
  ".decl on(x:number)",
  ".decl ou(x:unsigned)",
  ".decl of(x:float)",
  ".decl os(x:symbol)",
  "on(0).",
  "ou(0).",
  "of(0).",
  'os("").',
  "",
].join("\n");

function rule(text: string): string | undefined {
  return rulesText(programOf(BASE + text)).at(-1);
}

describe("primitive types", () => {
  it("fits integer literals to what the context asks", () => {
    assert.equal(rule("ou(18446744073709551615)."), "ou(18446744073709551615u).");
    assert.equal(rule("of(3)."), "of(3f).");
    assert.equal(rule("on(-9223372036854775808)."), "on(-9223372036854775808n).");
    assert.equal(rule("ou(x + 1) :- u(x), x > 2."), "ou(+(x:u, 1u):u) :- u(x:u), x:u > 2u.");
    assert.equal(rule("of(x * 2) :- f(x)."), "of(*(x:f, 2f):f) :- f(x:f).");
    assert.equal(rule("os(to_string(1 + 2)) :- 1 < 2."), "os(to_string(+(1n, 2n):n):s) :- 1n < 2n.");
  });

  it("carries a type through equations in any order", () => {
    assert.equal(rule("ou(z) :- z = y + 1, y = x, u(x)."), "ou(z:u) :- z:u = +(y:u, 1u):u, y:u = x:u, u(x:u).");
    assert.equal(rule("ou(x) :- x = range(1, 4)."), "ou(x:u) :- x:u in 1u..4u.");
  });

  it("types functors and aggregates by their signatures", () => {
    assert.equal(rule('on(ord(x)) :- s(x), substr(x, 0, 1) = "a".'), 'on(ord(x:s):n) :- s(x:s), substr(x:s, 0n, 1n):s = "a".');
    assert.equal(rule("of(m) :- m = mean x : { n(x) }."), "of(m:f) :- m:f = mean[] { x:n : n(x:n) }.");
    assert.equal(rule("ou(m) :- m = sum x : { u(x) }."), "ou(m:u) :- m:u = sum[] { x:u : u(x:u) }.");
    assert.equal(rule("os(max(x, y)) :- s(x), s(y)."), "os(max(x:s, y:s):s) :- s(x:s), s(y:s).");
    assert.equal(
      rule("on(to_number(x)) :- f(x), to_unsigned(x) = 1, to_float(x) < x."),
      "on(to_number(x:f):n) :- f(x:f), to_unsigned(x:f):u = 1u, to_float(x:f):f < x:f.",
    );
  });

  it("joins symbols by `+`", () => {
    assert.equal(rule('os(x + "-" + x) :- s(x).'), 'os(cat(cat(x:s, "-"):s, x:s):s) :- s(x:s).');
  });

  for (const [text, expected] of [
    ["on(x) :- s(x).", "check.type_conflict x"],
    ["on(x) :- n(x), u(x).", "check.type_conflict x"],
    ["on(x) :- n(x), s(y), x = y.", "check.type_conflict y"],
    ['on(x) :- n(x), x < "a".', 'check.type_conflict "a"'],
    ["on(x + 1.5) :- n(x).", "check.type_conflict 1.5"],
    ["on(2u).", "check.type_conflict 2u"],
    ['on(x) :- n(x), contains("a", x).', "check.type_conflict x"],
    ["on(strlen(x)) :- n(x).", "check.type_conflict x"],
    ["of(x % 2) :- f(x).", "check.type_conflict x"],
    ["os(m) :- m = max x : { s(x) }.", "check.type_conflict x"],
    ["ou(m) :- m = count : { n(_) }.", "check.type_conflict m"],
    ["ou(-x) :- u(x).", "check.type_conflict x"],
  ] as const) {
    it(`refuses \`${text}\``, () => {
      assert.equal(faults(BASE + text)[0], expected);
    });
  }

  for (const [text, expected] of [
    ["on(9223372036854775808).", "check.number_range 9223372036854775808"],
    ["on(-9223372036854775809).", "check.number_range -9223372036854775809"],
    ["on(0xffffffffffffffff).", "check.number_range 0xffffffffffffffff"],
    ["ou(-1).", "check.number_range -1"],
    ["ou(18446744073709551616).", "check.number_range 18446744073709551616"],
  ] as const) {
    it(`refuses the literal in \`${text}\``, () => {
      assert.deepEqual(faults(BASE + text), [expected]);
    });
  }

  it("reports one conflict a variable, not one a use", () => {
    assert.deepEqual(faults(`${BASE}on(x) :- n(x), s(x), s(x), u(x).`), ["check.type_conflict x"]);
  });
});
