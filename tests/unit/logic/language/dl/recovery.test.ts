import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDl } from "../../../../../logic/language/dl/parse.ts";
import { limitsWith } from "../../../../../schema/limits.ts";
import { codesOf } from "../../../../support/dl_text.ts";

test("every error of a file comes in one run, each at its place", () => {
  const text = [
    "p(1",
    ".decl a(x:number",
    "a(1).",
    ".decl b(x:)",
    "b(x) :- a(x) c(x),",
    "  d(x).",
    "b(1) a(2).",
    "& ~~ b(é).",
    ".input a b",
    "a(2)",
  ].join("\n");
  assert.deepEqual(codesOf(text), [
    "syntax.unexpected 2:1 .decl",
    "syntax.unexpected 3:1 a",
    "syntax.unexpected 4:11 )",
    "syntax.unexpected 5:14 c",
    "syntax.unexpected 7:6 a",
    "syntax.character 8:1 &",
    "syntax.character 8:3 ~~",
    "syntax.character 8:8 é",
    "syntax.unexpected 10:1 a",
    "syntax.unexpected 10:5 ",
  ]);
});

test("what could be read is kept", () => {
  const { program } = parseDl("a.dl", "p(1).\np(2\n.decl p(x:number)\nq( .\nr(1).\n");
  assert.deepEqual(
    program.items.map((item) => (item.kind === "rule" ? item.heads[0]?.relation : item.kind)),
    ["p", "relation", "r"],
  );
});

test("a string ends on its line, a comment at its end", () => {
  assert.deepEqual(codesOf('p("a).\nq("b").'), ['syntax.unterminated 1:3 "a).', "syntax.unexpected 2:1 q"]);
  assert.deepEqual(codesOf("p(1). /* never"), ["syntax.unterminated 1:7 /*"]);
  assert.deepEqual(codesOf("p(1). /* a */ // b /* c\n/* **/ p(/* x */2). /*/ p( */"), []);
});

test("spans count lines of every ending and UTF-16 columns", () => {
  assert.deepEqual(codesOf('// é\r\n// 😀\rp("😀" &).'), ["syntax.character 3:8 &"]);
  const { diagnostics } = parseDl("a.dl", "\uFEFFp(&1).");
  assert.deepEqual(
    diagnostics.map(({ span, code }) => [code, span.offset, span.length]),
    [["syntax.character", 3, 1]],
  );
});

test("bounds are errors with their names", () => {
  const code = (text: string, limits = limitsWith()): (string | undefined)[] =>
    parseDl("a.dl", text, { limits }).diagnostics.map((one) => one.code);
  assert.deepEqual(code(`p(${"(".repeat(300)}1${")".repeat(300)}).`), ["limit.program_depth"]);
  assert.deepEqual(code(`p() :- ${"!".repeat(300)}q().`), ["limit.program_depth"]);
  assert.deepEqual(code(`p(${"1 + ".repeat(300)}1).`), ["limit.program_depth"]);
  assert.deepEqual(code(`p(${"1 ^ ".repeat(300)}1).`), ["limit.program_depth"]);
  assert.deepEqual(code(`p(${"(1 + ".repeat(120)}1${" + 1) + 1".repeat(120)}).`), ["limit.program_depth"]);
  assert.deepEqual(code(`p(${"max(1, ".repeat(150)}1${")".repeat(150)}).`), []);
  assert.deepEqual(code("p(1).", limitsWith({ program_bytes: 4 })), ["limit.program_bytes"]);
  assert.deepEqual(code("p(é).", limitsWith({ program_bytes: 5 })), ["limit.program_bytes"]);
  assert.deepEqual(code("& & & &", limitsWith({ diagnostics: 2 })), ["syntax.character", "syntax.character", "limit.diagnostics"]);
});

test("hostile text gives diagnostics, in time that grows with its length", () => {
  const units = 256 * 1024;
  for (const part of ["(", "[", "{", ".", ". ", "\0", "\ud800", '"', "/*", "#\n", "-", "a.", "///\n", "& ", ".comp ", "p("]) {
    const { diagnostics } = parseDl("a.dl", part.repeat(units / part.length));
    assert.ok(part === "///\n" || diagnostics.some((one) => one.severity === "error"), part);
    assert.ok(diagnostics.length <= 1001, part);
  }
  assert.deepEqual(codesOf(`p() :- ${"q(), ".repeat(150_000)}q().`), []);
});
