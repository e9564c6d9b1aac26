import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { presentSouffle } from "../support/souffles.ts";

const ASSAY = resolve(import.meta.dirname, "../../api/cli/assay.mjs");
const souffle = presentSouffle();

let folder = "";
before(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-e2e-souffle-"));
  mkdirSync(join(folder, "shop"));
  writeFileSync(join(folder, "shop/theory.toml"), '[theory]\nname = "shop"\nversion = "1.0.0"\n');
  writeFileSync(
    join(folder, "shop/laws.dl"),
    `.decl order(id:number, of:symbol)
.input order
.decl customer(name:symbol)
.input customer
/// @law shop.customer error "{id} is of nobody"
.decl lost(id:number)
lost(id) :- order(id, of), !customer(of).
`,
  );
  writeFileSync(join(folder, "order.csv"), 'id,of\n1,ann\n2,"bob\tthe ""first"""\n');
  writeFileSync(join(folder, "customer.csv"), "name\nann\n");
});
after(() => rmSync(folder, { recursive: true, force: true }));

function verify(...options: readonly string[]): { readonly status: number | null; readonly envelope: Record<string, unknown> } {
  const args = [ASSAY, "verify", "--json", "--theory", "./shop", "order=order.csv", "customer=customer.csv", ...options];
  const run = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
  return { status: run.status, envelope: JSON.parse(run.stdout) };
}

test("a verdict by Soufflé is that of our engine", { skip: souffle === null ? "souffle is not on this machine" : false }, () => {
  const theirs = verify("--souffle", souffle?.command ?? "");
  const ours = verify("--engine", "duckdb");
  assert.deepEqual([theirs.status, ours.status], [1, 1]);
  const [one, two] = [theirs, ours].map(({ envelope }) => envelope["data"] as Record<string, unknown>);
  assert.deepEqual([one?.["verdict"], one?.["violations"], one?.["engine"]], ["refused", two?.["violations"], "souffle"]);
});

test("it judges proposals too, alone or beside ours", { skip: souffle === null ? "souffle is not on this machine" : false }, () => {
  const db = join(folder, "s.duckdb");
  const run = (...args: readonly string[]) => {
    const ran = spawnSync(process.execPath, [ASSAY, ...args, "--json"], { cwd: folder, encoding: "utf8" });
    return { status: ran.status, data: (JSON.parse(ran.stdout) as { data: Record<string, unknown> | null }).data };
  };
  const by = ["--souffle", souffle?.command ?? ""];
  assert.deepEqual(run("init", "--db", db, "--theory", "./shop", ...by).status, 0);
  writeFileSync(join(folder, "d.json"), JSON.stringify({ proposer: "t", reason: "r", assert: { order: [[7, "zoe"]] } }));
  const alone = run("propose", "--db", db, "--engine", "souffle", ...by, "d.json");
  assert.deepEqual([alone.status, alone.data?.["verdict"], alone.data?.["engine"]], [1, "refused", "souffle"]);
  const both = run("propose", "--db", db, "--engines", "incremental,souffle", ...by, "d.json");
  assert.deepEqual([both.status, both.data?.["violations"]], [1, alone.data?.["violations"]]);
  writeFileSync(
    join(folder, "ok.json"),
    JSON.stringify({ proposer: "t", reason: "r", assert: { order: [[7, "zoe"]], customer: [["zoe"]] } }),
  );
  const accepted = run("propose", "--db", db, "--engines", "incremental,souffle", ...by, "ok.json");
  assert.deepEqual([accepted.status, accepted.data?.["engine"]], [0, "souffle,incremental"]);
});

test("a Soufflé that is not there is an error of usage, and so are two ways of judging", () => {
  for (const [options, code] of [
    [["--souffle", join("/nowhere", "souffle")], "souffle.not_found"],
    [["--engine", "souffle", "--souffle", join("/nowhere", "souffle")], "souffle.not_found"],
    [["--souffle", "auto", "--engine", "duckdb"], "usage.arguments"],
    [["--engines", "duckdb,souffle"], "usage.arguments"],
    [["--engines", "clingo,souffle"], "usage.arguments"],
  ] as const) {
    const { status, envelope } = verify(...options);
    assert.deepEqual([status, (envelope["error"] as { code: string }).code], [3, code]);
  }
});
