import assert from "node:assert/strict";
import { test } from "node:test";
import { assay, assayJson } from "./assay.ts";

for (const [name, args, help] of [
  ["no command", [], null],
  ["an unknown command", ["verfy"], "verify"],
  ["an unknown option", ["verify", "--thery", "npm"], "--theory"],
  ["a missing option", ["log"], null],
  ["a missing argument", ["propose", "--db", "x.duckdb"], null],
  ["an argument too many", ["log", "--db", "x.duckdb", "y"], null],
  ["an unknown limit", ["verify", "--limit", "rows_derivd=5"], "rows_derived"],
  ["an unknown engine", ["verify", "--engine", "warp"], null],
] as const) {
  test(`${name} is a usage error with a next step`, () => {
    const ran = assayJson(args);
    assert.equal(ran.code, 3);
    assert.equal(ran.envelope.ok, false);
    assert.equal(ran.envelope.error?.code, "usage.arguments");
    assert.ok((ran.envelope.error?.help ?? "").includes(help ?? "assay help"));
    assert.equal(ran.stderr, "");
  });
}

test("errors go to stderr, answers to stdout", () => {
  const wrong = assay(["verfy"]);
  assert.equal(wrong.stdout, "");
  assert.ok(wrong.stderr.includes("usage.arguments"));
  const help = assay(["help"]);
  assert.equal(help.code, 0);
  assert.equal(help.stderr, "");
  for (const command of ["verify", "init", "load", "propose", "import", "query", "explain", "log", "test"]) {
    assert.ok(help.stdout.includes(`  ${command} `), command);
    assert.equal(assay(["help", command]).code, 0, command);
  }
});

test("the version is the package's", () => {
  assert.match(assay(["--version"]).stdout, /^\d+\.\d+\.\d+\n$/);
});
