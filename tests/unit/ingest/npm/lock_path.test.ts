import assert from "node:assert/strict";
import { test } from "node:test";
import { locate, normalPath, outwardOf } from "../../../../ingest/npm/lock_path.ts";

test("a path is split at its last node_modules", () => {
  assert.deepEqual(locate("node_modules/a"), { directory: "", slot: "a" });
  assert.deepEqual(locate("node_modules/a/node_modules/@s/b"), { directory: "node_modules/a", slot: "@s/b" });
  assert.deepEqual(locate("packages/w/node_modules/b"), { directory: "packages/w", slot: "b" });
  assert.deepEqual(locate("../w/node_modules/b"), { directory: "../w", slot: "b" });
});

test("what is not right in a node_modules is not located", () => {
  for (const path of ["", "packages/w", "node_modules", "node_modules/@s", "node_modules/a/lib"]) assert.equal(locate(path), null, path);
});

test("Node climbs past node_modules, through folders, up to the project", () => {
  const climb = (path: string): string[] => {
    const next = outwardOf(path);
    return next === null ? [] : [next, ...climb(next)];
  };
  assert.deepEqual(climb("node_modules/a/node_modules/b"), ["node_modules/a", ""]);
  assert.deepEqual(climb("node_modules/@s/b"), [""]);
  assert.deepEqual(climb("packages/deep/w/node_modules/b"), ["packages/deep/w", "packages/deep", "packages", ""]);
  assert.deepEqual(climb(""), []);
});

test("a folder outside the project does not climb into it", () => {
  assert.equal(outwardOf("../w"), null);
  assert.equal(outwardOf("../w/node_modules/b"), "../w");
});

test("paths are written as the lockfile writes them", () => {
  assert.deepEqual(["./a/", "a\\b", ".", "a/../b", "../x"].map(normalPath), ["a", "a/b", "", "b", "../x"]);
});
