import assert from "node:assert/strict";
import { test } from "node:test";
import { assay, assayJson, assayProcess } from "./assay.ts";

for (const [name, args, help] of [
  ["no command", [], null],
  ["an unknown command", ["verfy"], "verify"],
  ["an unknown option", ["verify", "--thery", "npm"], "--theory"],
  ["a missing option", ["log"], null],
  ["a missing argument", ["propose", "--db", "x.duckdb"], null],
  ["an argument too many", ["log", "--db", "x.duckdb", "y"], null],
  ["an unknown limit", ["verify", "--limit", "rows_derivd=5"], "rows_derived"],
  ["an unknown engine", ["verify", "--engine", "warp"], null],
  ["an unknown engine among several", ["verify", "--engines", "duckdb,warp"], null],
  ["a count that is none", ["log", "--db", "x.duckdb", "--from", "-1"], null],
] as const) {
  test(`${name} is a usage error with a next step`, async () => {
    const ran = await assayJson(args);
    assert.equal(ran.code, 3);
    assert.equal(ran.envelope.ok, false);
    assert.equal(ran.envelope.error?.code, "usage.arguments");
    assert.ok((ran.envelope.error?.help ?? "").includes(help ?? "assay help"));
    assert.equal(ran.stderr, "");
  });
}

test("a process answers on stdout, says what is wrong on stderr, and ends with the code", () => {
  const wrong = assayProcess(["verfy"]);
  assert.equal(wrong.code, 3);
  assert.equal(wrong.stdout, "");
  assert.ok(wrong.stderr.includes("usage.arguments"));
  const version = assayProcess(["--version"]);
  assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
  assert.deepEqual([version.code, version.stderr], [0, ""]);
});

test("help names every command, and each has its own", async () => {
  const help = await assay(["help"]);
  assert.equal(help.code, 0);
  assert.equal(help.stderr, "");
  for (const command of ["verify", "init", "load", "propose", "import", "query", "explain", "log", "test"]) {
    assert.ok(help.stdout.includes(`  ${command} `), command);
    const own = await assay(["help", command]);
    assert.equal(own.code, 0, command);
    assert.ok(own.stdout.includes("--json"), command);
  }
});
