import assert from "node:assert/strict";
import { test } from "node:test";
import type { Item, RuleItem } from "../../../../../logic/language/ast.ts";
import { parseLp } from "../../../../../logic/language/lp/parse.ts";
import { printLp } from "../../../../../logic/language/lp/print.ts";
import { limits } from "../../../../../schema/limits.ts";

function codes(text: string): string[] {
  return parseLp("t.lp", text).diagnostics.map((one) => one.code);
}

function items(text: string): readonly Item[] {
  const { program, diagnostics } = parseLp("t.lp", text);
  assert.deepEqual(diagnostics, []);
  return program.items;
}

function rule(text: string): RuleItem {
  const [item] = items(text);
  assert.equal(item?.kind, "rule");
  return item as RuleItem;
}

/** A program's canonical print, which shows how terms and literals were grouped. */
function printed(text: string): string {
  const { program, diagnostics } = parseLp("t.lp", text);
  assert.deepEqual(diagnostics, []);
  return printLp(program).trim();
}

test("facts, rules and constraints", () => {
  assert.equal(rule("p(1).").form, "normal");
  assert.deepEqual(
    rule("p :- q, not r; not not s.").body.map((one) => one.kind),
    ["atom", "not", "not"],
  );
  assert.equal(rule(":- p(X), X < 0.").form, "constraint");
  assert.deepEqual(rule("p(). ").heads[0]?.args, []);
});

test("operators bind as gringo's do", () => {
  const grouped: [written: string, same: string][] = [
    ["-2**2", "(-2)**2"],
    ["2**3**2", "2**(3**2)"],
    ["1-2-3", "(1-2)-3"],
    ["1+2*3", "1+(2*3)"],
    ["1&2+3", "1&(2+3)"],
    ["1?2&3", "1?(2&3)"],
    ["1^2?3", "1^(2?3)"],
    ["1..2+3", "1..(2+3)"],
    ["7\\2*3", "(7\\2)*3"],
    ["~X+1", "(~X)+1"],
    ["|X|-|Y|", "(|X|)-(|Y|)"],
  ];
  for (const [written, same] of grouped) assert.equal(printed(`p(${written}).`), printed(`p(${same}).`), written);
  assert.notEqual(printed("p(2**(3**2))."), printed("p((2**3)**2)."));
});

test("integers in every base keep their spelling, and a minus before a literal is part of it", () => {
  const values = rule("p(31, 0x1f, 0o37, 0b11111, -7).").heads[0]?.args.map((arg) =>
    arg.kind === "integer" ? [arg.value, arg.text] : null,
  );
  assert.deepEqual(values, [
    [31n, "31"],
    [31n, "0x1f"],
    [31n, "0o37"],
    [31n, "0b11111"],
    [-7n, "-7"],
  ]);
});

test("pools: alternatives of one argument, of several, and of tuples", () => {
  assert.equal(rule("p(a;b).").heads[0]?.args[0]?.kind, "pool");
  assert.equal(printed("p((a;b))."), printed("p(a;b)."));
  assert.notEqual(printed("p(1,2;3,4)."), printed("p((1,2;3,4))."));
  assert.notEqual(printed("p((1,);2)."), printed("p(1;2)."));
});

test("aggregates with guards on either side", () => {
  const [both] = rule("p :- 1 < #count { X,Y : q(X,Y), not r ; 7 } <= N.").body;
  assert.equal(both?.kind, "aggregate_literal");
  if (both?.kind !== "aggregate_literal") return;
  assert.deepEqual([both.left?.op, both.right?.op, both.elements.length, both.elements[0]?.condition.length], ["<", "<=", 2, 2]);
  const [bare] = rule("p :- 1 #sum+ { X : q(X) } 4.").body;
  assert.deepEqual(bare?.kind === "aggregate_literal" && [bare.op, bare.left?.op, bare.right?.op], ["sum+", "<=", "<="]);
});

test("bare braces in a body count the literals that hold", () => {
  const [set] = rule("p :- 1 { a ; not b } 2.").body;
  assert.deepEqual(set?.kind === "aggregate_literal" && [set.op, set.elements.map((one) => one.terms.length)], ["count", [2, 2]]);
});

test("a chained comparison reads as its parts", () => {
  assert.equal(printed("p(X) :- 1 < X < 5."), printed("p(X) :- 1 < X, X < 5."));
});

test("a head that is no atom forbids its contrary", () => {
  assert.equal(printed("not a :- b."), printed(":- b, not not a."));
  assert.equal(printed("X < 2 :- p(X)."), printed(":- p(X), X >= 2."));
  assert.equal(printed("#false :- b."), printed(":- b."));
});

test("what belongs to clingo's search is read", () => {
  assert.deepEqual(
    items("{a ; b : c} 1 :- d. a | b ; c. #external e(X) : f(X). #minimize { W@2,X : g(X,W) }. :~ h. [1@2,x] i :- j : k, l; m.").map(
      (item) => (item.kind === "rule" ? item.form : item.kind),
    ),
    ["choice", "disjunction", "external", "optimize", "optimize", "normal"],
  );
});

