import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileDl, faults, programOf, rulesText } from "../../../../support/compile_dl.ts";

describe("relations and their marks", () => {
  it("keeps the prose of a doc comment, the key and the defaults", () => {
    const text =
      '/// Packages in the lockfile.\n/// @key(path)\n/// @default(n, 7)\n/// @default(v, "x")\n.decl r(path:symbol, n:number, v:symbol)\n.input r';
    const relation = programOf(text).relations.get("r");
    assert.equal(relation?.doc, "Packages in the lockfile.");
    assert.deepEqual(relation?.key, ["path"]);
    assert.deepEqual(
      relation?.attributes.map((one) => one.fallback),
      [null, 7n, "x"],
    );
  });

  it("makes a law of a key, with the key as its witness", () => {
    const program = programOf("/// @key(b, a)\n.decl r(a:symbol, b:number, c:number, d:number)\n.input r");
    assert.deepEqual(rulesText(program), [
      "key.r(a:s, b:n) :- r(a:s, b:n, _, _), ~count:n = count[a b] { c:n, d:n : r(a:s, b:n, c:n, d:n) }, 1n < ~count:n.",
    ]);
    const [law] = program.laws;
    assert.deepEqual([law?.id, law?.relation, law?.severity, law?.theory], ["key.r", "key.r", "error", "t"]);
    assert.deepEqual(
      program.relations.get("key.r")?.attributes.map((one) => one.name),
      ["a", "b"],
    );
    assert.match(law?.message ?? "", /\{a\}.*\{b\}/);
  });

  it("reads laws above declarations and above rules, with the place of the first rule", () => {
    const program = programOf(
      '.decl b(x:number)\n.input b\n/// Prose.\n/// @law t.one error "{x}"\n.decl p(x:number)\n.decl q(x:number)\np(x) :- b(x).\n/// @law t.two warn "{x}"\nq(x) :- b(x), x > 1.',
    );
    assert.deepEqual(
      program.laws.map((law) => [law.id, law.relation, law.severity, law.doc, law.span.line]),
      [
        ["t.one", "p", "error", "Prose.", 7],
        ["t.two", "q", "warn", "", 9],
      ],
    );
  });

  for (const [text, expected] of [
    ["/// @key(z)\n.decl r(a:number, b:number)\n.input r", "check.unknown_attribute z"],
    ["/// @key(a, b)\n.decl r(a:number, b:number)\n.input r", "check.mark_malformed @key"],
    ["/// @key(a)\n/// @key(b)\n.decl r(a:number, b:number)\n.input r", "check.mark_malformed @key"],
    ["/// @key(a)\n.decl r(a:number, b:number)\nr(1, 2).", "check.mark_malformed @key"],
    ["/// @default(a, 1)\n.decl r(a:number)\nr(1).", "check.mark_malformed @default"],
    ["/// @default(z, 1)\n.decl r(a:number)\n.input r", "check.unknown_attribute z"],
    ['/// @default(a, "1")\n.decl r(a:number)\n.input r', "check.mark_malformed 1"],
    ["/// @default(a, -1)\n.decl r(a:unsigned)\n.input r", "check.mark_malformed -1"],
    ['/// @law l error "m"\n.decl r(a:number)\n.input r', "check.law_base l"],
    ['/// @law l error "m"\n.decl r, s(a:number)\nr(1).\ns(1).', "check.mark_malformed @law"],
    ['.decl r(a:number)\n.decl s(a:number)\n/// @law l error "m"\nr(x), s(x) :- r(x).', "check.mark_malformed l"],
    ["/// @key(a)\n.type T <: symbol", "check.mark_malformed @key"],
    [".decl r(a:number)\n/// @key(a)\nr(1).", "check.mark_malformed @key"],
    [".decl r(a:number, a:number)\n.input r", "check.duplicate a"],
    [".decl r(a:number)\n.input r\n.decl r(a:number)", "check.duplicate r"],
    [".decl r(a:numbr)\n.input r", "check.unknown_type numbr"],
    [".decl r(a:number)\n.input r\n.output rr", "check.unknown_relation rr"],
  ] as const) {
    it(`refuses \`${text.replaceAll("\n", " ")}\``, () => {
      assert.equal(faults(text)[0], expected);
    });
  }

  it("names both places of a duplicate", () => {
    const { diagnostics } = compileDl(".decl r(a:number)\n.input r\n.decl r(b:symbol)");
    assert.match(diagnostics[0]?.message ?? "", /test\.dl:1:7/);
    assert.deepEqual([diagnostics[0]?.span.line, diagnostics[0]?.span.column], [3, 7]);
  });
});
