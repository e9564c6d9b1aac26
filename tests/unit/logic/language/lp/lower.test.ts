import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "../../../../../logic/language/compile.ts";
import { parseDl } from "../../../../../logic/language/dl/parse.ts";
import type { Lowered } from "../../../../../logic/language/lowered.ts";
import { lowerLp } from "../../../../../logic/language/lp/lower.ts";
import { parseLp } from "../../../../../logic/language/lp/parse.ts";
import { limits } from "../../../../../schema/limits.ts";
import { ruleText } from "../../../../support/ir_text.ts";

function lower(text: string): Lowered {
  const { program, diagnostics } = parseLp("t.lp", text);
  assert.deepEqual(diagnostics, []);
  return lowerLp({ theory: "t", programs: [program], known: new Map() });
}

/** The rules of a program without faults. */
function rules(text: string): string[] {
  const lowered = lower(text);
  assert.deepEqual(lowered.diagnostics, []);
  return lowered.rules.map(ruleText);
}

function codes(text: string): string[] {
  return lower(text).diagnostics.map((one) => one.code);
}

function attributes(lowered: Lowered, relation: string): string {
  const found = lowered.relations.find((one) => one.name === relation);
  return found?.attributes.map((one) => `${one.name}:${one.type}`).join(" ") ?? "none";
}

test("constants' names are replaced, and constants and strings are symbols", () => {
  assert.deepEqual(rules('#const n = m+1. #const m = 2. p(n, x, "y").'), ['p((+ 2 1), "x", "y")']);
});

test("intervals bind a variable of their own, or the variable they are equal to", () => {
  assert.deepEqual(rules("p(1..3)."), ["p(_1) :- _1 in 1..=3"]);
  assert.deepEqual(rules("p(X) :- X = 1..3."), ["p(X) :- X in 1..=3"]);
  assert.deepEqual(rules("p. q :- p, not r(1..2). r(1)."), ["p()", "q() :- p(), !r(_1), _1 in 1..=2", "r(1)"]);
});

test("pools are written out in heads, positive and negative literals", () => {
  assert.deepEqual(rules("p(1;2)."), ["p(1)", "p(2)"]);
  assert.deepEqual(rules("p(1). q :- not p(1;2)."), ["p(1)", "q() :- !p(1)", "q() :- !p(2)"]);
  assert.deepEqual(rules("p(1,2;3,4). q((1,2;3,4))."), ["p(1, 2)", "p(3, 4)", "q(1, 2)", "q(3, 4)"]);
  assert.deepEqual(
    rules("p(1). q(N) :- N = #count { X : p(X;X+1) }.").at(-1),
    "q(N) :- N = count[] { X : p(X) ; X : p(_1), X = (- _1 1) }",
  );
});

test("linear terms are solved for their variable, and only where nothing else binds it", () => {
  assert.deepEqual(rules("p(1). q(X) :- p(X+1).").at(-1), "q(X) :- p(_1), X = (- _1 1)");
  assert.deepEqual(rules("p(1). q(X) :- p(2*X+1).").at(-1), "q(X) :- p(_1), X = (/ (- _1 1) 2), (+ (* 2 X) 1) = _1");
  assert.deepEqual(rules("p(1). q(X) :- p(X), p(X+1).").at(-1), "q(X) :- p(X), p((+ X 1))");
  assert.deepEqual(rules("p(X) :- 1-X = 3."), ["p(X) :- X = (neg (- 3 1))"]);
  assert.deepEqual(codes("p(1). q(X) :- p(X*X)."), ["check.ungrounded"]);
});

test("function terms and tuples become attributes of their own", () => {
  const lowered = lower('t((1,a)). u(f(X,Y),Z) :- t((X,Y)), Z = X. w(P) :- t(P), P != (2,"b"). v(A) :- u(A,_).');
  assert.deepEqual(lowered.diagnostics, []);
  assert.deepEqual(lowered.rules.map(ruleText), [
    't(1, "a")',
    "u(X, Y, Z) :- t(X, Y), Z = X",
    "w(P.1, P.2) :- t(P.1, P.2), P.1 != 2",
    'w(P.1, P.2) :- t(P.1, P.2), P.2 != "b"',
    "v(A.1, A.2) :- u(A.1, A.2, _)",
  ]);
  assert.equal(attributes(lowered, "w"), "p_1:number p_2:symbol");
});

test("tuples are ordered by the first parts that differ", () => {
  assert.deepEqual(rules("t((1,2)). p(X) :- t(X), X <= (1,3).").slice(1), [
    "p(X.1, X.2) :- t(X.1, X.2), X.1 < 1",
    "p(X.1, X.2) :- t(X.1, X.2), X.2 < 3, X.1 = 1",
    "p(X.1, X.2) :- t(X.1, X.2), X.1 = 1, X.2 = 3",
  ]);
});

