import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DiagnosticSink } from "../../../../logic/language/diagnostic_sink.ts";
import { checkHoles, type Marks, messageHoles, readMarks } from "../../../../logic/language/marks.ts";

const span = { file: "m.dl", offset: 0, length: 1, line: 1, column: 1 };

function read(name: string, rest: string): { marks: Marks; codes: string[] } {
  const sink = new DiagnosticSink();
  const marks = readMarks([{ name, rest, span }], sink);
  return { marks, codes: sink.list().map((one) => one.code) };
}

describe("marks", () => {
  it("reads a law with its id, severity and message", () => {
    const { marks, codes } = read("law", 'npm.integrity error "{name}@{version} has \\"no\\" hash"');
    assert.deepEqual(codes, []);
    assert.deepEqual(marks.laws, [{ id: "npm.integrity", severity: "error", message: '{name}@{version} has "no" hash', span }]);
    assert.equal(read("law", 'a-b.c_d warn "m"').marks.laws[0]?.severity, "warn");
  });

  for (const rest of [
    "",
    "id",
    "id error",
    'id error m"',
    'id fatal "m"',
    '1d error "m"',
    'a..b error "m"',
    'id error "m" more',
    'id error "\\x"',
  ]) {
    it(`refuses the law mark \`${rest}\``, () => {
      const { marks, codes } = read("law", rest);
      assert.deepEqual(codes, ["check.mark_malformed"]);
      assert.deepEqual(marks.laws, []);
    });
  }

  it("suggests the severity that was meant", () => {
    const sink = new DiagnosticSink();
    readMarks([{ name: "law", rest: 'id warning "m"', span }], sink);
    assert.match(sink.list()[0]?.help ?? "", /`warn`/);
  });

  it("reads a key of one or more attributes", () => {
    assert.deepEqual(read("key", "(a)").marks.keys, [{ attributes: ["a"], span }]);
    assert.deepEqual(read("key", "( a , b_2 )").marks.keys, [{ attributes: ["a", "b_2"], span }]);
  });

  for (const rest of ["", "()", "(a", "a", "(a,)", "(a, a)", "(a b)", "(a) b"]) {
    it(`refuses the key mark \`${rest}\``, () => {
      assert.deepEqual(read("key", rest).codes, ["check.mark_malformed"]);
    });
  }

  it("reads a default of a text or a number", () => {
    assert.deepEqual(read("default", '(a, "x, \\n(y)")').marks.defaults, [
      { attribute: "a", value: { kind: "text", text: "x, \n(y)" }, span },
    ]);
    assert.deepEqual(read("default", "(a, -12)").marks.defaults[0]?.value, { kind: "numeral", text: "-12" });
    assert.deepEqual(read("default", "(a, 1.5e3)").marks.defaults[0]?.value, { kind: "numeral", text: "1.5e3" });
  });

  for (const rest of ["", "(a)", "(a, )", "(a, b)", "(a, 'x')", "(, 1)"]) {
    it(`refuses the default mark \`${rest}\``, () => {
      assert.deepEqual(read("default", rest).codes, ["check.mark_malformed"]);
    });
  }

  it("reads what repairs pay", () => {
    assert.equal(read("repair", " cost=7").marks.repairs[0]?.cost, 7);
    assert.equal(read("repair", " never").marks.repairs[0]?.cost, "never");
    for (const rest of ["", " cost=0", " cost=1001", " cost=x", " always"])
      assert.deepEqual(read("repair", rest).codes, ["check.mark_malformed"]);
  });

  it("passes over reserved marks and refuses unknown ones with the nearest", () => {
    for (const name of ["per", "input", "doc"]) assert.deepEqual(read(name, "anything").codes, []);
    const sink = new DiagnosticSink();
    readMarks([{ name: "lwa", rest: "", span }], sink);
    assert.deepEqual(
      sink.list().map((one) => one.code),
      ["check.mark_unknown"],
    );
    assert.match(sink.list()[0]?.help ?? "", /`@law`/);
  });

  it("finds the holes of a message and those that name no attribute", () => {
    assert.deepEqual(messageHoles("{a} and {b}, {} {a}"), ["a", "b", "", "a"]);
    assert.deepEqual(messageHoles("{a/6} of {b/x}"), ["a", "b/x"]);
    const sink = new DiagnosticSink();
    checkHoles({ id: "l", severity: "error", message: "{a} {bx} {}", span }, ["a", "b"], sink);
    assert.deepEqual(
      sink.list().map((one) => `${one.code} ${one.text}`),
      ["check.law_hole {bx}", "check.law_hole {}"],
    );
    assert.match(sink.list()[0]?.help ?? "", /`b`/);
  });
});
