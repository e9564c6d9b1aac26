import assert from "node:assert/strict";
import { test } from "node:test";
import { registryPackageOf } from "../../../../ingest/npm/registry_url.ts";

test("a registry's URL names a package and a version", () => {
  for (const [url, name, version] of [
    ["https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz", "left-pad", "1.3.0"],
    ["https://registry.npmjs.org/@s/pad/-/pad-1.0.0-beta.1.tgz", "@s/pad", "1.0.0-beta.1"],
    ["https://registry.npmjs.org/@s%2fpad/-/pad-1.0.0.tgz", "@s/pad", "1.0.0"],
    ["http://localhost:4873/nested/registry/pad/-/pad-2.0.0.tgz", "pad", "2.0.0"],
  ] as const) {
    assert.deepEqual(registryPackageOf(url), { name, version }, url);
  }
});

test("other URLs name none", () => {
  for (const url of [
    "https://example.org/pad.tgz",
    "https://example.org/-/pad-1.0.0.tgz",
    "https://registry.npmjs.org/left-pad/-/right-pad-1.0.0.tgz",
    "https://registry.npmjs.org/left-pad/-/left-pad-latest.tgz",
    "git+ssh://git@github.com/a/b.git",
    "file:pad-1.0.0.tgz",
  ]) {
    assert.equal(registryPackageOf(url), null, url);
  }
});
