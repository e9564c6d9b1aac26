import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { profileNames, profileOf, underProfile, withProfile } from "../../../logic/profile.ts";
import { compileTheories, readTheory, type Theory, theoryOf } from "../../../logic/theory.ts";
import { AssayError } from "../../../schema/assay_error.ts";
import { sha256 } from "../../../schema/canonical.ts";

const MANIFEST = '[theory]\nname = "t"\nversion = "1.0.0"\n';
const LAWS = `
.decl p(x:number)
.input p
/// @law t.small error "{x} is small"
.decl small(x:number)
small(x) :- p(x), x < 10.
/// @law t.odd warn "{x} is odd"
.decl odd(x:number)
odd(x) :- p(x), x % 2 = 1.
/// @law t.zero error "zero"
.decl zero(x:number)
zero(x) :- p(x), x = 0.`;
const SEARCH = "1 { chosen(X) : p(X) } 1.\n";

const profile = (name: string, laws: string): string => `[profile]\nname = "${name}"\ndescription = "d"\n[laws]\n${laws}`;

function codeOf(code: string): (error: unknown) => boolean {
  return (error) => error instanceof AssayError && error.code === code;
}

let root = "";
let theory: Theory;
const weights = (given: Theory) => compileTheories([given]).program?.laws.map(({ id, severity }) => [id, severity]);

async function write(folder: string, name: string, text: string): Promise<string> {
  await mkdir(join(root, folder, "profiles"), { recursive: true });
  await writeFile(join(root, folder, "profiles", `${name}.toml`), text);
  return join(root, folder);
}

before(async () => {
  root = await mkdtemp(join(tmpdir(), "profiles-"));
  await mkdir(join(root, "t"));
  await writeFile(join(root, "t", "theory.toml"), MANIFEST);
  await writeFile(join(root, "t", "laws.dl"), LAWS);
  await write("t", "strict", profile("strict", 'error = ["t.odd"]\nwarn = ["t.small"]\noff = ["t.zero"]\n'));
  await write("t", "loose", profile("loose", 'warn = ["t.small"]\n'));
  theory = await readTheory(join(root, "t"));
});
after(() => rm(root, { recursive: true }));

test("weighs laws, drops those that are off, and leaves the others as written", async () => {
  assert.deepEqual(weights(theory), [
    ["t.small", "error"],
    ["t.odd", "warn"],
    ["t.zero", "error"],
  ]);
  assert.deepEqual(weights((await withProfile(theory, "strict")) as Theory), [
    ["t.small", "warn"],
    ["t.odd", "error"],
  ]);
  assert.deepEqual(weights((await withProfile(theory, "loose")) as Theory), [
    ["t.small", "warn"],
    ["t.odd", "warn"],
    ["t.zero", "error"],
  ]);
});

test("is part of the theory: of its hash, and of what is rebuilt from its files", async () => {
  const strict = (await withProfile(theory, "strict")) as Theory;
  const loose = (await withProfile(theory, "loose")) as Theory;
  assert.equal(new Set([theory.hash, strict.hash, loose.hash]).size, 3);
  const rebuilt = theoryOf(strict.files);
  assert.equal(rebuilt.hash, strict.hash);
  assert.deepEqual(weights(rebuilt), weights(strict));
  assert.equal(profileOf(theory), null);
  assert.equal(profileOf(rebuilt)?.profile.name, "strict");
  assert.equal(profileOf(rebuilt)?.hash, sha256(strict.files.get("profile.toml") ?? ""));
  assert.deepEqual(await profileNames(theory), ["loose", "strict"]);
  assert.deepEqual(await profileNames(rebuilt), []);
});

test("looks in the folders given first", async () => {
  const policy = await write("policy", "strict", profile("strict", 'off = ["t.small"]\n'));
  const found = (await withProfile(theory, "strict", [policy])) as Theory;
  assert.deepEqual(
    weights(found)?.map(([id]) => id),
    ["t.odd", "t.zero"],
  );
});

test("is told where no theory has it, and left out where another one has", async () => {
  const other = theoryOf(
    new Map([
      ["theory.toml", MANIFEST.replace('"t"', '"u"')],
      ["u.dl", LAWS],
    ]),
  );
  await assert.rejects(underProfile([theory, other], "severe"), codeOf("theory.profile_not_found"));
  await assert.rejects(underProfile([theory], "../t/profiles/strict"), codeOf("theory.profile_not_found"));
  const [first, second] = await underProfile([theory, other], "strict");
  assert.notEqual(first?.hash, theory.hash);
  assert.equal(second?.hash, other.hash);
});

const faulty = {
  "a law twice": 'error = ["t.odd"]\nwarn = ["t.odd"]\n',
  "an unknown level": 'fatal = ["t.odd"]\n',
  "a law that is no list": 'error = "t.odd"\n',
  "no TOML": "error = [",
};
for (const [what, laws] of Object.entries(faulty)) {
  test(`refuses ${what}`, async () => {
    await write("t", "faulty", profile("faulty", laws));
    await assert.rejects(withProfile(theory, "faulty"), codeOf("theory.profile"));
  });
}

test("refuses a profile of another name, and at compiling a law that the theory has not got", async () => {
  await write("t", "faulty", profile("strict", ""));
  await assert.rejects(withProfile(theory, "faulty"), codeOf("theory.profile"));
  await write("t", "faulty", profile("faulty", 'error = ["t.smal"]\n'));
  const found = (await withProfile(theory, "faulty")) as Theory;
  assert.throws(() => compileTheories([found]), codeOf("theory.profile"));
});

test("keeps the demands of answer sets on", () => {
  const files = {
    "theory.toml": MANIFEST,
    "laws.dl": LAWS,
    "search.lp": `${SEARCH}%! @law t.pick error "a small one is picked"\n:- chosen(X), X > 5.\n`,
  };
  const off = profile("off", 'off = ["t.pick"]\n');
  const plain = theoryOf(new Map(Object.entries(files)));
  assert.notEqual(compileTheories([plain]).program, null);
  const marked = theoryOf(new Map([...Object.entries(files), ["profile.toml", off]]));
  assert.throws(() => compileTheories([marked]), codeOf("theory.profile"));
});
