import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { evaluate, isStable } from "../../../../logic/res/evaluate.ts";
import { pointFiber, tableFiber } from "../../../../logic/res/fiber.ts";
import { normalForm } from "../../../../logic/res/normal_form.ts";
import { parseRes } from "../../../../logic/res/parse_res.ts";
import { coreRules } from "../../../../logic/res/rules.ts";
import { termText } from "../../../../logic/res/term.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { limitsWith } from "../../../../schema/limits.ts";

const normal = (text: string, rules?: typeof coreRules): string => termText(normalForm(parseRes(text), rules));

function failure(text: string, limits = limitsWith()): string {
  try {
    parseRes(text, limits);
  } catch (error) {
    if (error instanceof AssayError) return `${error.code} ${error.place ?? ""}`.trim();
    throw error;
  }
  return "none";
}

describe("the relation expression syntax", () => {
  it("reads terms, definitions and sugar", () => {
    assert.equal(termText(parseRes("(and p (or q (=> r false)))")), "(and p (or q (=> r false)))");
    assert.equal(termText(parseRes("(def a (and p q))\n(def b (sat a))\n(or b a)")), "(or (sat (and p q)) (and p q))");
    assert.equal(termText(parseRes("(and a b c d)")), "(and a (and b (and c d)))");
    assert.equal(termText(parseRes("(stable p)")), "(trans (sat p))");
    assert.equal(termText(parseRes("  p-1.x  ")), "p-1.x");
  });

  it("says where a text is none", () => {
    const cases = {
      "": "res.syntax expression:1:1",
      "(and p": "res.syntax expression:1:1",
      "p)": "res.syntax expression:1:2",
      "(not p)": "res.syntax expression:1:2",
      "(sat p q)": "res.syntax expression:1:1",
      "(=> a b c)": "res.syntax expression:1:2",
      "(and p)": "res.syntax expression:1:2",
      "(and p\n 1x)": "res.syntax expression:2:2",
      sat: "res.syntax expression:1:1",
      "(def sat p) p": "res.syntax expression:1:6",
      "(def a p) (def a q) a": "res.syntax expression:1:16",
      "p q": "res.syntax expression:1:1",
      "(def a p)": "res.syntax expression:1:2",
      "()": "res.syntax expression:1:1",
      "((p))": "res.syntax expression:1:1",
    };
    for (const [text, expected] of Object.entries(cases)) assert.equal(failure(text), expected, text);
  });

  it("is bounded", () => {
    assert.match(failure(`${"(sat ".repeat(300)}p${")".repeat(300)}`), /^limit\.program_depth /);
    const doubling = Array.from({ length: 40 }, (_, n) => `(def a${n + 1} (and a${n} a${n}))`).join("");
    assert.equal(failure(`(def a0 p) ${doubling} a40`), "limit.res_terms");
    assert.equal(failure("(and p q)", limitsWith({ program_bytes: 5 })), "limit.program_bytes");
  });
});

describe("the normal form", () => {
  it("is that of the reference's V20", () => {
    assert.equal(normal("(sat (trans (and p (sat (trans q)))))"), "(and (trans (sat p)) (trans (sat q)))");
    assert.equal(normal("(trans (sat (and p true)))", coreRules), "(and (trans (sat p)) true)");
    assert.equal(normal("(trans (sat (and p true)))"), "(trans (sat p))");
    assert.equal(normal("(trans (trans (sat (trans true))))"), "true");
    for (const text of ["(sat (=> p q))", "(sat false)", "(trans (or p (sat q)))"]) assert.equal(normal(text), text);
  });

  it("does not do what would be wrong or would not meet", () => {
    for (const text of ["(and false x)", "(and x (sat x))", "(sat (or p q))"]) assert.equal(normal(text), text);
  });
});

/** A chain of three by its tables, with saturation closing `m`. */
const chain = tableFiber({
  elements: ["0", "m", "1"],
  meet: pairs((x, y) => Math.min(x, y)),
  join: pairs((x, y) => Math.max(x, y)),
  impl: pairs((x, y) => (x <= y ? 2 : y)),
  top: "1",
  bottom: "0",
  nuclei: [
    ["sigma", "0", "0"],
    ["sigma", "m", "1"],
    ["sigma", "1", "1"],
  ],
});

function pairs(operation: (x: number, y: number) => number): (readonly [string, string, string])[] {
  const names = ["0", "m", "1"];
  return names.flatMap((x, i) => names.map((y, j) => [x, y, names[operation(i, j)] ?? ""] as const));
}

describe("evaluation", () => {
  it("reads connectives and nuclei in a fiber by tables", () => {
    const value = (text: string): string => chain.name(evaluate(parseRes(text), chain));
    assert.equal(value("(and m true)"), "m");
    assert.equal(value("(=> m false)"), "0");
    assert.equal(value("(or (=> m false) m)"), "m");
    assert.equal(value("(sat m)"), "1");
    assert.equal(value("(trans m)"), "m");
    assert.deepEqual([isStable(parseRes("m"), chain), isStable(parseRes("(sat m)"), chain)], [false, true]);
  });

  it("reads them in a fiber by points alike", () => {
    const fiber = pointFiber({ down: [1, 3], sigma: 1, delta: null, named: new Map([["m", 1]]) });
    assert.equal(fiber.name(evaluate(parseRes("(and m true)"), fiber)), "m");
    assert.equal(evaluate(parseRes("(sat m)"), fiber), fiber.top);
    assert.equal(evaluate(parseRes("(=> m false)"), fiber), fiber.bottom);
    const gaps = pointFiber({ down: [1, 0, 5], sigma: 1, delta: null, named: new Map([["m", 1]]) });
    assert.deepEqual([gaps.top, evaluate(parseRes("(sat m)"), gaps), evaluate(parseRes("(=> m false)"), gaps)], [5, 5, 0]);
  });

  it("does not guess what a name or a missing cell stands for", () => {
    const codeOf = (run: () => unknown): string => {
      try {
        run();
        return "none";
      } catch (error) {
        return error instanceof AssayError ? error.code : "other";
      }
    };
    assert.equal(
      codeOf(() => evaluate(parseRes("(and m q)"), chain)),
      "res.unbound",
    );
    assert.equal(evaluate(parseRes("(and m q)"), chain, new Map([["q", 0]])), 0);
    const holed = tableFiber({ elements: ["0"], meet: [], join: [], impl: [], top: "0", bottom: "0", nuclei: [["sigma", "1", "0"]] });
    assert.equal(
      codeOf(() => evaluate(parseRes("(and true true)"), holed)),
      "res.fiber",
    );
    assert.equal(
      codeOf(() => evaluate(parseRes("(sat true)"), holed)),
      "res.fiber",
    );
    assert.equal(
      codeOf(() => tableFiber({ elements: [], meet: [], join: [], impl: [], top: null, bottom: null, nuclei: [] })),
      "res.fiber",
    );
  });
});
