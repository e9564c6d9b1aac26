import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { compileTheories, findTheory, withNeeds } from "../../logic/theory.ts";
import { presentSouffle } from "../support/souffles.ts";

const souffle = presentSouffle();
const skip = souffle === null ? "souffle is not on this machine" : false;
const theories = resolve(import.meta.dirname, "../../logic/theories");

/** Runs program files as they are, over empty facts, and gives the names of what was written, each with its text. */
function run(command: string, files: readonly string[], inputs: readonly string[], outputs: readonly string[]): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "assay-shipped-"));
  try {
    for (const name of inputs) writeFileSync(join(folder, `${name}.facts`), "");
    const driver = join(folder, "all.dl");
    writeFileSync(driver, [...files.map((file) => `.include "${file}"`), ...outputs.map((name) => `.output ${name}`), ""].join("\n"));
    const ran = spawnSync(command, ["--no-preprocessor", "--no-warn", "-F", folder, "-D", folder, driver], {
      encoding: "utf8",
      timeout: 60_000,
    });
    assert.equal(ran.status, 0, ran.stderr);
    const written = readdirSync(folder).filter((name) => name.endsWith(".csv"));
    return new Map(written.map((name) => [name.slice(0, -".csv".length), readFileSync(join(folder, name), "utf8")]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("Soufflé runs the .dl files of the npm theory unchanged, and its laws are silent where nothing is installed", { skip }, async () => {
  if (souffle === null) return;
  const { program } = compileTheories(await withNeeds([await findTheory("npm")]));
  assert.ok(program !== null);
  const files = readdirSync(join(theories, "npm")).filter((name) => name.endsWith(".dl"));
  const inputs = [...program.relations.values()].filter(({ role }) => role === "base").map(({ name }) => name);
  const laws = program.laws.map(({ relation }) => relation).filter((name) => !name.startsWith("key."));
  const written = run(
    souffle.command,
    files.map((name) => join(theories, "npm", name)),
    inputs,
    laws,
  );
  assert.ok(laws.length > 5);
  for (const law of laws) assert.equal(written.get(law), "", law);
});

for (const theory of readdirSync(theories).filter((name) => name !== "npm")) {
  const needed = (await withNeeds([await findTheory(theory)])).map(({ name }) => join(theories, name));
  const files = needed.flatMap((folder) => readdirSync(folder).flatMap((name) => (name.endsWith(".dl") ? [join(folder, name)] : [])));
  test(`Soufflé runs the .dl files of the theory ${theory} unchanged`, { skip: files.length === 0 ? "it has none" : skip }, () => {
    if (souffle === null) return;
    const inputs = files.flatMap((file) =>
      [...readFileSync(file, "utf8").matchAll(/^\.input ([\w, ]+)/gmu)].flatMap((match) => (match[1] ?? "").split(/, */u)),
    );
    run(souffle.command, files, inputs, []);
  });
}
