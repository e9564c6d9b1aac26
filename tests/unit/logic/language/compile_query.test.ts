import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileQuery, QUERY_RELATION } from "../../../../logic/language/compile_query.ts";
import { programOf, ruleText } from "../../../support/compile_dl.ts";

const program = programOf(
  ".type Path <: symbol\n.decl path(x:Path, n:symbol, v:number)\n.input path\n.decl other(n:symbol, f:float)\n.input other\n.decl seen(n:symbol)\nseen(n) :- path(_, n, _).",
);

function ask(text: string): { attributes: string[]; rules: string[]; faults: string[] } {
  const { program: asked, relation, diagnostics } = compileQuery(program, text);
  return {
    attributes: relation?.attributes.map((one) => `${one.name}:${one.type}`) ?? [],
    rules: asked?.rules.filter((rule) => rule.head.relation === QUERY_RELATION).map(ruleText) ?? [],
    faults: diagnostics.map((one) => `${one.code} ${one.text}`),
  };
}

describe("queries", () => {
  it("answers with the named variables in order of appearance", () => {
    assert.deepEqual(ask('?- path(x, "zod", v), v != 1.'), {
      attributes: ["x:symbol", "v:number"],
      rules: ['?query(x:s, v:n) :- path(x:s, "zod", v:n), v:n != 1n.'],
      faults: [],
    });
  });

  it("leaves out `_`, names that begin with it and variables of aggregates", () => {
    assert.deepEqual(ask('path(_, _n, _), seen(_n), c = count : { path(p, _n, _), p != "" }').attributes, ["c:number"]);
  });

  it("gives a nullary relation for a ground query", () => {
    assert.deepEqual(ask('?- seen("zod").'), { attributes: [], rules: ['?query() :- seen("zod").'], faults: [] });
  });

  it("writes a disjunction as one rule an alternative", () => {
    assert.deepEqual(ask("seen(n) ; other(n, _)").rules, ["?query(n:s) :- seen(n:s).", "?query(n:s) :- other(n:s, _)."]);
  });

  it("joins named types freely: the answer is no relation of the program", () => {
    assert.deepEqual(ask("path(x, x, _), other(x, f), f < 2").faults, []);
  });

  it("adds one stratum at the end and leaves the program as it was", () => {
    const before = program.rules.length;
    const asked = compileQuery(program, "seen(x)").program;
    assert.deepEqual(asked?.strata.at(-1), { relations: [QUERY_RELATION], recursive: false });
    assert.equal(asked?.rules.length, before + 1);
    assert.equal(program.rules.length, before);
    assert.ok(!program.relations.has(QUERY_RELATION));
  });

  for (const [text, expected] of [
    ["sen(x)", "check.unknown_relation sen"],
    ["seen(x, y)", "check.arity seen"],
    ["seen(x), !seen(y)", "check.ungrounded y"],
    ["seen(x), other(_, x)", "check.type_conflict x"],
    ["other(x, _) ; other(_, x)", "check.type_conflict x"],
    ["seen(x", "syntax.unexpected"],
    ["seen(x), x < y", "check.ungrounded y"],
  ] as const) {
    it(`refuses \`${text}\``, () => {
      const { program: asked, relation, diagnostics } = compileQuery(program, text);
      assert.deepEqual([asked, relation], [null, null]);
      assert.ok(
        diagnostics.some((one) => `${one.code} ${one.text}`.startsWith(expected)),
        diagnostics.map((one) => `${one.code} ${one.text}`).join(),
      );
    });
  }

  it("suggests the relation that was meant", () => {
    assert.match(compileQuery(program, "sen(x)").diagnostics[0]?.help ?? "", /`seen`/);
  });
});
