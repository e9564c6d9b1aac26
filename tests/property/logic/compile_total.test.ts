import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { compile } from "../../../logic/language/compile.ts";
import { dlProgram } from "../../support/dl_arbitrary.ts";
import { irFaults } from "../../support/ir_wellformed.ts";
import { lpProgram } from "../../support/lp_arbitrary.ts";

describe("compiling whatever parses", () => {
  it("ends with a well-formed program or an error, never by throwing", () => {
    fc.assert(
      fc.property(fc.option(dlProgram), fc.option(lpProgram), (dl, lp) => {
        const programs = [dl, lp].filter((one) => one !== null);
        const { program, diagnostics } = compile([{ theory: "t", programs }]);
        assert.equal(
          program === null,
          diagnostics.some((one) => one.severity === "error"),
        );
        if (program !== null) assert.deepEqual(irFaults(program), []);
      }),
      { numRuns: 1_000 },
    );
  });
});
