import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { npmAdapter } from "../../../../ingest/npm/adapter.ts";
import { AssayError } from "../../../../schema/assay_error.ts";
import { limitsWith } from "../../../../schema/limits.ts";
import { lockOf, npmProject, placesOf, readNpm, rowsOf, SRI } from "../../../support/npm_project.ts";

const root = { "": { name: "app", version: "1.0.0" } };
const events = (read: { events: readonly { code: string }[] }) => read.events.map(({ code }) => code);

test("each fact of the lockfile has the line that says it", async () => {
  const entry = {
    version: "1.3.0",
    resolved: "https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz",
    integrity: SRI,
    dev: true,
    license: "WTFPL",
    dependencies: { "is-odd": "^3.0.0" },
    engines: { node: ">=4" },
    bin: { pad: "./cli.js" },
    hasInstallScript: true,
  };
  const read = await readNpm(await npmProject({ "package-lock.json": lockOf({ ...root, "node_modules/left-pad": entry }) }));
  const path = "node_modules/left-pad";
  const expected = {
    package: [[path, "left-pad", "1.3.0"], 12],
    resolved: [[path, entry.resolved], 13],
    resolved_package: [[path, "left-pad", "1.3.0"], 13],
    integrity: [[path, "sha512", SRI.slice(7)], 14],
    licence: [[path, "WTFPL"], 16],
    depends: [[path, "is-odd", "^3.0.0", "prod"], 18],
    engines: [[path, ">=4"], 21],
    bin: [[path, "pad", "cli.js"], 24],
  } as const;
  for (const [relation, [row, line]] of Object.entries(expected)) {
    assert.deepEqual(rowsOf(read, relation).at(-1), row, relation);
    assert.equal(placesOf(read, relation).at(-1), `package-lock.json:${line}`, relation);
  }
  assert.deepEqual(rowsOf(read, "claims"), [
    [path, "dev"],
    [path, "hasInstallScript"],
  ]);
  assert.deepEqual(rowsOf(read, "located"), [[path, "", "left-pad"]]);
});

test("facts and places run side by side, and no fact is said twice", async () => {
  const packages = { ...root, "node_modules/a": { version: "1.0.0", integrity: `${SRI} ${SRI} sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=` } };
  const read = await readNpm(await npmProject({ "package-lock.json": lockOf(packages) }));
  for (const [relation, rows] of read.facts) {
    assert.equal(read.places.get(relation)?.length, rows.length, relation);
    assert.equal(new Set(rows.map((row) => row.join("\0"))).size, rows.length, relation);
  }
  assert.deepEqual(
    rowsOf(read, "integrity").map((row) => row[1]),
    ["sha512", "sha1"],
  );
});

test("of several dependencies of one name the last counts, in npm's order", async () => {
  const packages = {
    "": {
      name: "app",
      dependencies: { a: "1", b: "1", c: "1" },
      devDependencies: { a: "2" },
      optionalDependencies: { b: "2" },
      peerDependencies: { c: "2", d: "2", e: "2" },
      peerDependenciesMeta: { e: { optional: true } },
    },
    "node_modules/a": { version: "2.0.0", devDependencies: { x: "1" } },
  };
  const read = await readNpm(await npmProject({ "package-lock.json": lockOf(packages) }));
  assert.deepEqual(
    rowsOf(read, "depends")
      .map((row) => row.slice(1).join(" "))
      .toSorted(),
    ["a 2 dev", "b 2 optional", "c 1 prod", "d 2 peer", "e 2 peer_optional"],
  );
});

test("semver answers for every pair that a name has, as npm asks it", async () => {
  const packages = {
    "": { name: "app", dependencies: { a: "^1.0.0", b: "*", c: "npm:a@1.x", d: "latest" } },
    "node_modules/a": { version: "1.0.0-rc.1" },
    "node_modules/b": { version: "2.0.0-beta.1", dependencies: { a: "^1.0.0-rc.0" } },
    "node_modules/b/node_modules/a": { version: "1.5.0" },
    "node_modules/c": { name: "a", version: "1.2.0" },
    "node_modules/d": { version: "3.0.0" },
  };
  const read = await readNpm(await npmProject({ "package-lock.json": lockOf(packages) }));
  assert.deepEqual(
    rowsOf(read, "satisfies")
      .map((row) => row.join(" "))
      .toSorted(),
    [
      "* 2.0.0-beta.1",
      "^1.0.0 1.2.0",
      "^1.0.0 1.5.0",
      "^1.0.0-rc.0 1.0.0-rc.1",
      "^1.0.0-rc.0 1.2.0",
      "^1.0.0-rc.0 1.5.0",
      "npm:a@1.x 1.2.0",
    ],
  );
  assert.deepEqual(rowsOf(read, "alias"), [["npm:a@1.x", "a"]]);
  assert.deepEqual(
    rowsOf(read, "spec_kind").map((row) => row[1]),
    ["range", "any", "alias", "tag", "range"],
  );
});

