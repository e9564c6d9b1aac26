import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { IrProgram } from "../../../logic/language/ir.ts";
import { compileTheories, findTheory } from "../../../logic/theory.ts";
import { compileDl, headText, literalText, ruleText } from "../../support/compile_dl.ts";
import { irFaults } from "../../support/ir_wellformed.ts";

const DECLARATIONS = [
  ".type Path <: symbol",
  ".decl e(x:number, y:number)",
  ".input e",
  ".decl w(x:number, v:float)",
  ".input w",
  ".decl s(x:Path, y:symbol)",
  ".input s",
  ".decl p(x:number)",
  ".decl q(x:number, y:symbol)",
  ".decl r(x:symbol)",
];

const numeric = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom("a", "b") },
  { weight: 8, arbitrary: fc.constantFrom("1", "2", "a + 1", "b * a", "max(a, b)", "strlen(d)") },
  { weight: 1, arbitrary: fc.constant("c") },
);
const symbolic = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom("c", "d") },
  { weight: 8, arbitrary: fc.constantFrom('"x"', 'cat(c, "y")', "to_string(a)") },
  { weight: 1, arbitrary: fc.constant("b") },
);
const slot = (term: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof({ weight: 4, arbitrary: term }, fc.constant("_"));

const atom = fc.oneof(
  fc.tuple(slot(numeric), slot(numeric)).map(([x, y]) => `e(${x}, ${y})`),
  fc.tuple(slot(numeric), slot(fc.constantFrom("1.5", "2", "to_float(a)"))).map(([x, y]) => `w(${x}, ${y})`),
  fc.tuple(slot(symbolic), slot(symbolic)).map(([x, y]) => `s(${x}, ${y})`),
  slot(numeric).map((x) => `p(${x})`),
  fc.tuple(slot(numeric), slot(symbolic)).map(([x, y]) => `q(${x}, ${y})`),
  slot(symbolic).map((x) => `r(${x})`),
);
const comparison = fc.tuple(numeric, fc.constantFrom("=", "!=", "<", ">="), numeric).map((parts) => parts.join(" "));
const inner = fc
  .array(fc.oneof({ weight: 4, arbitrary: atom }, comparison), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join(", "));
const aggregate = fc.oneof(
  fc.tuple(fc.constantFrom("a", "b"), inner).map(([result, body]) => `${result} = count : { ${body} }`),
  fc
    .tuple(fc.constantFrom("a", "b"), fc.constantFrom("sum", "min", "max"), numeric, inner)
    .map(([result, op, target, body]) => `${result} = ${op} ${target} : { ${body} }`),
);
const literal = fc.oneof(
  { weight: 6, arbitrary: atom },
  { weight: 1, arbitrary: atom.map((one) => `!${one}`) },
  { weight: 2, arbitrary: comparison },
  { weight: 1, arbitrary: aggregate },
  { weight: 1, arbitrary: fc.tuple(atom, atom).map(([x, y]) => `(${x} ; ${y})`) },
  { weight: 1, arbitrary: fc.tuple(numeric, numeric).map(([x, y]) => `a = range(${x}, ${y})`) },
);
const head = fc.oneof(
  numeric.map((x) => `p(${x})`),
  fc.tuple(numeric, symbolic).map(([x, y]) => `q(${x}, ${y})`),
  symbolic.map((x) => `r(${x})`),
);
/** Most rules begin with atoms that bind all variables, so that many of them compile. */
const start = fc.oneof({ weight: 5, arbitrary: fc.constant(["e(a, b)", "s(c, d)"]) }, fc.constant([]));
const rule = fc
  .record({ head, start, rest: fc.array(literal, { minLength: 1, maxLength: 4 }) })
  .map((parts) => ({ head: parts.head, body: [...parts.start, ...parts.rest] }));
type RuleParts = { readonly head: string; readonly body: readonly string[] };
const rules = fc.array(rule, { minLength: 1, maxLength: 4 });

function textOf(parts: readonly RuleParts[]): string {
  return [...DECLARATIONS, ...parts.map((one) => `${one.head} :- ${one.body.join(", ")}.`)].join("\n");
}

/** The faults of a text without their places; null where it compiled. */
function codes(text: string): string[] | null {
  const { program, diagnostics } = compileDl(text);
  return program === null ? diagnostics.filter((one) => one.severity === "error").map((one) => one.code) : null;
}

/** Rules as sets of literals, with the names that the compiler made up taken away. */
function shape(program: IrProgram): string[] {
  const plain = (text: string): string => text.replaceAll(/~w?\d+/g, "");
  return program.rules.map((one) => [headText(one), ...one.body.map(literalText).toSorted()].map(plain).toSorted().join(" & ")).toSorted();
}

/** The same text with every variable under another name. */
function renamedText(text: string, names: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\b[abcd]\b/g, (name) => names[name] ?? name);
}

