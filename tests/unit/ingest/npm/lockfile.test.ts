import assert from "node:assert/strict";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { npmAdapter } from "../../../../ingest/npm/adapter.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { lockOf, npmProject, readNpm } from "../../../support/npm_project.ts";

const failure = (code: string, place: string | null) => (error: unknown) => {
  assert.ok(error instanceof AssayError, String(error));
  assert.deepEqual({ code: error.code, place: error.place }, { code, place });
  return true;
};

const root = { "": { name: "app", version: "1.0.0" } };

for (const [name, content, code, place] of [
  ["version 1", { name: "a", lockfileVersion: 1, dependencies: {} }, "npm.lockfile_v1", "package-lock.json:3"],
  ["no version, but dependencies", { dependencies: {} }, "npm.lockfile_v1", "package-lock.json:1"],
  ["a version of the future", lockOf(root, 4), "npm.lockfile_version", "package-lock.json:4"],
  ["a version that is a text", lockOf(root, "3"), "npm.lockfile_version", "package-lock.json:4"],
  ["no packages", { lockfileVersion: 3 }, "npm.lockfile_shape", "package-lock.json:1"],
  ["packages that are a list", { lockfileVersion: 3, packages: [] }, "npm.lockfile_shape", "package-lock.json:3"],
  ["a list", [], "npm.lockfile_shape", "package-lock.json:1"],
  ["a truncated file", JSON.stringify(lockOf(root), null, 2).slice(0, 90), "json.syntax", "package-lock.json:6:3"],
  ["an entry twice", '{"lockfileVersion": 3, "packages": {\n"a": {},\n"a": {}}}', "json.duplicate_key", "package-lock.json:3:1"],
  ["bytes that are not UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), "json.not_utf8", "package-lock.json:1"],
] as const) {
  test(`refused: a lockfile with ${name}`, async () => {
    const directory = await npmProject({ "package-lock.json": content });
    await assert.rejects(readNpm(directory), failure(code, place));
  });
}

test("a path without a lockfile is refused, and is not accepted", async () => {
  const directory = await npmProject({ "other.json": {} });
  for (const path of [directory, join(directory, "other.json"), join(directory, "absent")]) {
    assert.equal(await npmAdapter.accepts(path), false);
    await assert.rejects(readNpm(path), failure("npm.lockfile_missing", path));
  }
});

test("the lockfile and its folder are both accepted, and npm-shrinkwrap.json comes first", async () => {
  const directory = await npmProject({ "package-lock.json": lockOf({}), "npm-shrinkwrap.json": lockOf(root) });
  assert.equal(await npmAdapter.accepts(directory), true);
  assert.equal(await npmAdapter.accepts(join(directory, "package-lock.json")), true);
  assert.deepEqual((await readNpm(directory)).places.get("package"), ["npm-shrinkwrap.json:9"]);
});

test("version 2 is read by its packages, and what it keeps for npm 6 is left alone", async () => {
  const lock = { ...lockOf(root, 2), dependencies: { old: { version: "1.0.0" } } };
  const read = await readNpm(await npmProject({ "package-lock.json": lock }));
  assert.deepEqual(read.facts.get("package"), [["", "app", "1.0.0"]]);
});

test("a part that is not of npm's form is set aside, and the rest is read", async () => {
  const packages = {
    ...root,
    "node_modules/a": 5,
    "node_modules/b": { version: 2, dependencies: { c: 1, d: "^1.0.0" } },
    "node_modules/l": { link: true },
  };
  const read = await readNpm(await npmProject({ "package-lock.json": lockOf(packages) }));
  const aside = read.quarantined.map(({ code, place, text }) => [code, place, text]);
  assert.deepEqual(aside, [
    ["npm.entry", "package-lock.json:11", "5"],
    ["npm.entry", "package-lock.json:13", "2"],
    ["npm.entry", "package-lock.json:15", "c"],
    ["npm.entry", "package-lock.json:19", "node_modules/l"],
  ]);
  assert.deepEqual(read.facts.get("depends"), [["node_modules/b", "d", "^1.0.0", "prod"]]);
});

test("a lockfile that may not be read is refused", { skip: process.getuid?.() === 0 && "root may read everything" }, async () => {
  const directory = await npmProject({ "package-lock.json": lockOf(root) });
  const file = join(directory, "package-lock.json");
  await chmod(file, 0);
  await assert.rejects(readNpm(directory), failure("npm.unreadable", file));
});
