import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readNpm } from "../../support/npm_project.ts";
import { TheoryOver } from "../../support/theory_over.ts";

// Real lockfiles, as npm 11 wrote them. Every finding in the expected.json beside each was checked by hand; README.md says how.
// ASSAY_WRITE_GOLDEN=1 writes them anew, to be read before it is committed.
const cases = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
/** The machine that the lockfiles are judged for, whichever one runs this. */
const MACHINE = [
  ["os", "linux"],
  ["cpu", "x64"],
  ["libc", "glibc"],
];
const theory = await TheoryOver.open("npm");

test("there are real lockfiles", () => {
  assert.ok(cases.length >= 4);
});

for (const { name } of cases) {
  test(`a real lockfile: ${name}`, async () => {
    const directory = join(import.meta.dirname, name);
    const { facts, quarantined } = await readNpm(directory);
    assert.deepEqual(quarantined, []);
    const found = (await theory.violations(new Map(facts).set("platform", MACHINE)))
      .map(({ law, witness }) => [law, ...Object.values(witness)].join(" | "))
      .toSorted();
    const file = join(directory, "expected.json");
    if (process.env["ASSAY_WRITE_GOLDEN"] === "1") writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
    assert.deepEqual(found, JSON.parse(readFileSync(file, "utf8")));
  });
}

test("the lockfile of this repository is lawful, installed as it is", async () => {
  const { facts, quarantined } = await readNpm(".");
  const installed = facts.get("installed")?.length ?? 0;
  assert.ok(installed >= 100, `measured ${installed} packages`);
  assert.deepEqual(quarantined, []);
  assert.deepEqual(await theory.violations(facts), []);
});
