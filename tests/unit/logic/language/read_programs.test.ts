import assert from "node:assert/strict";
import { posix } from "node:path";
import { test } from "node:test";
import { type ProgramFile, readPrograms } from "../../../../logic/language/read_programs.ts";
import { type Limits, limitsWith } from "../../../../schema/limits.ts";

/** Reads programs out of a map from path to text. */
function read(files: Readonly<Record<string, string>>, entry: readonly string[], limits: Limits = limitsWith()) {
  const file = (path: string): ProgramFile | null => (Object.hasOwn(files, path) ? { path, text: files[path] ?? "" } : null);
  const { programs, diagnostics } = readPrograms(
    entry.map((path) => file(path) ?? { path, text: "" }),
    (from, path) => file(posix.join(posix.dirname(from), path)),
    limits,
  );
  const codes = diagnostics.filter((one) => one.severity === "error").map((one) => `${one.code} ${one.span.file}:${one.span.line}`);
  return { programs, files: programs.map((program) => program.file), codes };
}

test("included files are read once, before their includers, relative to them", () => {
  const files = {
    "a.dl": '.include "x/b.dl"\n.include "x/c.dl"',
    "x/b.dl": '#include "c.dl"\nb(1).',
    "x/c.dl": "c(1).",
    "d.lp": '#include "e.lp".',
    "e.lp": "e(1).",
  };
  const { files: read_, codes } = read(files, ["a.dl", "x/b.dl", "d.lp"]);
  assert.deepEqual(codes, []);
  assert.deepEqual(read_, ["x/c.dl", "x/b.dl", "a.dl", "e.lp", "d.lp"]);
});

test("a missing file, a cycle and an unknown language are errors at their places", () => {
  assert.deepEqual(read({ "a.dl": '\n.include "b.dl"' }, ["a.dl"]).codes, ["syntax.include_missing a.dl:2"]);
  assert.deepEqual(read({ "a.dl": '.include "b.dl"', "b.dl": '\n\n.include "a.dl"' }, ["a.dl"]).codes, ["syntax.include_cycle b.dl:3"]);
  assert.deepEqual(read({ "a.dl": '.once\n.include "b.dl"', "b.dl": '.include "a.dl"' }, ["a.dl"]).codes, []);
  assert.deepEqual(read({ "a.dl": '.include "a.dl"' }, ["a.dl"]).codes, ["syntax.include_cycle a.dl:1"]);
  assert.deepEqual(read({ "a.txt": "p(1)." }, ["a.txt"]).codes, ["syntax.unknown_language a.txt:1"]);
});

test("a file of another ending has its includer's language", () => {
  const { programs, codes } = read({ "a.dl": '.include "b.inc"', "b.inc": "b(1)." }, ["a.dl"]);
  assert.deepEqual(codes, []);
  assert.deepEqual(
    programs.map((program) => program.dialect),
    ["dl", "dl"],
  );
});

test("constants of included files are visible behind the include, however the files are ordered", () => {
  const files = { "a.dl": 'p(N).\n.include "n.dl"\np(N).', "n.dl": '.include "m.dl"\n#define N (M + 1)', "m.dl": "#define M 1" };
  for (const entry of [["a.dl"], ["m.dl", "n.dl", "a.dl"]]) {
    const { programs, codes } = read(files, entry);
    assert.deepEqual(codes, []);
    const rules = programs.find((program) => program.file === "a.dl")?.items.filter((item) => item.kind === "rule");
    assert.deepEqual(
      rules?.map((rule) => rule.heads[0]?.args[0]?.kind),
      ["variable", "constant"],
    );
  }
});

test("a constant is not pasted into included files, and that is no silent matter", () => {
  const files = { "a.dl": '#define N 1\n.include "b.dl"', "b.dl": '.include "c.dl"', "c.dl": "p(x) :- q(x, N)." };
  assert.deepEqual(read(files, ["a.dl"]).codes, ["syntax.constant a.dl:2"]);
  assert.deepEqual(read({ ...files, "c.dl": "p(x) :- q(x, M)." }, ["a.dl"]).codes, []);
});

test("a constant of two files is ambiguous where an include brings it, and nowhere else", () => {
  const files = { "a.dl": "#define N 1\np(N).", "b.dl": "#define N 2\np(N).", "c.dl": '\n.include "b.dl"\np(N).' };
  assert.deepEqual(read(files, ["a.dl", "b.dl"]).codes, []);
  assert.deepEqual(read(files, ["a.dl", "c.dl"]).codes, ["syntax.constant c.dl:2"]);
});

test("bounds: files, nesting of includes, diagnostics", () => {
  const chain = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}.dl`, `.include "f${index + 1}.dl"`]));
  assert.deepEqual(read({ ...chain, "f20.dl": "" }, ["f0.dl"], limitsWith({ program_files: 5 })).codes, ["limit.program_files f4.dl:1"]);
  assert.deepEqual(read({ ...chain, "f20.dl": "" }, ["f0.dl"], limitsWith({ program_depth: 5 })).codes, ["limit.program_depth f4.dl:1"]);
  const many = read({ "a.dl": "& & &", "b.dl": "& & &" }, ["a.dl", "b.dl"], limitsWith({ diagnostics: 4 }));
  assert.deepEqual(
    many.codes.map((code) => code.split(" ")[0]),
    ["syntax.character", "syntax.character", "syntax.character", "syntax.character", "limit.diagnostics"],
  );
});
