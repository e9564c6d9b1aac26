import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..", "..");

test("the demo comes out as its story says", () => {
  const ran = spawnSync(process.execPath, [join(root, "api/cli/demo.ts")], { cwd: root, encoding: "utf8" });
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(ran.stderr, "");
  for (const command of ["verify", "init", "import", "propose", "explain", "query", "log"]) {
    assert.ok(ran.stdout.includes(`$ assay ${command} `), command);
  }
  for (const law of ["npm.integrity", "npm.installed", "npm.range"]) assert.ok(ran.stdout.includes(law), law);
});
