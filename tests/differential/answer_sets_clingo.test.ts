import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { AnswerSetText } from "../../logic/engines/clingo/answer_set_text.ts";
import type { Clingo, ClingoAnswer } from "../../logic/engines/clingo/clingo.ts";
import { WasmClingo } from "../../logic/engines/clingo/wasm_clingo.ts";
import { compileLp } from "../support/answer_sets.ts";

const RUNS = Number(process.env["ASSAY_PROPERTY_RUNS"] ?? 150);

let clingo: Clingo;
before(() => {
  clingo = new WasmClingo({ parallel: 1 });
});
after(() => clingo.close());

const X = fc.constantFrom("X", "Y", "1", "2");
const given = fc.constantFrom("d(X,Y)", "d(X,_), d(Y,X)", "d(X,Y), X < Y");
const chosen = fc.tuple(fc.constantFrom("a", "b", "c"), X).map(([name, arg]) => `${name}(${arg})`);
const literal = fc.oneof(
  chosen,
  chosen.map((atom) => `not ${atom}`),
  chosen.map((atom) => `not not ${atom}`),
  fc.constantFrom("#count { Z : a(Z), d(Z,_) } > 1", "a(Z) : d(X,Z)", "not b(Z) : d(Z,Y), Z > 1", "#sum { Z,k : c(Z) } >= 2"),
);
const body = fc.tuple(given, fc.array(literal, { maxLength: 2 })).map(([first, rest]) => [first, ...rest].join("; "));
const statement = fc.oneof(
  fc
    .tuple(fc.constantFrom("", "1 ", "0 "), fc.constantFrom("a", "b", "c"), fc.constantFrom("", " 1", " 2"), given)
    .map(([low, name, high, from]) => `${low}{ ${name}(Z) : d(X,Z) ; ${name}(X) }${high} :- ${from}.`),
  fc.tuple(chosen, chosen, given).map(([one, other, from]) => `${one} ; ${other} :- ${from}.`),
  fc.tuple(body).map(([from]) => `:- ${from}.`),
  fc.tuple(fc.constantFrom("e(X)", "e(X+1)", "f(X,Y)"), body).map(([head, from]) => `${head} :- ${from}.`),
  fc.constantFrom("a(X) :- not b(X), d(X,_).", "b(X) :- not a(X), d(_,X).", "c(X) :- not not c(X), d(X,_).", "#external c(X) : d(X,_)."),
);
const program = fc.array(statement, { minLength: 2, maxLength: 6 }).map((statements) => statements.join("\n"));
const facts = fc.constantFrom(
  [[1n, 2n]],
  [
    [1n, 2n],
    [2n, 1n],
  ],
  [
    [1n, 1n],
    [1n, 2n],
    [2n, 3n],
  ],
);
const FRAME = "{ a(0) }. { b(0) }. { c(0) }. e(0) :- a(0). f(0,0) :- a(0). :- a(0), b(0), c(0), not e(0), not f(0,0).";
const SHOWN = ["a/1", "b/1", "c/1", "e/1", "f/2"].map((name) => `#show ${name}.`).join("\n");

/** The answer sets, each as sorted text, in order. */
function models(answer: ClingoAnswer, text: string): string[] {
  if (answer.kind === "unsatisfiable") return [];
  assert.equal(answer.kind, "satisfiable", `${JSON.stringify(answer)}\n${text}`);
  const found = answer.kind === "satisfiable" ? answer.models : [];
  return [
    ...new Set(
      found.map(({ atoms }) =>
        atoms
          .map((atom) => JSON.stringify(atom))
          .toSorted()
          .join(" "),
      ),
    ),
  ].toSorted();
}

test("what is made of a program has the answer sets of the program itself", async () => {
  let compared = 0;
  let several = 0;
  const bounds = { mode: "all", models: 3_000, time_ms: 20_000, memory_mb: 512 } as const;
  await fc.assert(
    fc.asyncProperty(program, facts, async (text, rows) => {
      const whole = `%! @input d(x:number, y:number)\n${FRAME}\n${text}\n${SHOWN}\n`;
      const { program: compiled, diagnostics } = compileLp(whole);
      if (compiled === null) {
        const codes = new Set(diagnostics.filter(({ severity }) => severity === "error").map(({ code }) => code));
        assert.ok(
          [...codes].every((code) => ["check.unstratified", "check.ungrounded", "lp.clingo_only", "check.arity"].includes(code)),
          `${[...codes]}\n${whole}`,
        );
        return;
      }
      const part = compiled.answerSets ?? [];
      if (part.length !== 1 || part[0] === undefined || compiled.laws.some(({ id }) => !part[0]?.demands.some(({ law }) => law === id)))
        return;
      const stratified = compiled.rules.map(({ head }) => head.relation);
      if (part[0].inputs.some((name) => stratified.includes(name))) return;
      const made = new AnswerSetText(compiled, part[0], new Map([["d", rows]]));
      const demands = part[0].demands.map((_demand, at) => at);
      const ours = await clingo.solve({ ...bounds, program: made.with(demands, made.facts) });
      const fact = rows.map(([x, y]) => `d(${x},${y}).`).join("\n");
      const theirs = await clingo.solve({ ...bounds, program: `${fact}\n${whole.replace(/^%!.*$/gm, "")}` });
      if (theirs.kind === "rejected") return;
      const expected = models(theirs, whole);
      assert.deepEqual(models(ours, `${whole}\n${made.with(demands, made.facts)}`), expected, whole);
      compared++;
      if (expected.length > 1) several++;
    }),
    { numRuns: RUNS },
  );
  assert.ok(compared > RUNS / 5 && several > RUNS / 20, `${compared} compared, ${several} with several answer sets`);
});
