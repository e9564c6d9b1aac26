import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { importCycles, importFindings, importsOf, roomOf } from "./import_rules.ts";
import { root, source, sourceFiles } from "./tree.ts";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};
const runtime = new Set(Object.keys(manifest.dependencies));
const all = new Set([...runtime, ...Object.keys(manifest.devDependencies)]);

test("the imports of the tree keep the rules of the map", () => {
  const files = sourceFiles();
  assert.ok(files.length >= 20, `read ${files.length} files`);
  assert.ok(files.flatMap(importsOf).length >= files.length, "read too few imports");
  const findings = files.flatMap((file) => importFindings(file, /^(tests|benchmarks)\//.test(file.path) ? all : runtime));
  assert.deepEqual(findings, []);
});

test("no folders import each other in a circle when run", () => {
  assert.deepEqual(importCycles(sourceFiles()), []);
});

test("every runtime dependency is imported somewhere", () => {
  const imported = new Set(sourceFiles().flatMap((file) => importsOf(file).map((found) => found.specifier)));
  const names = [...runtime].filter(
    (name) => name !== "node" && ![...imported].some((text) => text === name || text.startsWith(`${name}/`)),
  );
  assert.deepEqual(names, []);
});

for (const [name, path, text] of [
  ["schema imports ours", "schema/a.ts", 'import { x } from "../logic/b.ts";'],
  ["logic imports verify", "logic/engines/a.ts", 'import type { X } from "../../verify/b.ts";'],
  ["ingest imports verify", "ingest/a.ts", 'const b = await import("../verify/b.ts");'],
  ["source imports tests", "api/cli/a.ts", 'import "../../tests/b.ts";'],
  ["a heavy package outside its folder", "logic/engines/a.ts", 'import { DuckDBInstance } from "@duckdb/node-api";'],
  ["an undeclared package", "api/a.ts", 'import x from "left-pad/lib";'],
  ["a missing extension", "api/a.ts", 'import { x } from "./b";'],
  ["a barrel by name", "api/index.ts", "export const x = 1;"],
  ["a barrel by content", "api/all.ts", 'export * from "./b.ts";\nexport { c } from "./c.ts";'],
] as const) {
  test(`the checker finds: ${name}`, () => {
    assert.equal(importFindings(source(path, text), all).length, 1);
  });
}

test("the checker passes what is allowed", () => {
  const text = [
    'import { DuckDBInstance } from "@duckdb/node-api";',
    'import { x } from "../../schema/b.ts";',
    '// import { y } from "../../api/b.ts";',
    'const s = `import { y } from "../../api/b.ts"`;',
    "const here = import.meta.dirname;",
    'export { z } from "./z.ts";',
  ].join("\n");
  const file = source("verify/store/a.ts", text);
  assert.deepEqual(importFindings(file, all), []);
  assert.equal(importsOf(file).length, 3);
  assert.equal(roomOf(file.path), "verify");
});

test("the checker finds a circle of folders and ignores one of types or within a folder", () => {
  const a = source("api/a.ts", 'import { b } from "./cli/b.ts";');
  assert.equal(importCycles([a, source("api/cli/b.ts", 'import { a } from "../a.ts";')]).length, 1);
  assert.equal(importCycles([a, source("api/cli/b.ts", 'import type { a } from "../a.ts";')]).length, 0);
  const c = source("api/c.ts", 'import { d } from "./d.ts";');
  assert.equal(importCycles([c, source("api/d.ts", 'import { c } from "./c.ts";')]).length, 0);
});