test("directives", () => {
  const [constant, shown, term, nothing, include] = items(
    '#const n = 5. [default] #show p/2. #show f(X) : p(X). #show. #include "a.lp". #program base.',
  );
  assert.deepEqual([constant?.kind, shown?.kind === "show" && shown.predicate], ["const", { name: "p", arity: 2 }]);
  assert.deepEqual([term?.kind === "show" && term.body.length, nothing?.kind === "show" && nothing.term], [1, null]);
  assert.equal(include?.kind === "include" && include.file, "a.lp");
});

test("comments: of a line, of a block, nested", () => {
  assert.equal(items("a. % b.\n%* c. %* d. *% e. *% f.").length, 2);
});

test("doc lines and marks stand above a rule; input marks declare relations", () => {
  const [input, marked] = items(
    '%! A number.\n%! @key(x)\n%! @input n(x:number, s:symbol)\n%! No negatives.\n%! @law n.sign error "{x}"\n:- n(X,_), X < 0.',
  );
  assert.deepEqual(input?.kind === "relation" && [input.names[0]?.name, input.attributes.map((one) => one.type.name), input.doc.text], [
    "n",
    ["number", "symbol"],
    "A number.",
  ]);
  assert.deepEqual(marked?.kind === "rule" && [marked.doc.text, marked.doc.marks.map((mark) => mark.rest)], [
    "No negatives.",
    ['n.sign error "{x}"'],
  ]);
});

test("a mark above nothing is an error", () => {
  assert.deepEqual(codes('%! @law a.b error "x"\n\n:- p.'), ["syntax.dangling_mark"]);
  assert.deepEqual(codes('%! @law a.b error "x"\n#const n = 1.'), ["syntax.dangling_mark"]);
  assert.deepEqual(codes(':- p,\n%! @law a.b error "x"\nq.'), ["syntax.dangling_mark"]);
  assert.deepEqual(codes('p.\n%! @law a.b error "x"'), ["syntax.dangling_mark"]);
  assert.deepEqual(codes("%! @input p(x)"), ["syntax.unexpected"]);
});

test("reading goes on behind a statement that cannot be read", () => {
  const { program, diagnostics } = parseLp("t.lp", "a. b :- . c(1. d :- e,. f(1,2). :~ g. h.");
  assert.deepEqual(
    diagnostics.map((one) => one.code),
    ["syntax.unexpected", "syntax.unexpected", "syntax.unexpected"],
  );
  const heads = program.items.map((item) => (item.kind === "rule" ? item.heads[0]?.relation : item.kind));
  assert.deepEqual(heads, ["a", "b", "f", "h"]);
});

test("a diagnostic has the place and the text", () => {
  const [only] = parseLp("t.lp", "a.\n  b(] .").diagnostics;
  assert.deepEqual([only?.span.line, only?.span.column, only?.text], [2, 5, "]"]);
});

test("every fault of the text has its code", () => {
  const faults: [text: string, code: string][] = [
    ["p(007).", "syntax.number"],
    [`p(${"9".repeat(limits.number_digits.value + 1)}).`, "limit.number_digits"],
    ['p("a\\tb").', "syntax.escape"],
    ['p("a).\nq.', "syntax.unterminated"],
    ["%* open", "syntax.unterminated"],
    ['p("a\0b").', "syntax.symbol_character"],
    ["p é q.", "syntax.character"],
    ["p :- _1.", "syntax.character"],
    ["#shwo p/1.", "syntax.unknown_directive"],
    ["#script (lua) x = 1. #end. p.", "syntax.unsupported"],
    ["p(X) :- X = @f(1).", "syntax.unsupported"],
    ["-p(1).", "syntax.unsupported"],
    ["p :- not 1 < X < 3.", "syntax.unsupported"],
    ["#include <incmode>.", "syntax.unsupported"],
    ["#program step(k).", "lp.clingo_only"],
    ["#count { X : p(X) } < 3.", "lp.clingo_only"],
    ["a : b.", "lp.clingo_only"],
  ];
  for (const [text, code] of faults) assert.ok(codes(text).includes(code), `${text} gives ${codes(text).join(" ")}`);
});

test("a file may not be larger, nor terms deeper, than their bounds", () => {
  const depth = limits.program_depth.value;
  assert.deepEqual(codes(`p(${"(".repeat(depth + 1)}1${")".repeat(depth + 1)}).`), ["limit.program_depth"]);
  assert.deepEqual(codes(`p(${"1+".repeat(depth + 1)}1).`), ["limit.program_depth"]);
  assert.deepEqual(codes(`p(${"1+".repeat(depth - 2)}1).`), []);
  assert.deepEqual(codes(" ".repeat(limits.program_bytes.value + 1)), ["limit.program_bytes"]);
  assert.deepEqual(codes(`${"] .".repeat(limits.diagnostics.value + 5)}`).at(-1), "limit.diagnostics");
});