test("attributes are named by the heads' variables where they agree", () => {
  const lowered = lower("b(1). a(X,Y) :- b(X), b(Y). c(X,X) :- b(X). d(X,1) :- b(X). d(Y,2) :- b(Y). e(1,2).");
  assert.deepEqual(
    ["a", "c", "d", "e"].map((name) => attributes(lowered, name)),
    ["x:number y:number", "x:number a2:number", "a1:number a2:number", "a1:number a2:number"],
  );
});

test("types come from all rules together", () => {
  const lowered = lower('p(X) :- q(X,_). q(X,Y) :- r(Y,X). r("a",1). s(X,N) :- p(X), N = #sum { Y : q(Y,X2), X2 = X3, r(X3,_) }.');
  assert.deepEqual(
    ["p", "q", "s"].map((name) => attributes(lowered, name)),
    ["x:number", "x:number y:symbol", "x:number n:number"],
  );
});

test("aggregates: one column a kind of tuple, outer variables named, guards compared", () => {
  assert.deepEqual(
    rules("q(1). r(b). p(X) :- q(X), 1 < #count { Y : q(Y), Y != X ; a, Z : r(Z) } <= 3.").at(-1),
    'p(X) :- q(X), _1 > 1, _1 <= 3, _1 = count[X] { 0, Y, "", "" : q(Y), Y != X ; 1, 0, "a", Z : r(Z) }',
  );
  assert.deepEqual(rules("q(1). p(S) :- S = #sum+ { Y : q(Y) }.").at(-1), "p(S) :- S = sum[] { Y : Y > 0, q(Y) }");
  assert.deepEqual(rules("q(1). p :- not 1 <= #count { Y : q(Y) } <= 2.").slice(1), [
    "p() :- _1 < 1, _1 = count[] { Y : q(Y) }",
    "p() :- _2 > 2, _2 = count[] { Y : q(Y) }",
  ]);
  assert.deepEqual(rules("p :- #sum { } = 0."), ["p() :- 0 = 0"]);
});

test("a minimum of nothing is above and a maximum of nothing below every value", () => {
  assert.deepEqual(rules("q(1). p :- #min { X : q(X) } > 3.").slice(1), [
    "p() :- _1 > 3, _1 = min[] { X : q(X) }",
    "p() :- _2 = count[] { X : q(X) }, _2 = 0",
  ]);
  assert.equal(rules("q(1). p :- #min { X : q(X) } < 3.").length, 2);
  assert.equal(rules("q(1). p :- #max { X : q(X) } < 3.").length, 3);
});

test("an extreme is assigned only where an empty set cannot matter", () => {
  const refused = ["p(X) :- X = #min { Y : q(Y) }.", "p(Z,X) :- q(Z), X = #max { Y : q(Y), Y < Z }."];
  for (const rule of refused) assert.deepEqual(codes(`q(1). ${rule}`), ["lp.clingo_only"], rule);
  const accepted = [
    "p(X) :- q(_), X = #min { Y : q(Y) }.",
    "p(X) :- X = #min { Y : q(Y) }, X < 5.",
    ":- X = #max { Y : q(Y) }, X > 5.",
    "p(X+1) :- X = #max { Y : q(Y) }.",
    "p(X) :- X = #max { Y : q(Y) }, q(X).",
  ];
  for (const rule of accepted) assert.deepEqual(codes(`q(1). ${rule}`), [], rule);
});

test("a double negation asks without deriving", () => {
  assert.deepEqual(rules("q. p :- not not q.").at(-1), "p() :- _1 = count[] { 1 : q() }, _1 = 1");
  assert.deepEqual(codes("q(1). p(X) :- not not q(X)."), ["check.ungrounded"]);
});

test("a constraint is a law whose witness is its variables outside aggregates", () => {
  const lowered = lower(
    's(1,2). n(1).\n%! No negatives.\n%! @law n.sign warn "{x}"\n:- n(X), s(X,_Y), #count { Z : n(Z) } > 1.\n:- n(X), X < 0. :- n(_).',
  );
  assert.deepEqual(lowered.diagnostics, []);
  assert.deepEqual(
    lowered.laws.map((law) => [law.id, law.severity, law.relation, law.theory, law.doc]),
    [
      ["n.sign", "warn", "n.sign", "t", "No negatives."],
      ["t.constraint_5", "error", "t.constraint_5", "t", ""],
      ["t.constraint_5_2", "error", "t.constraint_5_2", "t", ""],
    ],
  );
  assert.deepEqual(
    ["n.sign", "t.constraint_5", "t.constraint_5_2"].map((name) => attributes(lowered, name)),
    ["x:number _y:number", "x:number", ""],
  );
});

test("a law above a rule is about its head; an id without a dot gets a relation of its own", () => {
  const lowered = lower('%! @law q.bad error "{x}"\nq(X) :- p(X). p(1).\n%! @law bare error "{x}"\n:- p(X).');
  assert.deepEqual(
    lowered.laws.map((law) => [law.id, law.relation]),
    [
      ["q.bad", "q"],
      ["bare", "law.bare"],
    ],
  );
  assert.deepEqual(codes('%! @law q.bad error "{y}"\nq(X) :- p(X). p(1).'), ["check.law_hole"]);
});

