import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { parseDl } from "../../logic/language/dl/parse.ts";
import { printDl } from "../../logic/language/dl/print.ts";
import { dlProgram, nowhere } from "../support/dl_arbitrary.ts";
import { withoutSpans } from "../support/lp_arbitrary.ts";

test("printing a program of Soufflé's dialect and reading it again is the identity", () => {
  fc.assert(
    fc.property(dlProgram, (program) => {
      const printed = printDl(program);
      const { program: read, diagnostics } = parseDl(nowhere.file, printed);
      assert.deepEqual(
        diagnostics.filter((one) => one.code !== "syntax.pragma_ignored"),
        [],
        printed,
      );
      assert.deepEqual(withoutSpans(read), withoutSpans(program), printed);
    }),
    { numRuns: 1_000 },
  );
});

test("sample programs and the shipped theories print and read back", () => {
  const files = [...globSync("tests/golden/dl/*.dl"), ...globSync("logic/theories/**/*.dl")];
  assert.ok(files.length >= 3, "no programs were read");
  for (const file of files) {
    const { program, diagnostics } = parseDl(file, readFileSync(file, "utf8"));
    assert.deepEqual(
      diagnostics.filter((one) => one.severity === "error"),
      [],
      file,
    );
    const again = parseDl(file, printDl(program));
    assert.deepEqual(withoutSpans(again.program), withoutSpans(program), file);
  }
});
