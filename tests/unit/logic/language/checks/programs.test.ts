import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileDl, compileFiles, faults, outline } from "../../../../support/compile_dl.ts";

const BASE = ".decl b(x:number)\n.input b\n.decl p(x:number)\n.decl q(x:number)\n.decl r(x:number)\nr(0).\n";

describe("stratification", () => {
  it("names the cycle through a negation edge by edge with places", () => {
    const { program, diagnostics } = compileDl(`${BASE}p(x) :- b(x), !q(x).\nq(x) :- r(x), b(x).\nr(x) :- p(x).`);
    assert.equal(program, null);
    assert.deepEqual(outline(diagnostics), ["error check.unstratified 7:16 q"]);
    for (const place of ["test.dl:7:16", "test.dl:8:9", "test.dl:9:9"]) assert.ok(diagnostics[0]?.message.includes(place), place);
  });

  it("refuses aggregation over a relation that needs the result", () => {
    assert.deepEqual(faults(`${BASE}q(1).\np(n) :- n = count : { p(_) }.`), ["check.unstratified p"]);
    assert.deepEqual(faults(`${BASE}p(1).\nq(x) :- b(x), p(sum y : { r(y), !q(y) }).`), ["check.unstratified q"]);
  });

  it("accepts negation and aggregation of lower strata, and positive recursion", () => {
    assert.deepEqual(faults(`${BASE}p(x) :- b(x) ; p(x), b(x).\nq(n) :- n = count : { p(_) }, !p(n).`), []);
  });

  it("spells out the first steps of a long cycle and counts the rest", () => {
    const ring = Array.from(
      { length: 200 },
      (_, index) => `.decl c${index}(x:number)\nc${index}(x) :- b(x), ${index === 0 ? "!" : ""}c${(index + 1) % 200}(x).`,
    );
    const { diagnostics } = compileDl(`${BASE}p(1).\nq(1).\n${ring.join("\n")}`);
    assert.deepEqual(
      outline(diagnostics).map((line) => line.split(" ")[1]),
      ["check.unstratified"],
    );
    assert.match(diagnostics[0]?.message ?? "", /180 more/);
  });

  it("reports each pair of relations once", () => {
    assert.deepEqual(faults(`${BASE}q(1).\np(x) :- b(x), !p(x).\np(x) :- b(x), !p(x), x > 1.`), ["check.unstratified p"]);
  });
});

describe("roles", () => {
  it("refuses rules and facts for a relation that is fed, once", () => {
    assert.deepEqual(faults(`${BASE}p(1).\nq(1).\nb(1).\nb(2).\nb(x) :- p(x).`), ["check.base_derived b"]);
  });

  it("takes the facts of a program text as rules of a derived relation", () => {
    const { program } = compileDl(".decl f(x:number)\nf(1).\nf(2).");
    assert.equal(program?.relations.get("f")?.role, "derived");
    assert.equal(program?.rules.length, 2);
  });
});

describe("relations never fed", () => {
  it("warns of a relation with neither .input nor rules", () => {
    const { program, diagnostics } = compileDl(".decl a(x:number)\n.decl f(x:number)\nf(x) :- a(x).");
    assert.deepEqual(outline(diagnostics), ["warning check.never_fed 1:7 a"]);
    assert.ok(program !== null);
  });

  it("does not blame a relation whose only rule had an error", () => {
    assert.deepEqual(faults(".decl a(x:number)\na(y)."), ["check.ungrounded y"]);
  });
});

describe("laws that never fire", () => {
  const law = (rules: string): string[] =>
    faults(`.decl b(x:number)\n.input b\n.decl e(x:number)\n/// @law l error "m"\n.decl v(x:number)\n${rules}`).filter(
      (one) => !one.startsWith("check.never_fed"),
    );

  for (const rules of [
    "",
    "v(x) :- e(x).",
    "v(x) :- v(x).",
    "v(x) :- b(x), false.",
    "v(x) :- b(x), x != x.",
    "v(x) :- b(x), x < x.",
    "v(x) :- b(x), 1 > 2.",
    'v(x) :- b(x), "b" < "a".',
    "v(x) :- b(x), x = 1, x = 2.",
    "v(x) :- b(x), x = 1, x > 2.",
    "v(x) :- b(x), !b(x).",
    "v(x) :- b(x), e(x).\nv(x) :- b(x), 1 = 2.",
    "e(x) :- v(x).\nv(x) :- e(x).",
  ]) {
    it(`refuses \`${rules.replaceAll("\n", " ")}\``, () => {
      assert.deepEqual(law(rules), ["check.law_never_fires l"]);
    });
  }

  for (const rules of [
    "v(x) :- b(x).",
    "v(x) :- b(x), x = 1, x >= 1.",
    "v(x) :- b(x), !e(x).",
    "v(x) :- e(x).\ne(x) :- b(x).",
    "v(1).",
    "v(x) :- b(x), x != x.\nv(x) :- b(x), x > 3.",
    "v(x) :- x = count : { e(_) }.",
  ]) {
    it(`accepts \`${rules.replaceAll("\n", " ")}\``, () => {
      assert.deepEqual(law(rules), []);
    });
  }

  it("passes over laws whose rules had errors", () => {
    assert.deepEqual(law('v(x) :- b(x), x < "a".'), ['check.type_conflict "a"']);
  });
});

describe("duplicates over files", () => {
  it("names both files", () => {
    const { diagnostics } = compileFiles({ "a.dl": ".decl r(x:number)\n.input r", "b.dl": ".decl r(x:symbol)\n.input r" });
    assert.deepEqual(
      diagnostics.map((one) => [one.code, one.span.file, one.text]),
      [["check.duplicate", "b.dl", "r"]],
    );
    assert.ok(diagnostics[0]?.message.includes("a.dl:1:7"));
  });

  it("refuses two laws of one id", () => {
    const text =
      '.decl b(x:number)\n.input b\n/// @law l error "m"\n.decl p(x:number)\np(x) :- b(x).\n/// @law l warn "m"\n.decl q(x:number)\nq(x) :- b(x).';
    assert.deepEqual(faults(text), ["check.duplicate l"]);
  });
});
