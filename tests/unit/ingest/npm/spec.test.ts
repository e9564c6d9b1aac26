import assert from "node:assert/strict";
import { test } from "node:test";
import { sourceOfSpec, sourcesOfEntry } from "../../../../ingest/npm/source.ts";
import { parseSpec } from "../../../../ingest/npm/spec.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

for (const [text, kind, range] of [
  ["", "any", "*"],
  ["*", "any", "*"],
  ["^1.2.0", "range", "^1.2.0"],
  [">= 2.1.2 < 3.0.0", "range", ">= 2.1.2 < 3.0.0"],
  ["1.x || >=2.5.0 || 5.0.0 - 7.2.3", "range", "1.x || >=2.5.0 || 5.0.0 - 7.2.3"],
  ["1.5.6-r.1", "version", "1.5.6-r.1"],
  ["=v1.2.3", "version", "=v1.2.3"],
  ["latest", "tag", null],
  ["next-11", "tag", null],
  ["npm:left-pad@^1", "alias", "^1"],
  ["npm:@s/pad", "alias", "*"],
  ["npm:left-pad@beta", "alias", "*"],
  ["npm:github:a/b", "unsupported", null],
  ["file:../w", "directory", null],
  ["../w", "directory", null],
  ["file:pad-1.0.0.tgz", "file", null],
  ["https://example.org/pad.tgz", "remote", null],
  ["github:a/b", "git", null],
  ["a/b", "git", null],
  [`a/b#${COMMIT}`, "git", null],
  ["git@github.com:a/b.git", "git", null],
  ["git+ssh://git@example.org/a/b.git#main", "git", null],
  ["https://github.com/a/b.git", "git", null],
  ["github:a/b#semver:^2.0.0", "git_range", "^2.0.0"],
  ["workspace:*", "unsupported", null],
  ["catalog:", "unsupported", null],
  ["a b c", "unsupported", null],
] as const) {
  test(`a specifier is read as npm reads it: \`${text}\``, () => {
    const spec = parseSpec(text);
    assert.deepEqual({ kind: spec.kind, range: spec.range }, { kind, range });
  });
}

test("an alias names the package behind it", () => {
  assert.deepEqual(
    ["npm:left-pad@^1", "npm:@s/pad@1", "npm:@s/pad"].map((text) => parseSpec(text).alias),
    ["left-pad", "@s/pad", "@s/pad"],
  );
});

test("one repository has one source, however it is written", () => {
  const specs = ["a/b", "github:a/b", "git@github.com:a/b.git", "git+https://github.com/a/b.git", "git+ssh://git@github.com/a/b.git#v1"];
  for (const spec of [...specs, "https://github.com/a/b", "https://www.github.com/a/b.git", "https://user:pw@github.com/a/b.git"]) {
    assert.equal(sourceOfSpec("", spec, parseSpec(spec)), "git:github.com/a/b", spec);
  }
});

test("an entry from a repository answers to the repository and to its commit", () => {
  const resolved = `git+ssh://git@github.com/a/b.git#${COMMIT}`;
  assert.deepEqual(sourcesOfEntry(resolved), ["git:github.com/a/b", `git:github.com/a/b#${COMMIT}`]);
  assert.equal(sourceOfSpec("", `a/b#${COMMIT}`, parseSpec(`a/b#${COMMIT}`)), `git:github.com/a/b#${COMMIT}`);
});

test("folders and tarballs are read from the package that asks for them", () => {
  assert.equal(sourceOfSpec("packages/a", "file:../b", parseSpec("file:../b")), "file:packages/b");
  assert.equal(sourceOfSpec("", "./pad-1.0.0.tgz", parseSpec("./pad-1.0.0.tgz")), "file:pad-1.0.0.tgz");
  assert.deepEqual(sourcesOfEntry("file:pad-1.0.0.tgz"), ["file:pad-1.0.0.tgz"]);
});

test("what the registry is asked for has no other source", () => {
  for (const spec of ["^1.0.0", "latest", "npm:left-pad@1", "*"]) assert.equal(sourceOfSpec("", spec, parseSpec(spec)), null);
});
