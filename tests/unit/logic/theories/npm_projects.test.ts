import assert from "node:assert/strict";
import { test } from "node:test";
import { lockOf, npmProject, readNpm, SRI } from "../../../support/npm_project.ts";
import { TheoryOver } from "../../../support/theory_over.ts";

const theory = await TheoryOver.open("npm");

/** An entry of the lockfile that no law on its own speaks of. */
const entry = (version: string, more: object = {}) => ({ version, integrity: SRI, license: "MIT", ...more });
const app = (more: object) => ({ name: "app", version: "1.0.0", ...more });

async function violations(packages: Readonly<Record<string, object>>, manifest?: object) {
  const files = manifest === undefined ? {} : { "package.json": manifest };
  const { facts } = await readNpm(await npmProject({ ".nvmrc": "24.0.0", "package-lock.json": lockOf(packages), ...files }));
  return { facts, found: await theory.violations(facts) };
}

const lawful: Readonly<Record<string, readonly [packages: Readonly<Record<string, object>>, manifest?: object]>> = {
  "an alias, and the real package beside it in another version": [
    {
      "": app({ dependencies: { pad: "^2.0.0", pad1: "npm:pad@^1.0.0" } }),
      "node_modules/pad": entry("2.0.0"),
      "node_modules/pad1": entry("1.5.0", { name: "pad" }),
    },
  ],
  "a version nested where the one further out does not fit": [
    {
      "": app({ dependencies: { a: "1", pad: "2" } }),
      "node_modules/a": entry("1.0.0", { dependencies: { pad: "1" } }),
      "node_modules/a/node_modules/pad": entry("1.0.0"),
      "node_modules/pad": entry("2.0.0"),
    },
  ],
  "packages that depend on each other": [
    {
      "": app({ dependencies: { a: "1" } }),
      "node_modules/a": entry("1.0.0", { dependencies: { b: "1" } }),
      "node_modules/b": entry("1.0.0", { dependencies: { a: "1" } }),
    },
  ],
  "a package that ships its dependencies, which have no hashes and stay as they came": [
    {
      "": app({ dependencies: { a: "1", b: "2" } }),
      "node_modules/a": entry("1.0.0", { bundleDependencies: ["b"], dependencies: { b: "1" } }),
      "node_modules/a/node_modules/b": { version: "1.0.0", license: "MIT", inBundle: true, dependencies: { c: "1" } },
      "node_modules/a/node_modules/c": { version: "1.0.0", license: "MIT", inBundle: true },
      "node_modules/b": entry("2.0.0"),
    },
    { dependencies: { a: "1", b: "2" }, overrides: { c: "3.0.0" } },
  ],
  "workspaces that depend on each other, with development dependencies of their own": [
    {
      "": app({ workspaces: ["packages/*"] }),
      "node_modules/@app/a": { resolved: "packages/a", link: true },
      "node_modules/@app/b": { resolved: "packages/b", link: true },
      "node_modules/pad": entry("1.0.0"),
      "node_modules/uvu": entry("0.5.0", { dev: true }),
      "packages/a": { name: "@app/a", version: "1.0.0", dependencies: { "@app/b": "^1.0.0" }, devDependencies: { uvu: "^0.5.0" } },
      "packages/b": { name: "@app/b", version: "1.2.0", dependencies: { pad: "1" } },
    },
  ],
  "a folder and a tarball asked for by file:": [
    {
      "": app({ dependencies: { tool: "file:tools/tool", pad: "file:pad-1.0.0.tgz" } }),
      "node_modules/pad": entry("1.0.0", { resolved: "file:pad-1.0.0.tgz" }),
      "node_modules/tool": { resolved: "tools/tool", link: true },
      "tools/tool": { name: "tool", version: "0.1.0" },
    },
  ],
  "a repository, by its commit and by a range of its versions": [
    {
      "": app({ dependencies: { a: "github:o/a", b: "o/b#semver:^2.0.0" } }),
      "node_modules/a": { version: "1.0.0", license: "MIT", resolved: `git+ssh://git@github.com/o/a.git#${"a".repeat(40)}` },
      "node_modules/b": { version: "2.1.0", license: "MIT", resolved: `git+ssh://git@github.com/o/b.git#${"b".repeat(40)}` },
    },
  ],
  "a tarball by its URL": [
    {
      "": app({ dependencies: { a: "https://example.org/a.tgz" } }),
      "node_modules/a": entry("1.0.0", { resolved: "https://example.org/a.tgz" }),
    },
  ],
  "an optional peer that is not there, and one that is": [
    {
      "": app({ dependencies: { a: "1", c: "1" } }),
      "node_modules/a": entry("1.0.0", {
        peerDependencies: { b: "1", c: "1" },
        peerDependenciesMeta: { b: { optional: true }, c: { optional: true } },
      }),
      "node_modules/c": entry("1.0.0"),
    },
  ],
  "a peer that npm installed by itself": [
    {
      "": app({ dependencies: { a: "1" } }),
      "node_modules/a": entry("1.0.0", { peerDependencies: { b: "1" } }),
      "node_modules/b": entry("1.0.0", { peer: true }),
    },
  ],
  "overrides: for all, below one package, and for a range": [
    {
      "": app({ dependencies: { a: "1", b: "1", pad: "1", semver: "6" } }),
      "node_modules/a": entry("1.0.0", { dependencies: { pad: "1", tiny: "1" } }),
      "node_modules/a/node_modules/pad": entry("3.0.0"),
      "node_modules/b": entry("1.0.0", { dependencies: { pad: "1" } }),
      "node_modules/pad": entry("1.0.0"),
      "node_modules/semver": entry("6.3.1"),
      "node_modules/tiny": entry("9.0.0"),
    },
    { dependencies: { a: "1", b: "1", pad: "1", semver: "6" }, overrides: { tiny: "9.0.0", a: { pad: "3.0.0" }, "semver@6": "6.3.1" } },
  ],
  "optional packages, of which one needs others and one is for other machines": [
    {
      "": app({ optionalDependencies: { a: "1", other: "1", absent: "1" } }),
      "node_modules/a": entry("1.0.0", { optional: true, dependencies: { b: "1" } }),
      "node_modules/b": entry("1.0.0", { optional: true }),
      "node_modules/other": entry("1.0.0", { optional: true, os: ["aix"], engines: { node: "^4" }, hasInstallScript: true }),
    },
  ],
  "a tag, which can be anything": [{ "": app({ dependencies: { a: "next" } }), "node_modules/a": entry("0.0.1-canary.5") }],
  "a prerelease where any version will do": [{ "": app({ dependencies: { a: "*" } }), "node_modules/a": entry("2.0.0-beta.1") }],
};