test("a link is a place, and its folder a package", async () => {
  const packages = {
    "": { name: "app", workspaces: ["packages/*", "!packages/old"] },
    "node_modules/@app/ui": { resolved: "packages/ui", link: true },
    "node_modules/tool": { resolved: "tools/tool", link: true },
    "packages/old": { name: "old", version: "0.0.1" },
    "packages/ui": { name: "@app/ui", version: "0.1.0", dependencies: { tool: "file:../../tools/tool" } },
    "tools/tool": { version: "0.2.0", devDependencies: { mri: "1" } },
  };
  const read = await readNpm(await npmProject({ "package-lock.json": lockOf(packages) }));
  assert.deepEqual(rowsOf(read, "link"), [
    ["node_modules/@app/ui", "packages/ui"],
    ["node_modules/tool", "tools/tool"],
  ]);
  assert.deepEqual(rowsOf(read, "workspace"), [["packages/ui"]]);
  assert.deepEqual(
    rowsOf(read, "package").map((row) => row[1]),
    ["app", "old", "@app/ui", "tool"],
  );
  assert.deepEqual(rowsOf(read, "asks_source"), [["packages/ui", "file:../../tools/tool", "file:tools/tool"]]);
  assert.ok(rowsOf(read, "depends").some((row) => row.join(" ") === "tools/tool mri 1 dev"));
});

test("what package.json asks for, allows and overrides, and what it asks in each workspace", async () => {
  const manifest = {
    name: "app",
    dependencies: { a: "^1.0.0" },
    allowScripts: { esbuild: true, "sharp@0.33.1 || 0.33.2": false, "canvas@^2": true, "pkg@latest": true },
    overrides: { a: "$a", b: { ".": "2.0.0", c: "3.0.0" }, "d@^1": { e: "5.0.0" } },
  };
  const read = await readNpm(
    await npmProject({
      "package.json": manifest,
      "package-lock.json": lockOf({ "": { name: "app", workspaces: ["w"] }, w: { version: "1.0.0" } }),
      "w/package.json": { name: "w", devDependencies: { x: "1" } },
    }),
  );
  assert.deepEqual(rowsOf(read, "manifest"), [[""], ["w"]]);
  assert.deepEqual(rowsOf(read, "declares"), [
    ["", "a", "^1.0.0", "prod"],
    ["w", "x", "1", "dev"],
  ]);
  assert.deepEqual(placesOf(read, "declares"), ["package.json:4", "w/package.json:4"]);
  assert.deepEqual(rowsOf(read, "script_rule"), [
    ["esbuild", "*", "allow"],
    ["sharp", "0.33.1 || 0.33.2", "deny"],
  ]);
  assert.deepEqual(events(read).filter((code) => code === "npm.script_rule").length, 2);
  assert.deepEqual(rowsOf(read, "override_rule"), [
    ["a", "a", "*", "^1.0.0"],
    ["b", "b", "*", "2.0.0"],
    ["d@^1", "d", "^1", "^1"],
    ["b>c", "c", "*", "3.0.0"],
    ["d@^1>e", "e", "*", "5.0.0"],
  ]);
  const scope = (name: string) =>
    rowsOf(read, "override_scope")
      .filter((row) => row[0] === name)
      .map((row) => row[2]);
  assert.deepEqual(
    [scope(""), scope("b"), scope("b>c")],
    [
      ["a", "b", "d@^1"],
      ["b>c", "b", "a", "d@^1"],
      ["b>c", "b", "a", "d@^1"],
    ],
  );
});