test("input lines declare base relations, with keys", () => {
  const lowered = lower("%! @key(path)\n%! @input package(path:symbol, size:number)\n:- package(P, S), S < 0.");
  assert.deepEqual(
    lowered.relations.map((one) => [one.name, one.role]),
    [
      ["package", "base"],
      ["t.constraint_3", "derived"],
      ["key.package", "derived"],
    ],
  );
  assert.deepEqual(
    lowered.laws.map((law) => law.id),
    ["t.constraint_3", "key.package"],
  );
});

test("shown predicates are outputs; the terms of the other forms choose only what clingo prints", () => {
  assert.deepEqual(lower("p(1). q(1). #show q/1. #show X : p(X). #show.").outputs, ["q"]);
});

test("every fault has its code, and its rule is left out", () => {
  const faults: [text: string, code: string][] = [
    ["p :- qq. q.", "check.unknown_relation"],
    ["p(1). p(1,2).", "check.arity"],
    ["p(1). p(a).", "lp.clingo_only"],
    ["p(f(1)). p(g(1)).", "lp.clingo_only"],
    ["n(f(X)) :- n(X). n(f(1)).", "lp.clingo_only"],
    ["p(#sup).", "lp.clingo_only"],
    ["p(X) :- q. q.", "check.ungrounded"],
    ["p :- not q(X). q(1).", "check.ungrounded"],
    ["p(N) :- N = #count { X : q(Y) }. q(1).", "check.ungrounded"],
    ["p(_) :- q. q.", "check.wildcard"],
    ["p(9223372036854775808).", "check.number_range"],
    ["q(a). p(S) :- S = #sum { X : q(X) }.", "lp.clingo_only"],
    ["q. r. p :- q, not r : q. r :- p.", "lp.clingo_only"],
    ["q(1). p(1;2) ; q(X) :- q(X).", "lp.clingo_only"],
    ['q(1).\n%! @law t.c error "x"\n{ p(X) } :- q(X).', "check.mark_malformed"],
    ["#const a = b. #const b = a.", "lp.constant"],
    ["#const a = 1. #const a = 2.", "lp.constant"],
    ["#const a = X.", "lp.constant"],
    ['p(a). q("a").', "lp.spelling"],
    ["q(1). p(X) :- q(X), q(Y).", "check.singleton"],
    ["p. #show p/1.", "check.unknown_relation"],
    [`p(${"(1;2),".repeat(14)}1).`, "limit.rules_expanded"],
    [`q. p :- ${"q,".repeat(limits.rule_literals.value)}q.`, "limit.rule_literals"],
    [`p(${"1,".repeat(limits.attributes.value)}1).`, "limit.attributes"],
  ];
  for (const [text, code] of faults) assert.ok(codes(text).includes(code), `${text.slice(0, 60)} gives ${codes(text).join(" ")}`);
});

test("a .dl declaration fixes the types that a .lp program uses", () => {
  const dl = parseDl("t.dl", ".decl price(item:symbol, cents:unsigned)\n.input price\n.decl dear(item:symbol)\n").program;
  const lp = parseLp("t.lp", "dear(I) :- price(I, C), C > 500. :- price(I, 0), not dear(I).").program;
  const { program, diagnostics } = compile([{ theory: "t", programs: [dl, lp] }]);
  assert.deepEqual(diagnostics, []);
  const compared = program?.rules[0]?.body.find((literal) => literal.kind === "compare");
  assert.deepEqual(compared?.kind === "compare" && compared.right, { kind: "constant", value: 500n, type: "unsigned" });
  const wrong = parseLp("t.lp", "dear(I) :- price(C, I), C > 500.").program;
  assert.ok(compile([{ theory: "t", programs: [dl, wrong] }]).diagnostics.some((one) => one.code === "check.type_conflict"));
});

test("constants that double each other, and a chain of definitions, end", () => {
  const doubling = Array.from({ length: 60 }, (_unused, index) => `#const c${index + 1} = f(c${index},c${index}).`).join(" ");
  assert.ok(codes(`#const c0 = 1. ${doubling} p(c60).`).includes("lp.constant"));
  const chain = Array.from({ length: 20_000 }, (_unused, index) => `#const c${index + 1} = c${index}.`).join(" ");
  assert.deepEqual(rules(`#const c0 = 7. ${chain} p(c20000).`), ["p(7)"]);
});

test("many constraints of one line get ids of their own, up to the bound of rules", () => {
  const ids = lower(":- p(1). ".repeat(200).concat("p(1).")).laws.map((law) => law.id);
  assert.equal(new Set(ids).size, 200);
  assert.ok(codes(":-.".repeat(limits.rules_expanded.value + 1)).includes("limit.rules_expanded"));
});
