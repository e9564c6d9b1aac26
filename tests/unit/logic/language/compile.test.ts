import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile } from "../../../../logic/language/compile.ts";
import { parseDl } from "../../../../logic/language/dl/parse.ts";
import { parseLp } from "../../../../logic/language/lp/parse.ts";
import { limitsWith } from "../../../../schema/limits.ts";
import { compileDl, outline, rulesText } from "../../../support/compile_dl.ts";

describe("compile", () => {
  it("gives theories one namespace: one may declare, another derive and guard", () => {
    const first = parseDl(
      "a.dl",
      ".type Age <: number\n.decl person(name:symbol, age:Age)\n.input person\n.decl minor(name:symbol)",
    ).program;
    const second = parseDl(
      "b.dl",
      'minor(n) :- person(n, a), a < 18.\n/// @law b.minor warn "{name}"\n.decl found(name:symbol)\nfound(n) :- minor(n).',
    ).program;
    const { program, diagnostics } = compile([
      { theory: "b", programs: [second] },
      { theory: "a", programs: [first] },
    ]);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      program?.laws.map((law) => [law.id, law.theory]),
      [["b.minor", "b"]],
    );
    assert.deepEqual(
      program?.strata.map((stratum) => stratum.relations),
      [["minor"], ["found"]],
    );
  });

  it("lets .lp rules use and derive what .dl declares", () => {
    const dl = parseDl(
      "a.dl",
      ".decl edge(x:number, y:number)\n.input edge\n.decl path(x:number, y:number)\npath(x, y) :- edge(x, y).",
    ).program;
    const lp = parseLp("b.lp", 'path(X, Z) :- path(X, Y), edge(Y, Z).\n%! @law t.loop error "{x}"\n:- path(X, X).').program;
    const { program, diagnostics } = compile([{ theory: "t", programs: [dl, lp] }]);
    assert.deepEqual(
      diagnostics.filter((one) => one.severity === "error"),
      [],
    );
    assert.deepEqual(
      program?.rules.slice(0, 2).map((rule) => rule.id),
      ["path#1", "path#2"],
    );
    assert.equal(program?.laws.length, 1);
    assert.equal(program?.strata.find((stratum) => stratum.relations.includes("path"))?.recursive, true);
  });

  it("gives no program where there is an error, and one where there are warnings only", () => {
    assert.equal(compileDl(".decl p(x:number)\np(y).").program, null);
    const warned = compileDl(".decl p(x:number)");
    assert.ok(warned.program !== null);
    assert.deepEqual(outline(warned.diagnostics), ["warning check.never_fed 1:7 p"]);
  });

  it("takes an empty set for an empty program", () => {
    const { program, diagnostics } = compile([]);
    assert.deepEqual([program?.relations.size, program?.rules, program?.laws, program?.strata, diagnostics], [0, [], [], [], []]);
  });

  it("bounds the diagnostics and says how many there are", () => {
    const text = `.decl p(x:number)\n${Array.from({ length: 30 }, (_, index) => `p(v${index}).`).join("\n")}`;
    const { diagnostics } = compileDl(text, limitsWith({ diagnostics: 10 }));
    assert.equal(diagnostics.length, 11);
    assert.equal(diagnostics.at(-1)?.code, "limit.diagnostics");
    assert.ok(diagnostics.at(-1)?.message.includes("30"));
  });

  it("keeps the order of rules as written in a stable result", () => {
    const text = ".decl p(x:number)\n.decl q(x:number)\nq(2).\np(1).\nq(1).";
    const { program } = compileDl(text);
    assert.deepEqual(program === null ? [] : rulesText(program), ["q(2n).", "p(1n).", "q(1n)."]);
    assert.deepEqual(compileDl(text), compileDl(text));
  });

  it("compiles 20,000 facts and a rule of 900 literals in well under the time of a test", () => {
    const facts = Array.from({ length: 20_000 }, (_, index) => `f(${index}, "${index}").`).join("\n");
    const body = Array.from({ length: 900 }, (_, index) => `x${index + 1} = x${index} + 1`)
      .toReversed()
      .join(", ");
    const { program } = compileDl(`.decl f(x:number, y:symbol)\n${facts}\n.decl p(x:number)\np(x900) :- f(x0, _), ${body}.`);
    assert.equal(program?.rules.length, 20_001);
  });
});
