import assert from "node:assert/strict";
import { test } from "node:test";
import { lockOf, npmProject, placesOf, readNpm, rowsOf, SRI } from "../../../support/npm_project.ts";

const root = { "": { name: "app", version: "1.0.0" } };

test("what is installed is measured, each package by its own package.json", async () => {
  const read = await readNpm(
    await npmProject(
      {
        "package-lock.json": lockOf({ ...root, "node_modules/w": { resolved: "w", link: true }, w: { version: "1.0.0" } }),
        "node_modules/a/package.json": { name: "a", version: "1.0.0", license: { type: "MIT" }, scripts: { postinstall: "x", test: "y" } },
        "node_modules/a/lib/node_modules/fixture/package.json": { name: "fixture" },
        "node_modules/a/node_modules/@s/b/package.json": { name: "@s/b", version: "2.0.0", gypfile: false, scripts: { install: "" } },
        "node_modules/a/node_modules/@s/b/binding.gyp": "{}",
        "node_modules/empty/README.md": "",
        "node_modules/.cache/x/package.json": { name: "x" },
        "w/node_modules/c/package.json": { name: "c", version: "3.0.0", licenses: [{ type: "MIT" }] },
      },
      { "node_modules/w": "../w", "node_modules/.bin/a": "../a/cli.js" },
    ),
  );
  assert.deepEqual(rowsOf(read, "installed").toSorted(), [
    ["node_modules/a", "a", "1.0.0"],
    ["node_modules/a/node_modules/@s/b", "@s/b", "2.0.0"],
    ["node_modules/empty", "empty", ""],
    ["w/node_modules/c", "c", "3.0.0"],
  ]);
  assert.deepEqual(rowsOf(read, "installed_link"), [["node_modules/w", "w"]]);
  assert.deepEqual(rowsOf(read, "installed_command"), [["", "a", "node_modules/a/cli.js"]]);
  assert.deepEqual(rowsOf(read, "installed_script"), [["node_modules/a", "postinstall"]]);
  assert.deepEqual(rowsOf(read, "installed_licence"), [["node_modules/a", "MIT"]]);
  assert.deepEqual(rowsOf(read, "declines_gyp"), [["node_modules/a/node_modules/@s/b"]]);
  assert.deepEqual(
    rowsOf(read, "installed_file")
      .map((row) => row.join("/"))
      .toSorted(),
    [
      "node_modules/a/lib/node_modules/fixture/package.json",
      "node_modules/a/node_modules/@s/b/binding.gyp",
      "node_modules/a/node_modules/@s/b/package.json",
      "node_modules/a/package.json",
      "node_modules/empty/README.md",
      "w/node_modules/c/package.json",
    ],
  );
  const place = placesOf(read, "installed")[rowsOf(read, "installed").findIndex((row) => row[1] === "a")];
  assert.equal(place, "node_modules/a/package.json:3");
});

test("npm's own record of what it unpacked", async () => {
  const hidden = lockOf({ "node_modules/a": { version: "1.0.0", integrity: SRI } });
  const read = await readNpm(await npmProject({ "package-lock.json": lockOf(root), "node_modules/.package-lock.json": hidden }));
  assert.deepEqual(rowsOf(read, "installed_integrity"), [["node_modules/a", "sha512", SRI.slice(7)]]);
  assert.deepEqual(placesOf(read, "installed_integrity"), ["node_modules/.package-lock.json:9"]);
  assert.deepEqual(rowsOf(read, "measured"), [["platform"], ["node_modules"], ["hidden_lockfile"]]);
});

for (const [name, files] of [
  ["absent", { "node_modules/a/package.json": {} }],
  ["broken", { "node_modules/.package-lock.json": "{" }],
] as const) {
  test(`a record that is ${name} is an event`, async () => {
    const read = await readNpm(await npmProject({ "package-lock.json": lockOf(root), ...files }));
    assert.ok(read.events.some(({ code }) => code === "npm.no_hidden_lockfile"));
    assert.ok(!rowsOf(read, "measured").some(([what]) => what === "hidden_lockfile"));
  });
}

test("an installed manifest that does not read is set aside, its package counts as installed without a version", async () => {
  const files = {
    "node_modules/a/package.json": '{\n"name": ',
    "node_modules/b/package.json": '\uFEFF{"name": "b", "name": "b2", "version": "1.0.0"}',
  };
  const read = await readNpm(await npmProject({ "package-lock.json": lockOf(root), ...files }));
  assert.deepEqual(
    read.quarantined.map(({ code, place, text }) => [code, place, text]),
    [["npm.installed_manifest", "node_modules/a/package.json:2:9", "node_modules/a"]],
  );
  assert.deepEqual(rowsOf(read, "installed"), [
    ["node_modules/a", "a", ""],
    ["node_modules/b", "b2", "1.0.0"],
  ]);
});

test("links that go in circles are not followed", async () => {
  const read = await readNpm(
    await npmProject({ "package-lock.json": lockOf(root) }, { "node_modules/self": "..", "node_modules/@s/up": "../../.." }),
  );
  assert.deepEqual(
    rowsOf(read, "installed_link"),
    [
      ["node_modules/@s/up", ".."],
      ["node_modules/self", ""],
    ].toSorted(),
  );
});
