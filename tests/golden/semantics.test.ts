import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { materialise } from "../../logic/engines/duckdb/materialise.ts";
import { compile } from "../../logic/language/compile.ts";
import { readPrograms } from "../../logic/language/read_programs.ts";
import { type DuckDbSession, openMemory } from "../../verify/store/duckdb_session.ts";
import { inputOver } from "../support/duckdb_facts.ts";
import { presentSouffle } from "../support/souffles.ts";

/**
 * Each file of `semantics/` is a program that Assay and Soufflé or clingo may read otherwise. Its first lines say what each answers:
 * tuples of its output, `nothing`, `fails`, `undecided <why>` or the code of an error. `logic/language/SEMANTICS.md` lists them.
 */
const folder = join(import.meta.dirname, "semantics");
const cases = readdirSync(folder).toSorted();
const souffle = presentSouffle();
const clingo = spawnSync("clingo", ["--version"]).status === 0;

let session: DuckDbSession;
before(async () => {
  session = await openMemory({ threads: "1" });
});
after(() => session.close());

function said(text: string, who: string): string {
  return new RegExp(`^(?://|%) ${who}: (.*)$`, "mu").exec(text)?.[1] ?? "";
}

function tuples(rows: readonly (readonly unknown[])[]): string {
  return rows.length === 0 ? "nothing" : rows.map((row) => row.map(String).join(" ")).join(" | ");
}

async function ours(file: string, text: string): Promise<string> {
  const { programs, diagnostics } = readPrograms([{ path: file, text }], () => null);
  const compiled = compile([{ theory: "t", programs }]);
  const error = [...diagnostics, ...compiled.diagnostics].find(({ severity }) => severity === "error");
  if (error !== undefined || compiled.program === null) return error?.code ?? "nothing";
  const input = await inputOver(session, compiled.program, {});
  const output = compiled.program.outputs[0] ?? "";
  const made = await materialise(input, [output]);
  try {
    if (made.undecided !== null) return `undecided ${made.undecided.code.split(".").at(-1)}`;
    return tuples(await session.rows(`SELECT * FROM ${made.table(output)} ORDER BY ALL`));
  } finally {
    await made.close();
  }
}

function bySouffle(command: string, file: string): string {
  const out = mkdtempSync(join(tmpdir(), "assay-semantics-"));
  try {
    const run = spawnSync(command, ["--no-preprocessor", "--no-warn", "-D", out, file], { encoding: "utf8", timeout: 20_000 });
    if (run.status !== 0) return "fails";
    const [written = ""] = readdirSync(out);
    const lines = readFileSync(join(out, written), "utf8").split("\n").slice(0, -1);
    return tuples(lines.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1)).map((line) => [line]));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function byClingo(file: string): string {
  const run = spawnSync("clingo", ["--outf=2", "--warn=none", file], { encoding: "utf8", timeout: 20_000 });
  const answer = JSON.parse(run.stdout).Call[0].Witnesses[0].Value as string[];
  return tuples(answer.map((atom) => [atom.slice(atom.indexOf("(") + 1, -1)]));
}

for (const name of cases) {
  const file = join(folder, name);
  const text = readFileSync(file, "utf8");
  test(`${name}: ours`, async () => assert.equal(await ours(name, text), said(text, "ours")));
  if (name.endsWith(".dl")) {
    const skip = souffle?.word_bits === 64 ? false : "no souffle with 64-bit words on this machine";
    test(`${name}: Soufflé's`, { skip }, () => assert.equal(bySouffle(souffle?.command ?? "", file), said(text, "souffle")));
  } else
    test(`${name}: clingo's`, { skip: clingo ? false : "clingo is not on this machine" }, () =>
      assert.equal(byClingo(file), said(text, "clingo")),
    );
}

test("every case is told of", () => {
  const page = readFileSync(join(import.meta.dirname, "../../logic/language/SEMANTICS.md"), "utf8");
  assert.deepEqual(
    cases.filter((name) => !page.includes(`\`${name}\``)),
    [],
  );
});
