import assert from "node:assert/strict";
import { test } from "node:test";
import { type Content, lockOf, npmProject, readNpm, SRI } from "../../../support/npm_project.ts";
import { TheoryOver } from "../../../support/theory_over.ts";

const theory = await TheoryOver.open("npm");

interface Tree {
  readonly lock: Record<string, Record<string, unknown>>;
  readonly hidden: Record<string, Record<string, unknown>>;
  readonly installed: Record<string, Record<string, unknown>>;
  readonly manifest: Record<string, unknown>;
  readonly links: Record<string, string>;
}

/** A project of three packages, installed as it is locked: `web` needs `pad`, and `tool`, for development, offers a command. */
function project(): Tree {
  const locked = {
    "node_modules/pad": { version: "1.2.0", integrity: SRI, license: "MIT" },
    "node_modules/tool": { version: "3.0.0", integrity: SRI, dev: true, license: "ISC", bin: { tool: "cli.js" } },
    "node_modules/web": { version: "2.0.0", integrity: SRI, license: "MIT", dependencies: { pad: "^1.0.0" } },
  };
  // Through JSON, so that the lockfile and npm's record of it are not one object.
  return JSON.parse(
    JSON.stringify({
      manifest: { name: "app", dependencies: { web: "^2.0.0" }, devDependencies: { tool: "^3.0.0" } },
      lock: { "": { name: "app", dependencies: { web: "^2.0.0" }, devDependencies: { tool: "^3.0.0" } }, ...locked },
      hidden: locked,
      installed: {
        "node_modules/pad": { name: "pad", version: "1.2.0", license: "MIT" },
        "node_modules/tool": { name: "tool", version: "3.0.0", license: "ISC", bin: "cli.js" },
        "node_modules/web": { name: "web", version: "2.0.0", license: "MIT" },
      },
      links: { "node_modules/.bin/tool": "../tool/cli.js" },
    }),
  );
}

async function judged(tamper: (tree: Tree) => void) {
  const tree = project();
  tamper(tree);
  const files: Record<string, Content> = {
    ".nvmrc": "24.0.0",
    "package.json": tree.manifest,
    "package-lock.json": lockOf(tree.lock),
    "node_modules/.package-lock.json": lockOf(tree.hidden),
  };
  if ("node_modules/tool" in tree.installed) files["node_modules/tool/cli.js"] = "";
  for (const [path, manifest] of Object.entries(tree.installed)) files[`${path}/package.json`] = manifest;
  const read = await readNpm(await npmProject(files, tree.links));
  const place = (relation: string, path: string) => {
    const index = read.facts.get(relation)?.findIndex((row) => row[0] === path) ?? -1;
    return read.places.get(relation)?.[index] ?? null;
  };
  const found = await theory.violations(read.facts);
  return { found: found.toSorted((a, b) => (a.law < b.law ? -1 : 1)), place };
}

const PAD = "node_modules/pad";
const TAMPERED = SRI.replace("z4PhN", "z4PhM");

test("untouched, the project is lawful", async () => {
  assert.deepEqual((await judged(() => {})).found, []);
});

test("one byte of a locked hash", async () => {
  const { found, place } = await judged((tree) => Object.assign(tree.lock[PAD] ?? {}, { integrity: TAMPERED }));
  const witness = { path: PAD, algorithm: "sha512", digest: TAMPERED.slice(7), real_digest: SRI.slice(7) };
  assert.deepEqual(found, [{ law: "npm.installed_integrity", witness }]);
  assert.equal(place("integrity", PAD), "package-lock.json:18");
  assert.equal(place("installed_integrity", PAD), "node_modules/.package-lock.json:9");
});

test("one byte too few", async () => {
  const { found } = await judged((tree) => Object.assign(tree.lock[PAD] ?? {}, { integrity: SRI.slice(0, -1) }));
  assert.deepEqual(found.map(({ law }) => law).toSorted(), ["npm.installed_integrity", "npm.integrity_form"]);
});

test("a hash taken out", async () => {
  const { found } = await judged((tree) => delete tree.lock[PAD]?.["integrity"]);
  assert.deepEqual(found, [{ law: "npm.integrity", witness: { path: PAD, name: "pad", version: "1.2.0" } }]);
});

test("a version in node_modules", async () => {
  const { found, place } = await judged((tree) => Object.assign(tree.installed[PAD] ?? {}, { version: "1.2.1" }));
  const witness = { path: PAD, name: "pad", version: "1.2.0", real_name: "pad", real_version: "1.2.1" };
  assert.deepEqual(found, [{ law: "npm.installed", witness }]);
  assert.equal(place("installed", PAD), "node_modules/pad/package.json:3");
});

test("a dev flag added", async () => {
  const { found, place } = await judged((tree) => Object.assign(tree.lock[PAD] ?? {}, { dev: true }));
  assert.deepEqual(found, [{ law: "npm.dev", witness: { path: PAD } }]);
  assert.equal(place("claims", PAD), "package-lock.json:20");
});

test("a dev flag taken out", async () => {
  const { found } = await judged((tree) => delete tree.lock["node_modules/tool"]?.["dev"]);
  assert.deepEqual(found, [{ law: "npm.flag", witness: { path: "node_modules/tool", flag: "dev" } }]);
});

test("an entry removed", async () => {
  const { found } = await judged((tree) => delete tree.lock[PAD]);
  assert.deepEqual(found, [
    { law: "npm.extraneous", witness: { path: PAD, name: "pad", version: "1.2.0" } },
    { law: "npm.unresolved", witness: { path: "node_modules/web", name: "pad", spec: "^1.0.0", kind: "prod" } },
  ]);
});

test("an entry added, and a package put in", async () => {
  const added = { version: "6.6.6", integrity: SRI, license: "MIT" };
  const locked = await judged((tree) => Object.assign(tree.lock, { "node_modules/sneaky": added }));
  assert.deepEqual(
    locked.found.map(({ law }) => law),
    ["npm.unreachable"],
  );
  const put = await judged((tree) =>
    Object.assign(tree.installed, { "node_modules/web/node_modules/pad": { name: "pad", version: "1.2.0" } }),
  );
  assert.deepEqual(
    put.found.map(({ law }) => law),
    ["npm.extraneous"],
  );
});

test("a package.json changed behind the lockfile", async () => {
  const { found } = await judged((tree) => Object.assign(tree.manifest, { dependencies: { web: "^3.0.0" } }));
  assert.deepEqual(
    found.map(({ law, witness }) => [law, witness["side"], witness["spec"]]),
    [
      ["npm.manifest", "only in the lockfile", "^2.0.0"],
      ["npm.manifest", "only in package.json", "^3.0.0"],
    ],
  );
});

test("a script slipped into an installed package", async () => {
  const { found } = await judged((tree) => Object.assign(tree.installed[PAD] ?? {}, { scripts: { postinstall: "node evil.js" } }));
  assert.deepEqual(found.map(({ law }) => law).toSorted(), ["npm.script", "npm.script_claim"]);
});

test("a command that runs something else", async () => {
  const { found } = await judged((tree) => Object.assign(tree.links, { "node_modules/.bin/tool": "../pad/evil.js" }));
  assert.deepEqual(found, [{ law: "npm.command", witness: { directory: "", command: "tool", target: "node_modules/pad/evil.js" } }]);
});

test("everything for development left out", async () => {
  const { found } = await judged((tree) => {
    delete tree.installed["node_modules/tool"];
    delete tree.links["node_modules/.bin/tool"];
  });
  assert.deepEqual(found, []);
});
