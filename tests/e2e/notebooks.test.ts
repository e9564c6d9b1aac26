import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { Kernel, type Output } from "../support/jupyter/kernel.ts";
import { codeCells, keepOutputs, outputKinds, outputText, readNotebook, runNotebook } from "../support/jupyter/notebook.ts";
import { assayJson } from "./assay.ts";
import { type Serving, serving, temporary } from "./serving.ts";

const root = join(import.meta.dirname, "..", "..");
const examples = join(root, "api/notebook/examples");
const deno = denoOf(
  `@deno/${process.platform === "win32" ? "win32" : process.platform}-${process.arch}${process.platform === "linux" ? "-glibc" : ""}`,
);
const skip = deno === null && "Deno has no package for this machine: its notebooks are not run";
const parser = new XMLParser({ ignoreAttributes: false, isArray: (name) => ["text", "tspan", "tr", "td", "path"].includes(name) });
const home = temporary();
let service: Serving | null = null;

/** The binary of Deno's platform package; the script that would link it need not run. */
function denoOf(name: string): string | null {
  try {
    const path = join(
      createRequire(import.meta.url).resolve(`${name}/package.json`),
      "..",
      process.platform === "win32" ? "deno.exe" : "deno",
    );
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

before(async () => {
  if (deno === null) return;
  const db = join(home.path, "demo.duckdb");
  assert.equal((await assayJson(["init", "--db", db, "--theory", "npm"])).code, 0);
  assert.equal((await assayJson(["import", "--db", db, join(root, "package-lock.json")])).code, 0);
  service = await serving(db);
});

after(async () => {
  await service?.stop();
  home.remove();
});

/** Runs a notebook of the examples from its own folder, as Deno's kernel runs it for a user; the outputs it was kept with are of the same kinds. */
async function ran(name: string): Promise<Output[][]> {
  const path = join(examples, `${name}.ipynb`);
  const notebook = readNotebook(path);
  const kernel = await Kernel.start(deno ?? "", examples, home.path, { ASSAY_URL: service?.url ?? "" });
  try {
    const outputs = await runNotebook(kernel, notebook);
    if (process.env["UPDATE_NOTEBOOKS"] !== undefined) keepOutputs(path, notebook, outputs);
    const kept = codeCells(readNotebook(path)).map(({ outputs: own = [] }) => outputKinds(own));
    assert.deepEqual(outputs.map(outputKinds), kept);
    return outputs;
  } finally {
    await kernel.stop();
  }
}

interface Locked {
  readonly license?: string;
  readonly version?: string;
  readonly name?: string;
}

const lockfile = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: Record<string, Locked> };

/** The bars of a picture: names and values, as its texts say. */
function barsOf(outputs: readonly Output[]): [string, number][] {
  const svg = outputText(outputs, "image/svg+xml");
  assert.equal(XMLValidator.validate(svg), true);
  const { text } = (parser.parse(svg) as { svg: { text: { "#text": string | number }[] } }).svg;
  const said = text.slice(1).map((one) => String(one["#text"]));
  return said.flatMap((name, at) => (at % 2 === 0 ? [[name, Number(said[at + 1]?.replaceAll(",", ""))] as [string, number]] : []));
}

test("the notebook on npm shows what the lockfile holds, with plots of it", { skip }, async () => {
  const [table = [], licences = [], needed = [], zod = [], commits = []] = await ran("npm");
  const packages = Object.entries(lockfile.packages);
  assert.match(outputText(table, "text/html"), new RegExp(`<caption>${packages.length.toLocaleString("en")} rows × 3 columns</caption>`));
  const counted = new Map<string, number>();
  for (const [, { license }] of packages) if (license !== undefined) counted.set(license, (counted.get(license) ?? 0) + 1);
  const expected = [...counted].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, 8);
  assert.deepEqual(barsOf(licences), expected);
  const bars = barsOf(needed);
  assert.equal(bars.length, 8);
  for (const [name] of bars) assert.ok(`node_modules/${name}` in lockfile.packages, name);
  assert.match(outputText(zod, "text/plain"), /prod/);
  assert.equal(outputText(commits, "stdout").trim(), "0 packages at commit 1; then came commit 2");
});

test("the notebook on a refused delta draws the proof of the violation, and what a fact lacks", { skip }, async () => {
  const [locked = [], verdict = [], violations = [], proof = [], whyNot = [], after_ = []] = await ran("refused");
  const { version } = lockfile.packages["node_modules/zod"] ?? {};
  assert.equal(outputText(locked, "stdout").trim(), `zod ${version} sha512`);
  assert.match(outputText(verdict, "stdout"), /^refused null \d+ violations of \d+ laws$/m);
  assert.match(outputText(violations, "text/html"), /<td>npm\.integrity<\/td>/);
  const lines = (outputs: readonly Output[]): string[] => {
    const svg = outputText(outputs, "image/svg+xml");
    assert.equal(XMLValidator.validate(svg), true);
    const drawn = (parser.parse(svg) as { svg: { text: unknown[]; path: unknown[] } }).svg;
    assert.equal(drawn.path.length, drawn.text.length - 1);
    return drawn.text.map((text) => JSON.stringify(text));
  };
  const drawn = lines(proof);
  assert.ok(drawn[0]?.includes("unhashed("));
  assert.ok(
    drawn.some((text) => text.includes("integrity(")),
    "what the violation lacks is drawn",
  );
  assert.ok(drawn.some((text) => text.includes("99.0.0")));
  assert.ok(lines(whyNot)[0]?.includes("edge("));
  assert.equal(outputText(after_, "stdout").trim(), "true");
});
