import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limitsWith } from "../../../../../schema/limits.ts";
import { compileFiles, faults, programOf, rulesText } from "../../../../support/compile_dl.ts";

const BASE = ".decl e(x:number, y:number)\n.input e\n.decl s(a:symbol)\n.input s\n.decl p(x:number)\n.decl q(x:number)\n";

/** The rules of a body of text over the base relations e and s and the derived p and q. */
function rules(text: string): string[] {
  return rulesText(programOf(BASE + text));
}

describe("lowering .dl", () => {
  it("splits several heads and writes disjunctions out, heads first", () => {
    assert.deepEqual(rules("p(x), q(x) :- e(x, _), (x < 1 ; e(_, x), x > 2)."), [
      "p(x:n) :- e(x:n, _), x:n < 1n.",
      "p(x:n) :- e(x:n, _), e(_, x:n), x:n > 2n.",
      "q(x:n) :- e(x:n, _), x:n < 1n.",
      "q(x:n) :- e(x:n, _), e(_, x:n), x:n > 2n.",
    ]);
  });

  it("moves negation inwards over conjunctions, disjunctions, comparisons and tests", () => {
    assert.deepEqual(rules('p(x) :- e(x, y), !(e(y, _), (x < y ; x = 3)).\nq(1) :- s(a), !contains("b", a), !match("c", a).'), [
      "p(x:n) :- e(x:n, y:n), !e(y:n, _).",
      "p(x:n) :- e(x:n, y:n), x:n >= y:n, x:n != 3n.",
      'q(1n) :- s(a:s), !contains("b", a:s), !match("c", a:s).',
    ]);
  });

  it("drops `true` and keeps a rule with `false` that cannot hold", () => {
    assert.deepEqual(rules("p(x) :- e(x, _), true.\nq(x) :- e(x, _), (false ; !true)."), [
      "p(x:n) :- e(x:n, _).",
      "q(x:n) :- e(x:n, _), 0n = 1n.",
      "q(x:n) :- e(x:n, _), 0n = 1n.",
    ]);
  });

  it("gives ids by relation, counting from 1", () => {
    const program = programOf(`${BASE}p(1).\nq(1).\np(x) :- e(x, _) ; e(_, x).`);
    assert.deepEqual(
      program.rules.map((rule) => rule.id),
      ["p#1", "q#1", "p#2", "p#3"],
    );
  });

  it("hoists aggregates and ranges out of terms", () => {
    assert.deepEqual(
      rules("p(1 + count : { e(_, _) }).\nq(x) :- x = range(1, 5).\nq(x + range(1, 9, 2)) :- e(x, _), !p(count : { s(_) })."),
      [
        "p(+(1n, ~1:n):n) :- ~1:n = count[] { ~2:n, ~3:n : e(~2:n, ~3:n) }.",
        "q(x:n) :- x:n in 1n..5n.",
        "q(+(x:n, ~3:n):n) :- e(x:n, _), ~1:n = count[] { ~2:s : s(~2:s) }, !p(~1:n), ~3:n in 1n..9n, 2n.",
      ],
    );
  });

  it("binds the variable of an equation with an aggregate directly", () => {
    assert.deepEqual(rules("p(n) :- n = sum y : { e(_, y) }.\nq(n) :- max y * 2 : { e(y, _) } = n."), [
      "p(n:n) :- n:n = sum[] { y:n, ~1:n : e(~1:n, y:n) }.",
      "q(n:n) :- n:n = max[] { *(y:n, 2n):n, y:n, ~1:n : e(y:n, ~1:n) }.",
    ]);
  });

  it("reads operators and functors of every arity", () => {
    assert.deepEqual(rules('p(-x) :- e(x, y), x = min(x, y, 3), y = strlen(cat("a", to_string(x), "c")), x = y bshl 2.'), [
      'p(neg(x:n):n) :- e(x:n, y:n), x:n = min(x:n, y:n, 3n):n, y:n = strlen(cat("a", to_string(x:n):s, "c"):s):n, x:n = bshl(y:n, 2n):n.',
    ]);
  });

  it("puts constants in, each file's own before those of others", () => {
    const files = { "a.dl": `${BASE}#define K 3\np(K).\n`, "b.dl": "#define K 4\n#define L (K + 1)\nq(K).\nq(L).\n" };
    const { program, diagnostics } = compileFiles(files);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(program === null ? [] : rulesText(program), ["p(3n).", "q(4n).", "q(+(4n, 1n):n)."]);
  });

  it("makes a relation base by .input and derived by anything else", () => {
    const program = programOf(`${BASE}.output p\n.output e\n.printsize q\np(1).\nq(1).`);
    assert.deepEqual(
      [...program.relations.values()].map((one) => `${one.name} ${one.role}`),
      ["e base", "s base", "p derived", "q derived"],
    );
    assert.deepEqual(program.outputs, ["p"]);
  });

  it("bounds the rules that disjunctions write out to, without writing them", () => {
    const wide = Array.from({ length: 60 }, () => "(e(x, 1) ; e(x, 2))").join(", ");
    assert.deepEqual(faults(`${BASE}q(1).\np(x) :- ${wide}.`), ["limit.rules_expanded p"]);
    assert.deepEqual(faults(`${BASE}q(1).\np(x) :- e(x, 1) ; e(x, 2).`, limitsWith({ rules_expanded: 2 })), []);
    assert.deepEqual(faults(`${BASE}q(1).\np(x) :- e(x, 1) ; e(x, 2) ; e(x, 3).`, limitsWith({ rules_expanded: 2 })), [
      "limit.rules_expanded p",
    ]);
  });

  it("does not count rules written out as one, however many there are", () => {
    const many = Array.from({ length: 20 }, (_, index) => `p(x) :- e(x, ${index}).`).join("\n");
    assert.deepEqual(faults(`${BASE}q(1).\n${many}`, limitsWith({ rules_expanded: 5 })), []);
  });

  it("bounds the text that a rule is written out to, and accepts a wide disjunction of short alternatives", () => {
    const wide = Array.from({ length: 500 }, (_, index) => `x = ${index}`).join(" ; ");
    const bounds = limitsWith({ program_bytes: 5_000 });
    assert.deepEqual(faults(`${BASE}q(1).\np(x) :- ${wide}.`, bounds), []);
    assert.deepEqual(faults(`${BASE}q(1).\np(x) :- (${wide}), 0 < count : { e(_, _), e(_, x), e(x, _), e(_, x), e(_, _) }.`, bounds), [
      "limit.rules_expanded p",
    ]);
  });

  it("bounds the literals of a rule and the attributes of a relation", () => {
    const long = Array.from({ length: 5 }, () => "e(x, _)").join(", ");
    assert.deepEqual(faults(`${BASE}q(1).\np(x) :- ${long}.`, limitsWith({ rule_literals: 4 })), ["limit.rule_literals p"]);
    assert.deepEqual(faults(".decl wide(a:number, b:number)\n.input wide", limitsWith({ attributes: 1 })), ["limit.attributes wide"]);
  });

  it("refuses what it has no meaning for", () => {
    assert.deepEqual(faults(`${BASE}q(1).\np(n) :- n = count : { e(x, 1) ; e(x, 2) }.`), ["check.unsupported count"]);
    assert.deepEqual(faults(`${BASE}q(1).\np(_).`), ["check.wildcard _"]);
    assert.deepEqual(faults(`${BASE}q(1).\np(x) :- e(x, _), x < _ + 1.`), ["check.wildcard _"]);
  });
});
