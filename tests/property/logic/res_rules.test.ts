import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { evaluate } from "../../../logic/res/evaluate.ts";
import { type Fiber, pointFiber } from "../../../logic/res/fiber.ts";
import { normalForm, rewritten } from "../../../logic/res/normal_form.ts";
import { parseRes } from "../../../logic/res/parse_res.ts";
import { coreRules, extendedRules, type RewriteRule } from "../../../logic/res/rules.ts";
import { sameTerm, type Term, termText, withParts } from "../../../logic/res/term.ts";
import { criticalPairs, type Subst, unifiedNames } from "../../support/critical_pairs.ts";
import { nucleusValue } from "../../support/pointed_machine.ts";
import { posetsOfLattices } from "../../support/small_posets.ts";

const leaf = fc.constantFrom("p", "q", "r", "true", "false").map((text) => parseRes(text));
const { term } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constantFrom("sat" as const, "trans" as const), of: tie("term") }),
    fc.record({ kind: fc.constantFrom("and" as const, "or" as const, "=>" as const), left: tie("term"), right: tie("term") }),
  ),
}));

/** Every term that one application of a rule somewhere makes of a term. */
function successors(one: Term, rules: readonly RewriteRule[]): Term[] {
  const here = rules.map((rule) => rewritten(rule, one)).filter((next) => next !== null);
  const inside: Term[] = [];
  const count = "of" in one ? 1 : "left" in one ? 2 : 0;
  for (let part = 0; part < count; part++) {
    let at = 0;
    const parts: Term[] = [];
    withParts(one, (child) => {
      parts.push(child);
      return child;
    });
    for (const next of successors(parts[part] as Term, rules)) {
      at = 0;
      inside.push(withParts(one, (child) => (at++ === part ? next : child)));
    }
  }
  return [...here, ...inside];
}

describe("the rules of the relation expression syntax", () => {
  for (const [name, rules, pairs] of [
    ["R1 to R7", coreRules, 10],
    ["R1 to R7 with the extension", extendedRules, 48],
  ] as const) {
    it(`${name}: all critical pairs join`, () => {
      const found = criticalPairs(rules);
      for (const { left, right } of found) assert.equal(termText(normalForm(left, rules)), termText(normalForm(right, rules)));
      assert.equal(found.length, pairs);
    });

    it(`${name}: whatever is rewritten first, the same comes out`, () => {
      fc.assert(
        fc.property(term, fc.array(fc.nat(1000), { minLength: 60, maxLength: 60 }), (start, choices) => {
          let one = start;
          for (let step = 0; ; step++) {
            const next = successors(one, rules);
            if (next.length === 0) break;
            one = next[(choices[step % choices.length] ?? 0) % next.length] as Term;
          }
          return sameTerm(one, normalForm(start, rules));
        }),
        { numRuns: 400 },
      );
    });
  }

  it("would not be confluent with what is left out", () => {
    for (const left of ["(and false x)", "(and x (sat x))"]) {
      const to = left === "(and false x)" ? "false" : "x";
      const rules = [...extendedRules, { id: "extra", from: parseRes(left), to: parseRes(to) }];
      const open = criticalPairs(rules).filter(({ left: a, right: b }) => !sameTerm(normalForm(a, rules), normalForm(b, rules)));
      assert.ok(open.length > 0, left);
    }
  });
});

/** Every fiber of at most `size` elements with every two nuclei that commute. */
function* fibers(size: number): Generator<Fiber> {
  for (let n = 1; n <= size; n++) {
    for (const down of posetsOfLattices(n)) {
      const all = 2 ** down.length;
      for (let sigma = 0; sigma < all; sigma++) {
        for (let delta = 0; delta < all; delta++) {
          const fiber = pointFiber({ down, sigma, delta, named: new Map() });
          if (elementsOf(down).every((x) => after(down, sigma, delta, x) === after(down, delta, sigma, x))) yield fiber;
        }
      }
    }
  }
}

function after(down: readonly number[], first: number, second: number, x: number): number {
  return nucleusValue(down, second, nucleusValue(down, first, x));
}

function elementsOf(down: readonly number[]): number[] {
  return Array.from({ length: 2 ** down.length }, (_, mask) => mask).filter((mask) =>
    down.every((below, p) => (mask & (1 << p)) === 0 || (below & ~mask) === 0),
  );
}

function elements(fiber: Fiber): number[] {
  const found: number[] = [];
  for (let mask = 0; mask <= fiber.top; mask++)
    if (fiber.meet(mask, fiber.top) === mask && fiber.implies(fiber.top, mask) === mask) found.push(mask);
  return found;
}

/** How often both sides differ, over all values of the names, and the evaluations made. */
function disagreements(from: Term, to: Term, fiber: Fiber): { wrong: number; evaluations: number } {
  const names = unifiedNames(from, to);
  let assignments: Subst[] = [new Map()];
  for (const name of names) assignments = assignments.flatMap((one) => elements(fiber).map((x) => new Map([...one, [name, x]])));
  const wrong = assignments.filter((one) => evaluate(from, fiber, one) !== evaluate(to, fiber, one)).length;
  return { wrong, evaluations: assignments.length };
}

describe("soundness", () => {
  it("both sides of every rule denote one element, in every fiber of at most 6 elements under every two nuclei that commute", () => {
    let evaluations = 0;
    for (const fiber of fibers(6)) {
      for (const { id, from, to } of extendedRules) {
        const found = disagreements(from, to, fiber);
        assert.equal(found.wrong, 0, id);
        evaluations += found.evaluations;
      }
    }

    assert.ok(evaluations > 100_000, String(evaluations));
  });

  it("is what the tempting rules lack, from these sizes on", () => {
    const smallest = (from: string, to: string): number => {
      for (let size = 1; size <= 6; size++) {
        for (const fiber of fibers(size)) if (disagreements(parseRes(from), parseRes(to), fiber).wrong > 0) return size;
      }
      return 0;
    };
    assert.equal(smallest("(sat false)", "false"), 2);
    assert.equal(smallest("(sat (=> x y))", "(=> (sat x) (sat y))"), 3);
    assert.equal(smallest("(sat (or x y))", "(or (sat x) (sat y))"), 5);
  });

  it("a term and its normal form denote one element", () => {
    const some = [...fibers(5)];
    fc.assert(
      fc.property(term, fc.nat(some.length - 1), fc.array(fc.nat(1000), { minLength: 3, maxLength: 3 }), (one, at, picks) => {
        const fiber = some[at] as Fiber;
        const all = elements(fiber);
        const values = new Map(["p", "q", "r"].map((name, index) => [name, all[(picks[index] ?? 0) % all.length] as number]));
        return evaluate(one, fiber, values) === evaluate(normalForm(one), fiber, values);
      }),
      { numRuns: 1000 },
    );
  });

  it("reading what was printed gives the term", () => {
    fc.assert(fc.property(term, (one) => sameTerm(parseRes(termText(one)), one)));
  });
});
