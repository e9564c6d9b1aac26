import assert from "node:assert/strict";
import { test } from "node:test";
import { functionsOf } from "./functions.ts";
import { tidyFindings } from "./tidy_rules.ts";
import { source, sourceFiles } from "./tree.ts";

test("the tree is tidy", () => {
  const files = sourceFiles();
  assert.ok(files.length >= 20, `read ${files.length} files`);
  assert.ok(files.flatMap(functionsOf).length >= files.length, "measured too few functions");
  // Its samples are untidy on purpose.
  const findings = files.filter((file) => file.path !== "tests/arch/tidy.test.ts").flatMap(tidyFindings);
  assert.deepEqual(findings, []);
});

const lines = (count: number): string => "  x();\n".repeat(count);

for (const [name, text] of [
  ["a long file", "//\n".repeat(401)],
  ["a long function", `function f(a: number): Promise<{ b: string }> {\n${lines(60)}}`],
  ["a long method", `class C {\n  async m<T>(a: T): Promise<T> {\n${lines(60)}  }\n}`],
  ["a long arrow", `const f = (a: number): string => {\n${lines(60)}};`],
  ["a long arrow with an expression", `const f = (a) =>\n  [\n${"  1,\n".repeat(60)}];`],
  ["the clock", "const t = Date.now();"],
  ["the clock by another way", "const t = new Date();"],
  ["chance", "const t = Math.random();"],
  ["a random id", 'import { randomUUID } from "node:crypto";'],
  ["the console", 'console.log("x");'],
  ["a leftover note", "// TODO later"],
  ["a leftover message", 'throw new Error("not implemented");'],
  ["an unsafe type", "const x: any = 1;"],
  ["an unsafe cast", "const x = y as any;"],
  ["a silenced compiler", "// @ts-ignore"],
  ["a lonely test", 'test.only("x", () => {});'],
  ["a skipped test", 'test("x", { skip: true }, () => {});'],
] as const) {
  test(`the checker finds: ${name}`, () => {
    assert.equal(tidyFindings(source("logic/a.ts", text)).length, 1);
  });
}

test("the checker passes what is allowed", () => {
  const text = [
    `function f(): void {\n${lines(58)}}`,
    "const s = `Date.now() $\u007bPromise.any([])} console`;",
    "const r = /Math.random/g;",
    "const d = new Date(0);",
    'test("x", { skip: process.platform === "win32" && "needs kill -9" }, () => {});',
  ].join("\n");
  assert.deepEqual(tidyFindings(source("logic/a.ts", text)), []);
});

test("functions are measured from their parameters to their last brace", () => {
  const text =
    "if (a) {\n}\nfor (const a of b) {\n}\nexport function f(\n  a: { b: string },\n): { c: number } {\n}\nconst g = async (x) => {\n};\n";
  assert.deepEqual(
    functionsOf(source("logic/a.ts", text)).map((found) => [found.line, found.lines]),
    [
      [5, 4],
      [9, 2],
    ],
  );
});
