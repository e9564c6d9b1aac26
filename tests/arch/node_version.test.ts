import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "./tree.ts";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  engines: { node: string };
  allowScripts: Record<string, boolean>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

test("the tests run under the pinned Node", () => {
  assert.equal(process.versions.node, manifest.dependencies["node"]);
  assert.equal(process.features.typescript, "strip");
});

test("the pinned Node is one that the package admits, and its install script is approved", () => {
  const [, least] = /^>=(\d+)$/.exec(manifest.engines.node) ?? [];
  assert.ok(Number(manifest.dependencies["node"]?.split(".")[0]) >= Number(least));
  assert.equal(manifest.allowScripts["node"], true);
});

test("every version is exact", () => {
  const versions = [...Object.values(manifest.dependencies), ...Object.values(manifest.devDependencies)];
  assert.ok(versions.length > 10);
  assert.deepEqual(
    versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)),
    [],
  );
});
