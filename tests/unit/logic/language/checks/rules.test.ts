import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileDl, faults, outline } from "../../../../support/compile_dl.ts";

const BASE = [
  ".type Path <: symbol",
  ".type Name <: symbol",
  ".type Either = Path | Name",
  ".decl path(x:Path)",
  ".input path",
  ".decl name(x:Name)",
  ".input name",
  ".decl any(x:symbol)",
  ".input any",
  ".decl n(x:number)",
  ".input n",
  ".decl op(x:Path)",
  ".decl on(x:Name)",
  ".decl oe(x:Either)",
  ".decl os(x:symbol)",
  ".decl oi(x:number)",
  'op("a").',
  'on("a").',
  'oe("a").',
  'os("a").',
  "oi(1).",
  "",
].join("\n");

function faultsOf(text: string): string[] {
  return faults(BASE + text);
}

describe("grounding", () => {
  for (const [text, expected] of [
    ["oi(x).", ["check.ungrounded x"]],
    ["oi(x) :- n(y), y > 1.", ["check.ungrounded x"]],
    ["oi(x) :- n(y), x > y.", ["check.ungrounded x"]],
    ["oi(x) :- n(y), x != y.", ["check.ungrounded x"]],
    ["oi(x) :- n(x + 0).", ["check.ungrounded x"]],
    ["oi(1) :- !n(x).", ["check.ungrounded x"]],
    ["oi(x) :- x = y, y = x.", ["check.ungrounded x", "check.ungrounded y"]],
    ["oi(x) :- x = range(1, y).", ["check.ungrounded x", "check.ungrounded y"]],
    ["oi(c) :- c = count : { n(x), x < y }.", ["check.ungrounded y"]],
    ["oi(x) :- n(x) ; n(y), y > 1.", ["check.ungrounded x"]],
    ["oi(1) :- !(n(x), n(x)).", ["check.ungrounded x", "check.ungrounded x"]],
    ["oi(1) :- any(x), match(y, x).", ["check.ungrounded y"]],
  ] as const) {
    it(`refuses \`${text}\``, () => {
      assert.deepEqual(
        faultsOf(text).filter((one) => !one.startsWith("check.singleton")),
        expected,
      );
    });
  }

  for (const text of [
    "oi(x) :- x = y + 1, y = z, n(z).",
    "oi(x) :- 3 = x.",
    "oi(x) :- n(y), x = range(y, y + 3).",
    "oi(x) :- n(x), !n(x + 1).",
    "oi(m) :- m = k + 1, k = count : { n(_) }.",
  ]) {
    it(`accepts \`${text}\``, () => {
      assert.deepEqual(faultsOf(text), []);
    });
  }

  it("says what looks like a binding and is none", () => {
    const helpOf = (text: string): string => compileDl(BASE + text).diagnostics.find((one) => one.code === "check.ungrounded")?.help ?? "";
    assert.match(helpOf("oi(x) :- n(1), !n(x)."), /`!n\(…\)`/);
    assert.match(helpOf("oi(x) :- n(y), y = count : { n(x) }."), /aggregate/);
    assert.match(helpOf("oi(x) :- n(x * 2)."), /inside `n/);
    assert.match(helpOf("oi(x) :- n(y), x < y."), /comparison/);
  });
});

describe("named types in rules", () => {
  for (const text of [
    "os(x) :- path(x).",
    "oe(x) :- path(x).",
    "op(x) :- any(x), path(x).",
    'op(cat(x, "a")) :- name(x).',
    'op("a") :- name("b").',
    "op(x) :- path(x), !name(x).",
    "op(x) :- x = y, path(y).",
    "oi(x + 1) :- n(x).",
  ]) {
    it(`accepts \`${text}\``, () => {
      assert.deepEqual(faultsOf(text), []);
    });
  }

  for (const [text, expected] of [
    ["op(x) :- any(x).", ["check.subtype x"]],
    ["op(x) :- name(x).", ["check.subtype x"]],
    ["os(x) :- path(x), name(x).", ["check.subtype x"]],
    ["os(x) :- path(x), name(y), x = y.", ["check.subtype y"]],
    ["os(x) :- path(x), name(y), x != y.", ["check.subtype y"]],
    ["op(x) :- x = y, name(y).", ["check.subtype x"]],
  ] as const) {
    it(`refuses \`${text}\``, () => {
      assert.deepEqual(faultsOf(text), expected);
    });
  }
});

describe("singleton variables", () => {
  it("warns of a variable that occurs once in every alternative, at its first place", () => {
    const { program, diagnostics } = compileDl(`${BASE}oi(1) :- n(x), any(y), y != "".`);
    assert.deepEqual(outline(diagnostics), ["warning check.singleton 22:12 x"]);
    assert.ok(program !== null);
  });

  it("exempts `_`, names that begin with it, heads and variables joined in some alternative", () => {
    assert.deepEqual(faultsOf("oi(1) :- n(_), n(_x)."), []);
    assert.deepEqual(faultsOf('oi(x), op("a") :- n(x).'), []);
    assert.deepEqual(faultsOf('oi(1) :- n(x), (n(x) ; any("a")).'), []);
  });

  it("counts inside aggregates", () => {
    assert.deepEqual(faultsOf("oi(c) :- c = count : { n(x) }."), ["check.singleton x"]);
    assert.deepEqual(faultsOf("oi(c) :- c = sum x : { n(x) }."), []);
  });
});

describe("names and arity", () => {
  it("suggests the relation that was meant and lists the attributes on a wrong arity", () => {
    const { diagnostics } = compileDl(`${BASE}oi(1) :- pth("a"), n(1, 2).`);
    assert.deepEqual(outline(diagnostics), ["error check.unknown_relation 22:10 pth", "error check.arity 22:20 n"]);
    assert.match(diagnostics[0]?.help ?? "", /`path`/);
    assert.match(diagnostics[1]?.help ?? "", /`x`/);
  });

  it("reports all faults of a program in one run", () => {
    assert.deepEqual(faultsOf("oi(y) :- nope(z).\nop(x) :- name(x).\noi(99999999999999999999)."), [
      "check.ungrounded y",
      "check.unknown_relation nope",
      "check.singleton z",
      "check.subtype x",
      "check.number_range 99999999999999999999",
    ]);
  });
});
