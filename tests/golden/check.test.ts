import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { compileDl, outline, rulesText } from "../support/compile_dl.ts";
import { irFaults } from "../support/ir_wellformed.ts";

/**
 * Each folder of `check/` is a program and what the checks say of it: its diagnostics, or its rules and strata where it is sound.
 * `UPDATE_GOLDEN=1` writes the expectations anew, to be read before they are committed.
 */
const folder = join(import.meta.dirname, "check");
const cases = readdirSync(folder).toSorted();

describe("golden checks", () => {
  it("has cases", () => assert.ok(cases.length > 0));

  for (const name of cases) {
    it(name, () => {
      const { program, diagnostics } = compileDl(readFileSync(join(folder, name, "program.dl"), "utf8"));
      const lines = outline(diagnostics);
      if (program !== null) {
        assert.deepEqual(irFaults(program), []);
        lines.push(
          ...rulesText(program),
          ...program.strata.map((one) => `stratum ${one.relations.join(", ")}${one.recursive ? " (recursive)" : ""}`),
        );
      }
      const expected = join(folder, name, "expected.txt");
      const found = `${lines.join("\n")}\n`;
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(expected, found);
      assert.equal(found, readFileSync(expected, "utf8"));
    });
  }
});
