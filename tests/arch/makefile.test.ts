import assert from "node:assert/strict";
import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./tree.ts";

const makefile = readFileSync(join(root, "Makefile"), "utf8");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const targets = ["demo", "test", "check", "lint", "types", "bench", "fuzz", "faults", "clean", "help"];

function described(text: string): string[] {
  return [...text.matchAll(/^([a-z]+):.*## \S/gm)].map((match) => match[1] as string);
}

test("every target exists and says what it does", () => {
  assert.deepEqual(described(makefile).toSorted(), targets.toSorted());
});

test("no target is taken for a file", () => {
  assert.deepEqual(/^\.PHONY: (.*)$/m.exec(makefile)?.[1]?.split(" ").toSorted(), targets.toSorted());
});

test("every script that the Makefile runs is declared", () => {
  const names = [...makefile.matchAll(/\$\(RUN\) ([\w:-]+)/g)].map((match) => match[1] as string);
  assert.ok(names.length >= 5);
  assert.deepEqual(
    names.filter((name) => manifest.scripts[name] === undefined),
    [],
  );
});

test("the pipeline's entry can be run and runs the tests", () => {
  accessSync(join(root, ".ci/run"), constants.X_OK);
  assert.match(readFileSync(join(root, ".ci/run"), "utf8"), /\bmake\b.*\btest\b/);
});

test("the checker finds a target without a word", () => {
  assert.deepEqual(described("demo: x\n\techo\nhelp: ## list\n"), ["help"]);
});
