import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLp } from "../../../../../logic/language/lp/parse.ts";
import { printLp } from "../../../../../logic/language/lp/print.ts";
import { compileLp, lpProgram } from "../../../../support/answer_sets.ts";

function codes(text: string): string[] {
  return compileLp(text)
    .diagnostics.filter(({ severity }) => severity === "error")
    .map(({ code }) => code);
}

const INPUTS =
  "%! @input task(contract:symbol, id:symbol)\n%! @input slot(n:number)\n%! @input clash(contract:symbol, a:symbol, b:symbol)\n";
const CHOICE = "1 { at(C,T,S) : slot(S) } 1 :- task(C,T).\n";

test("what has several answer sets is parted from the rest, with its laws among the others", () => {
  const program = lpProgram(`${INPUTS}${CHOICE}:- clash(C,A,B), at(C,A,S), at(C,B,S).\nearly(S) :- slot(S), S < 9.\n:- early(S), S < 0.\n`);
  const [part, other] = program.answerSets ?? [];
  assert.equal(other, undefined);
  assert.deepEqual(part?.inputs, ["clash", "slot", "task"]);
  assert.deepEqual(
    part?.demands.map(({ law }) => law),
    ["t.choice_4", "t.constraint_5"],
  );
  assert.deepEqual(
    program.rules.map(({ head }) => head.relation),
    ["early", "t.constraint_7"],
  );
  assert.ok(!program.relations.has("at") && part?.relations.has("at") === true);
  assert.deepEqual(
    program.laws.map(({ id, span }) => [id, span.line]),
    [
      ["t.constraint_7", 7],
      ["t.choice_4", 4],
      ["t.constraint_5", 5],
    ],
  );
});

test("parts that share no relation but inputs are judged apart", () => {
  const program = lpProgram(`${INPUTS}${CHOICE}{ used(S) } :- slot(S). :- used(S), S > 3.\np :- not q. q :- not p.\n`);
  assert.deepEqual(
    program.answerSets?.map(({ demands }) => demands.map(({ law }) => law)),
    [["t.choice_4"], ["t.constraint_5"], ["t.rule_6", "t.rule_6_2"]],
  );
});

test("a conditional literal is a negation like any other where it may be", () => {
  const program = lpProgram(`${INPUTS}all :- task(C,T) : clash(C,T,_).\n:- not all.\n`);
  assert.equal(program.answerSets, undefined);
  assert.equal(program.rules.length, 3);
  assert.deepEqual(codes(`${INPUTS}a(S) :- slot(S), a(T) : slot(T), T > S.`), ["lp.clingo_only"]);
});

test("constants reach into choices, optimisation and conditions", () => {
  const program = lpProgram(
    `${INPUTS}#const most = 2.\n{ on(S) : slot(S), S < most } most.\n#maximize { most@most,S : on(S) }.\n:- on(S) : slot(S), S < most.\n`,
  );
  assert.deepEqual(
    program.answerSets?.[0]?.optimisations.map(({ goal }) => goal),
    ["maximise"],
  );
});

test("`@per` names what rules are local to, and rules that are not are refused", () => {
  const local = lpProgram(
    `${INPUTS}%! @per task(contract)\n${CHOICE}%! @law t.apart error "{contract}"\n:- clash(C,A,B), at(C,A,S), at(C,B,S).\n`,
  );
  assert.deepEqual(local.answerSets?.[0]?.per, { relation: "task", key: ["contract"] });
  assert.deepEqual(
    local.relations.get("t.apart")?.attributes.map(({ name }) => name),
    ["contract"],
  );
  const across = `${INPUTS}%! @per task(contract)\n{ at(C,T) } :- task(C,T).\n:- task(C,A), clash(D,A,_), at(C,A).\n`;
  assert.deepEqual(codes(across), ["check.per"]);
  assert.deepEqual(codes(across.replace("%! @per task(contract)\n", "")), []);
  for (const mark of ["task(contrakt)", "tasks(contract)"]) assert.deepEqual(codes(`${INPUTS}%! @per ${mark}\n${CHOICE}`), ["check.per"]);
  assert.deepEqual(codes(`${INPUTS}%! @per task(contract)\n%! @per task(id)\n${CHOICE}`), ["check.per"]);
  assert.deepEqual(
    parseLp("t.lp", "%! @per task contract\n").diagnostics.map(({ code }) => code),
    ["syntax.unexpected"],
  );
  assert.deepEqual(
    codes(`${INPUTS}%! @per task(contract)\n${CHOICE}%! @law t.apart error "{c}"\n:- clash(C,A,B), at(C,A,S), at(C,B,S).\n`),
    ["check.law_hole"],
  );
});

test("a misspelt relation does not load, in any place of a search", () => {
  for (const text of [
    "{ at(S) : slott(S) }.",
    "{ at(S) } :- slott(S).",
    ":~ slott(S). [1,S]",
    "#external at(S) : slott(S).",
    "a ; b :- slott(_).",
    "a :- slot(S) : slott(S).",
  ]) {
    assert.deepEqual(codes(`${INPUTS}${text}`), ["check.unknown_relation"], text);
  }
});

test("`@per` lines print as they read", () => {
  const { program } = parseLp("t.lp", "%! @per task(contract, id)\n");
  assert.equal(printLp(program), "%! @per task(contract, id)\n");
});