test("an override that npm would refuse is set aside", async () => {
  const manifest = { overrides: { a: "$absent", "b@latest": "1.0.0", c: "1.0.0" } };
  const read = await readNpm(await npmProject({ "package.json": manifest, "package-lock.json": lockOf(root) }));
  assert.deepEqual(
    read.quarantined.map(({ code, text }) => [code, text]),
    [
      ["npm.override_refused", "a"],
      ["npm.override_refused", "b@latest"],
    ],
  );
  assert.deepEqual(
    rowsOf(read, "override_rule").map((row) => row[0]),
    ["c"],
  );
});

test("a lockfile alone is read, and what was not looked at is told", async () => {
  const read = await readNpm(join(await npmProject({ "package-lock.json": lockOf(root) }), "package-lock.json"));
  assert.deepEqual(events(read), ["npm.no_manifest", "npm.node_unpinned", "npm.no_node_modules"]);
  assert.deepEqual(rowsOf(read, "measured"), [["platform"]]);
});

for (const [name, files, pinned, place] of [
  ["the npm package node", {}, "24.1.0", "package-lock.json:14"],
  [".node-version", { ".node-version": "v22.3.0\n" }, "22.3.0", ".node-version:1"],
  [".nvmrc after .node-version that names none", { ".node-version": "lts/*", ".nvmrc": "20.1.0" }, "20.1.0", ".nvmrc:1"],
  ["volta", { "package.json": { volta: { node: "21.0.0" } } }, "21.0.0", "package.json:3"],
] as const) {
  test(`Node is pinned by ${name}`, async () => {
    const locked = { "": { name: "app", dependencies: { node: "24" } }, "node_modules/node": { version: "24.1.0" } };
    const packages = Object.keys(files).length === 0 ? locked : root;
    const read = await readNpm(await npmProject({ ...files, "package-lock.json": lockOf(packages) }));
    assert.deepEqual(rowsOf(read, "node_version"), [[pinned]]);
    assert.deepEqual(placesOf(read, "node_version"), [place]);
    assert.ok(!events(read).includes("npm.node_unpinned"));
  });
}

test("engines are asked with prereleases, as npm asks them", async () => {
  const packages = {
    ...root,
    "node_modules/a": { version: "1.0.0", engines: { node: ">=22" } },
    "node_modules/b": { engines: { node: "^20" } },
  };
  const read = await readNpm(await npmProject({ ".nvmrc": "23.0.0-rc.1", "package-lock.json": lockOf(packages) }));
  assert.deepEqual(rowsOf(read, "admits"), [[">=22", "23.0.0-rc.1"]]);
});

test("the project's policy", async () => {
  const policy = '[licences]\nallow = [\n  "MIT",\n  "MPL-2.0",\n]\n[licences.read]\n"b" = "MIT"\n[singletons]\nnames = ["react"]\n';
  const read = await readNpm(await npmProject({ "assay.npm.toml": policy, "package-lock.json": lockOf(root) }));
  assert.deepEqual(rowsOf(read, "allowed_licence"), [["MIT"], ["MPL-2.0"]]);
  assert.deepEqual(placesOf(read, "allowed_licence"), ["assay.npm.toml:3", "assay.npm.toml:4"]);
  assert.deepEqual(rowsOf(read, "licence_read"), [["b", "MIT"]]);
  assert.deepEqual(placesOf(read, "licence_read"), ["assay.npm.toml:7"]);
  assert.deepEqual(rowsOf(read, "singleton"), [["react"]]);
});

for (const [name, policy, place] of [
  ["not TOML", "[licences\n", "assay.npm.toml:1:10"],
  ["an unknown part", "[licenses]\nallow = []\n", "assay.npm.toml"],
  ["a wrong type", '[licences]\nallow = "MIT"\n', "assay.npm.toml"],
] as const) {
  test(`refused: a policy with ${name}`, async () => {
    const directory = await npmProject({ "assay.npm.toml": policy, "package-lock.json": lockOf(root) });
    await assert.rejects(
      readNpm(directory),
      (error) => error instanceof AssayError && error.code === "npm.policy" && error.place === place,
    );
  });
}

test("more facts than one delta takes are refused", async () => {
  const directory = await npmProject({ "package-lock.json": lockOf({ ...root, "node_modules/a": { version: "1.0.0" } }) });
  const reading = npmAdapter.read(directory, { limits: limitsWith({ delta_rows: 3 }), now: "2026-11-21T00:00:00Z" });
  await assert.rejects(reading, (error) => error instanceof AssayError && error.code === "npm.too_many_facts");
});