describe("compiling .dl", () => {
  it("gives a well-formed program or an error, for any rules", () => {
    let compiled = 0;
    fc.assert(
      fc.property(rules, (parts) => {
        const { program, diagnostics } = compileDl(textOf(parts));
        if (program === null) assert.ok(diagnostics.some((one) => one.severity === "error"));
        else {
          compiled += 1;
          assert.deepEqual(irFaults(program), [], textOf(parts));
        }
      }),
      { numRuns: 600 },
    );
    assert.ok(compiled > 60, `only ${compiled} programs compiled`);
  });

  it("does not depend on the names of variables", () => {
    fc.assert(
      fc.property(rules, fc.shuffledSubarray(["kk", "ll", "mm", "nn"], { minLength: 4 }), (parts, [k = "", l = "", m = "", n = ""]) => {
        const back: Record<string, string> = { [k]: "a", [l]: "b", [m]: "c", [n]: "d" };
        const first = compileDl(textOf(parts));
        const second = compileDl(
          textOf(
            parts.map((one) => ({
              head: renamedText(one.head, { a: k, b: l, c: m, d: n }),
              body: one.body.map((part) => renamedText(part, { a: k, b: l, c: m, d: n })),
            })),
          ),
        );
        assert.deepEqual(
          second.diagnostics.map((one) => one.code),
          first.diagnostics.map((one) => one.code),
        );
        const renamed = second.program?.rules.map((one) => ruleText(one).replaceAll(/\b(kk|ll|mm|nn)\b/g, (name) => back[name] ?? name));
        assert.deepEqual(renamed, first.program?.rules.map(ruleText));
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on the order of a body", () => {
    fc.assert(
      fc.property(rules, fc.integer(), (parts, turn) => {
        const turned = parts.map(({ head, body }) => ({
          head,
          body: body.map((_, index) => body[(((index + turn) % body.length) + body.length) % body.length] ?? ""),
        }));
        const [first, second] = [compileDl(textOf(parts)), compileDl(textOf(turned))];
        assert.equal(second.program === null, first.program === null, textOf(parts));
        if (first.program !== null && second.program !== null) assert.deepEqual(shape(second.program), shape(first.program), textOf(parts));
      }),
      { numRuns: 300 },
    );
  });

  it("does not depend on the order of rules", () => {
    fc.assert(
      fc.property(rules, (parts) => {
        const [first, second] = [compileDl(textOf(parts)), compileDl(textOf(parts.toReversed()))];
        assert.deepEqual(codes(textOf(parts.toReversed()))?.toSorted(), codes(textOf(parts))?.toSorted());
        if (first.program === null || second.program === null) return;
        assert.deepEqual(shape(second.program), shape(first.program));
        const strata = (program: IrProgram): string[] =>
          program.strata.map((one) => one.relations.toSorted().join() + one.recursive).toSorted();
        assert.deepEqual(strata(second.program), strata(first.program));
      }),
      { numRuns: 300 },
    );
  });

  it("gives a well-formed program for the shipped theory", async () => {
    const { program } = compileTheories([await findTheory("npm")]);
    assert.ok(program !== null);
    assert.deepEqual(irFaults(program), []);
  });
});
