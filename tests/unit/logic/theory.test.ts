import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { compileTheories, findTheory, readTheory, shippedTheories, theoryOf, withNeeds } from "../../../logic/theory.ts";
import { AssayError } from "../../../schema/assay_error.ts";

const manifest = (name: string, rest = ""): string => `[theory]\nname = "${name}"\nversion = "1.0.0"\n${rest}`;

let root = "";

async function folder(name: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name, path)), { recursive: true });
    await writeFile(join(root, name, path), content);
  }
  return join(root, name);
}

type Check = (error: unknown) => boolean;

function codeOf(code: string): Check {
  return (error) => error instanceof AssayError && error.code === code;
}

describe("theories", () => {
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "theories-"));
  });
  after(() => rm(root, { recursive: true }));

  it("reads the manifest and the programs of a folder, scenarios left out", async () => {
    const directory = await folder("plain", {
      "theory.toml": manifest("plain", 'description = "d"\nneeds = ["base"]\n[limits]\nrounds = 7\n'),
      "b.dl": ".decl b(x:number)\n.input b",
      "more/a.lp": "p(X) :- b(X).",
      "scenarios/s.toml": "",
      "scenarios/helper.dl": "broken",
      "README.md": "story",
    });
    const theory = await readTheory(directory);
    assert.deepEqual([...theory.files.keys()], ["b.dl", "more/a.lp", "theory.toml"]);
    assert.deepEqual(
      [theory.name, theory.version, theory.description, theory.needs, theory.limits],
      ["plain", "1.0.0", "d", ["base"], { rounds: 7 }],
    );
    assert.equal(theory.directory, directory);
  });

  it("hashes the RFC 8785 form of paths and file hashes", async () => {
    const files = { "theory.toml": manifest("h"), "a.dl": ".decl é(x:number)" };
    const theory = theoryOf(new Map(Object.entries(files)));
    const sha = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");
    assert.equal(theory.hash, `sha256:${sha(`{"a.dl":"${sha(files["a.dl"])}","theory.toml":"${sha(files["theory.toml"])}"}`)}`);
    assert.equal((await readTheory(await folder("h", files))).hash, theory.hash);
    assert.notEqual(theoryOf(new Map(Object.entries({ ...files, "a.dl": ".decl e(x:number)" }))).hash, theory.hash);
  });

  it("gives the same theory from a folder and from stored text, but for places", async () => {
    const directory = await folder("stored", { "theory.toml": manifest("stored"), "sub/a.dl": ".decl p(x:number)\np(y)." });
    const read = await readTheory(directory);
    const stored = theoryOf(read.files);
    assert.equal(stored.hash, read.hash);
    assert.deepEqual(
      compileTheories([stored]).diagnostics.map((one) => one.span.file),
      ["stored/sub/a.dl"],
    );
    assert.deepEqual(
      compileTheories([read]).diagnostics.map((one) => one.span.file),
      [join(directory, "sub/a.dl")],
    );
  });

  it("names files inside the working directory relative to it", async () => {
    const { program } = compileTheories([await findTheory("npm")]);
    assert.ok(program?.laws.every((law) => law.span.file.startsWith("logic/theories/npm/")));
  });

  it("reads an included file once, whatever else names it, and only from the theory", async () => {
    const included = theoryOf(
      new Map(
        Object.entries({
          "theory.toml": manifest("i"),
          "a.dl": '.include "sub/b.dl"\np(x) :- b(x).\n.decl p(x:number)',
          "sub/b.dl": ".decl b(x:number)\n.input b",
        }),
      ),
    );
    assert.deepEqual(compileTheories([included]).diagnostics, []);
    const outside = theoryOf(new Map(Object.entries({ "theory.toml": manifest("o"), "a.dl": '.include "../i/a.dl"' })));
    assert.deepEqual(
      compileTheories([outside]).diagnostics.map((one) => one.code),
      ["syntax.include_missing"],
    );
  });

  it("reports syntax and meaning in one run, without what follows from the syntax", () => {
    const files = { "theory.toml": manifest("s"), "a.dl": ".decl p(x:number\n.decl q(x:number)\nq(y).\nq(x) :- p(x)." };
    const { program, diagnostics, theories } = compileTheories([theoryOf(new Map(Object.entries(files)))]);
    assert.equal(program, null);
    const codes = diagnostics.map((one) => one.code);
    assert.ok(codes.some((code) => code.startsWith("syntax.")) && codes.includes("check.ungrounded"), codes.join());
    assert.ok(!codes.includes("check.unknown_relation"), codes.join());
    assert.deepEqual(Object.keys(theories), ["s"]);
  });

  it("orders needed theories before those that need them, found beside or shipped", async () => {
    await folder("set/base", { "theory.toml": manifest("base"), "b.dl": ".decl b(x:number)\n.input b" });
    await folder("set/mid", { "theory.toml": manifest("mid", 'needs = ["base", "npm"]'), "m.dl": ".decl m(x:number)\nm(x) :- b(x)." });
    const top = await folder("set/top", {
      "theory.toml": manifest("top", 'needs = ["mid", "base"]'),
      "t.dl": ".decl t(x:number)\nt(x) :- m(x).",
    });
    const set = await withNeeds([await readTheory(top)]);
    assert.deepEqual(
      set.map((one) => one.name),
      ["base", "npm", "mid", "top"],
    );
    assert.ok(compileTheories(set).program?.relations.has("t"));
  });

  it("survives theories that need each other", async () => {
    await folder("ring/x", { "theory.toml": manifest("x", 'needs = ["y"]'), "x.dl": ".decl x(n:number)\nx(1)." });
    const y = await folder("ring/y", { "theory.toml": manifest("y", 'needs = ["x"]'), "y.dl": ".decl y(n:number)\ny(1)." });
    assert.deepEqual(
      (await withNeeds([await readTheory(y)])).map((one) => one.name),
      ["x", "y"],
    );
  });

  it("takes a theory given twice once and refuses two different ones of one name", async () => {
    const one = theoryOf(
      new Map([
        ["theory.toml", manifest("same")],
        ["a.dl", ""],
      ]),
    );
    const other = theoryOf(
      new Map([
        ["theory.toml", manifest("same")],
        ["a.dl", "// changed"],
      ]),
    );
    assert.equal((await withNeeds([one, one])).length, 1);
    await assert.rejects(withNeeds([one, other]), codeOf("theory.name_clash"));
    assert.throws(() => compileTheories([one, other]), codeOf("theory.name_clash"));
  });

  it("finds shipped theories by name and folders by path", async () => {
    assert.ok((await shippedTheories()).includes("npm"));
    assert.equal((await findTheory("npm")).name, "npm");
    assert.equal((await findTheory("logic/theories/npm")).hash, (await findTheory("npm")).hash);
    await assert.rejects(
      findTheory("nmp"),
      (error) => error instanceof AssayError && error.code === "theory.not_found" && /`npm`/.test(error.help ?? ""),
    );
    await assert.rejects(findTheory(join(root, "nowhere")), codeOf("theory.not_found"));
    await assert.rejects(readTheory(join(root, "nowhere")), codeOf("theory.not_found"));
  });

  it("refuses folders that are no theory", async () => {
    await assert.rejects(readTheory(await folder("bare", { "a.dl": "" })), codeOf("theory.not_found"));
    await assert.rejects(readTheory(await folder("empty", { "theory.toml": manifest("empty"), "x.txt": "" })), codeOf("theory.empty"));
    const bytes = new Uint8Array([0x2e, 0xff, 0x0a]);
    await assert.rejects(readTheory(await folder("latin", { "theory.toml": manifest("latin"), "a.dl": bytes })), codeOf("syntax.not_utf8"));
    const needy = await readTheory(await folder("needy", { "theory.toml": manifest("needy", 'needs = ["nowhere"]'), "a.dl": "" }));
    await assert.rejects(withNeeds([needy]), codeOf("theory.need_missing"));
  });

  for (const text of [
    "",
    "[theory",
    "[theory]\nname = 1",
    manifest("Bad Name"),
    manifest("x", "extra = 1"),
    `${manifest("x")}[limits]\nround = 1`,
    `${manifest("x")}[limits]\nrounds = 0`,
  ]) {
    it(`refuses the manifest ${JSON.stringify(text)}`, () => {
      assert.throws(
        () =>
          theoryOf(
            new Map([
              ["theory.toml", text],
              ["a.dl", ""],
            ]),
          ),
        codeOf("theory.manifest"),
      );
    });
  }

  it("suggests the limit that was meant and obeys the ones set", () => {
    const wrong = new Map([
      ["theory.toml", `${manifest("x")}[limits]\nrule_expanded = 1`],
      ["a.dl", ""],
    ]);
    assert.throws(
      () => theoryOf(wrong),
      (error) => error instanceof AssayError && /rules_expanded/.test(error.help ?? ""),
    );
    const small = new Map([
      ["theory.toml", `${manifest("x")}[limits]\nattributes = 1`],
      ["a.dl", ".decl r(a:number, b:number)\n.input r"],
    ]);
    assert.deepEqual(
      compileTheories([theoryOf(small)]).diagnostics.map((one) => one.code),
      ["limit.attributes"],
    );
  });
});
