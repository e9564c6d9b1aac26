import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readScenario, readScenarios } from "../../../logic/scenario.ts";
import { AssayError } from "../../../schema/assay_error.ts";

const refused = `
name = "a package without a hash"
then = "refused"
laws = [{ law = "t.hash", witness = { path = "a", size = 9007199254740993 } }, { law = "t.size" }]

[given]
package = [["a", 1], { path = "b", size = 2.5 }]

[when.assert]
package = [["c", 9223372036854775807]]

[when.retract]
package = [["a", 1]]
`;

describe("scenarios", () => {
  it("reads rows of both forms, integers exactly", () => {
    const scenario = readScenario(refused, "s.toml");
    assert.equal(scenario.name, "a package without a hash");
    assert.equal(scenario.then, "refused");
    assert.deepEqual(scenario.given.get("package"), [["a", 1n], { path: "b", size: 2.5 }]);
    assert.deepEqual(scenario.when.assert.get("package"), [["c", 9223372036854775807n]]);
    assert.deepEqual(scenario.when.retract.get("package"), [["a", 1n]]);
    assert.deepEqual(scenario.laws, [{ law: "t.hash", witness: { path: "a", size: 9007199254740993n } }, { law: "t.size" }]);
  });

  it("takes missing parts for empty ones", () => {
    const scenario = readScenario('name = "nothing"\nthen = "accepted"', "s.toml");
    assert.deepEqual([scenario.given.size, scenario.when.assert.size, scenario.when.retract.size, scenario.laws], [0, 0, 0, []]);
  });

  for (const text of [
    "",
    "name = 1",
    'name = "n"\nthen = "maybe"',
    'name = "n"\nthen = "refused"',
    'name = "n"\nthen = "accepted"\nextra = 1',
    'name = "n"\nthen = "accepted"\n[given]\np = "x"',
    'name = "n"\nthen = "accepted"\n[given]\np = [[[1]]]',
    'name = "n"\nthen = "accepted"\n[given]\np = [[2020-01-01]]',
    'name = "n"\nthen = "accepted"\n[when]\nupsert = {}',
    "name = ",
  ]) {
    it(`refuses ${JSON.stringify(text)} with its file`, () => {
      assert.throws(
        () => readScenario(text, "s.toml"),
        (error) => error instanceof AssayError && error.code === "scenario.malformed" && (error.place ?? "").startsWith("s.toml"),
      );
    });
  }

  describe("of a folder", () => {
    let folder = "";
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "scenarios-"));
    });
    after(() => rm(folder, { recursive: true }));

    it("come in order of their names; none where there is no folder", async () => {
      assert.deepEqual(await readScenarios(folder), []);
      await mkdir(join(folder, "scenarios"));
      for (const name of ["b", "a"]) await writeFile(join(folder, "scenarios", `${name}.toml`), `name = "${name}"\nthen = "accepted"\n`);
      await writeFile(join(folder, "scenarios", "notes.md"), "no scenario");
      assert.deepEqual(
        (await readScenarios(folder)).map((one) => one.name),
        ["a", "b"],
      );
      await writeFile(join(folder, "scenarios", "c.toml"), new Uint8Array([0x6e, 0xff]));
      await assert.rejects(readScenarios(folder), (error) => error instanceof AssayError && error.code === "scenario.malformed");
    });
  });
});
