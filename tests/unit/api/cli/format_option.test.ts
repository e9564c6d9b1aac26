import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import { formatOption, type Output, outputsAsked, outputsOf } from "../../../../api/cli/format_option.ts";

function parsed(...args: readonly string[]): readonly Output[] {
  const command = formatOption(new Command().exitOverride().configureOutput({ writeErr: () => undefined }));
  return outputsOf(command.parse(args, { from: "user" }).opts());
}

test("one form goes to stdout, a terminal's where none is named; others go to files", () => {
  assert.deepEqual(parsed(), [{ format: "tty", file: null }]);
  assert.deepEqual(parsed("--format", "sarif"), [{ format: "sarif", file: null }]);
  assert.deepEqual(parsed("--format", "sarif=a=b.sarif"), [
    { format: "tty", file: null },
    { format: "sarif", file: "a=b.sarif" },
  ]);
  assert.deepEqual(outputsOf({ json: true, format: [{ format: "junit", file: "a.xml" }] }), [
    { format: "json", file: null },
    { format: "junit", file: "a.xml" },
  ]);
});

test("two forms on one stdout, and forms that there are none of, are usage errors", () => {
  assert.throws(() => parsed("--format", "sarif", "--format", "junit"), { code: "usage.arguments" });
  assert.throws(() => outputsOf({ json: true, format: [{ format: "sarif", file: null }] }), { code: "usage.arguments" });
  for (const form of ["", "xml", "sarif=", "=x", "SARIF"])
    assert.throws(() => parsed("--format", form), { code: "commander.invalidArgument" });
});

test("what a faulty command line asks for is made out as far as it goes", () => {
  const stdout = (...args: readonly string[]): string | undefined => outputsAsked(args).find(({ file }) => file === null)?.format;
  assert.equal(stdout("gate", "--format", "sarif", "--nosuch"), "sarif");
  assert.equal(stdout("gate", "--format=github"), "github");
  assert.equal(stdout("gate", "--json", "--format", "sarif=x"), "json");
  assert.equal(stdout("gate", "--format"), "tty");
  assert.equal(stdout("gate", "--format", "nosuch"), "tty");
  assert.equal(stdout("gate", "--", "--format", "sarif"), "tty");
  assert.deepEqual(
    outputsAsked(["--format", "sarif=x"]).filter(({ file }) => file !== null),
    [{ format: "sarif", file: "x" }],
  );
});