for (const [name, [packages, manifest]] of Object.entries(lawful)) {
  test(`lawful: ${name}`, async () => {
    assert.deepEqual((await violations(packages, manifest)).found, []);
  });
}

test("lawful: a folder outside the project, whose dependencies are beside it", async () => {
  const { found, facts } = await violations({
    "": app({ dependencies: { w: "file:../w" } }),
    "../w": { name: "w", version: "1.0.0", dependencies: { pad: "1" } },
    "../w/node_modules/pad": entry("1.0.0"),
    "node_modules/w": { resolved: "../w", link: true },
  });
  assert.deepEqual(found, []);
  assert.deepEqual(await theory.derived(facts, "resolves"), ["../w pad ../w/node_modules/pad", " w node_modules/w"].toSorted());
});

test("refused: an override below one package that another is given too", async () => {
  const { found } = await violations(
    {
      "": app({ dependencies: { a: "1", b: "1" } }),
      "node_modules/a": entry("1.0.0", { dependencies: { pad: "1" } }),
      "node_modules/b": entry("1.0.0", { dependencies: { pad: "1" } }),
      "node_modules/pad": entry("3.0.0"),
    },
    { dependencies: { a: "1", b: "1" }, overrides: { a: { pad: "3.0.0" } } },
  );
  assert.deepEqual(found, [
    { law: "npm.range", witness: { path: "node_modules/b", name: "pad", spec: "1", found: "node_modules/pad", version: "3.0.0" } },
  ]);
});

test("refused: a repository asked for, and another locked", async () => {
  const resolved = `git+ssh://git@github.com/evil/a.git#${"a".repeat(40)}`;
  const { found } = await violations({
    "": app({ dependencies: { a: "github:o/a" } }),
    "node_modules/a": { version: "1.0.0", license: "MIT", resolved },
  });
  assert.deepEqual(
    found.map(({ law }) => law),
    ["npm.range", "npm.source"],
  );
});

test("refused: a folder asked for, and another linked", async () => {
  const { found } = await violations({
    "": app({ dependencies: { tool: "file:tools/tool" } }),
    "node_modules/tool": { resolved: "tools/evil", link: true },
    "tools/evil": { name: "tool", version: "0.1.0" },
  });
  assert.deepEqual(
    found.map(({ law }) => law),
    ["npm.range"],
  );
});
