import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseLp } from "../../logic/language/lp/parse.ts";
import { printLp } from "../../logic/language/lp/print.ts";
import { lpProgram, nowhere, withoutSpans } from "../support/lp_arbitrary.ts";

test("printing a program of clingo's dialect and reading it again is the identity", () => {
  fc.assert(
    fc.property(lpProgram, (program) => {
      const printed = printLp(program);
      const { program: read, diagnostics } = parseLp(nowhere.file, printed);
      assert.deepEqual(diagnostics, [], printed);
      assert.deepEqual(withoutSpans(read), withoutSpans(program), printed);
    }),
    { numRuns: 1_000 },
  );
});
