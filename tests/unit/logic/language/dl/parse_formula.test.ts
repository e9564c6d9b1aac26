import assert from "node:assert/strict";
import { test } from "node:test";
import type { Formula } from "../../../../../logic/language/ast.ts";
import { bodyOf, codesOf } from "../../../../support/dl_text.ts";

/** A body in brackets: `&[…]` for and, `|[…]` for or. */
function shape(body: readonly Formula[]): string {
  const one = (formula: Formula): string => {
    if (formula.kind === "atom") return formula.relation;
    if (formula.kind === "not") return `!${one(formula.of)}`;
    if (formula.kind === "and") return `&[${formula.of.map(one).join(" ")}]`;
    if (formula.kind === "or") return `|[${formula.of.map(one).join(" ")}]`;
    return formula.kind === "compare" ? formula.op : formula.kind;
  };
  return body.map(one).join(" ");
}

const bodies: readonly (readonly [string, string])[] = [
  ["a(), b()", "a b"],
  ["a(), b() ; c()", "|[&[a b] c]"],
  ["a(), (b() ; c(), d())", "a |[b &[c d]]"],
  ["(a() ; b()) ; c()", "|[|[a b] c]"],
  ["((a()))", "a"],
  ["(a(), b())", "a b"],
  ["(a(), b()), c()", "&[a b] c"],
  ["!a(), !!b(), !(a(), b()), !(a() ; b())", "!a !!b !&[a b] !|[a b]"],
  ["!x = y", "!="],
  ["(x + 1) * 2 = y, ((x)) < (y)", "= <"],
  ["((x = y ; a()), (x) != y)", "|[= a] !="],
  ["a.b.c(x), true, false, match(x, y), contains(x, y)", "a.b.c boolean boolean test test"],
  ["count : { a() } = 1, x = count : a(), b()", "= = b"],
  ["?x = 1, _y = 2, a()", "= = a"],
];

test("bodies nest as written", () => {
  for (const [text, expected] of bodies) assert.equal(shape(bodyOf(text)), expected, text);
});

test("a term is no formula", () => {
  for (const text of [
    "p() :- x.",
    "p() :- (x).",
    "p() :- (x, y).",
    "p() :- x, q().",
    "p() :- 1 + 2.",
    "p() :- !x.",
    "p() :- 1 < x < 3.",
    "p() :- .",
    "p() :- q()",
    "p() :- ().",
  ]) {
    assert.deepEqual(
      codesOf(text).map((code) => code.split(" ")[0]),
      ["syntax.unexpected"],
      text,
    );
  }
});
