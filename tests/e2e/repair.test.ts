import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Verdict, Violation } from "../../schema/verdict.ts";
import { assay, assayJson, assayProcess, folder } from "./assay.ts";
import { write, writeShop } from "./shop.ts";

interface Repaired extends Verdict {
  readonly proposals: readonly (object | null)[];
  readonly repairs_complete: boolean;
}

const ORPHAN = JSON.stringify({
  proposer: "t",
  reason: "r",
  assert: {
    order: [
      ["o9", "c9", 7],
      ["o8", "c1", 5],
    ],
  },
});

async function shopBase(context: TestContext): Promise<{ cwd: string; db: string }> {
  const cwd = folder(context);
  writeShop(cwd, { "orphan.json": ORPHAN });
  const db = join(cwd, "shop.duckdb");
  assert.equal((await assay(["init", "--db", db, "--theory", "shop"], { cwd })).code, 0);
  assert.equal((await assay(["import", "--db", db, "customer.csv", "order.csv"], { cwd })).code, 0);
  return { cwd, db };
}

test("repair lists changes that the gate accepts, applies none, and gives each as a delta to propose", async (context) => {
  const { cwd, db } = await shopBase(context);
  const { code, envelope, stderr } = await assayJson<Repaired>(["repair", "--db", db, "orphan.json"], { cwd });
  assert.deepEqual([code, envelope.ok, stderr], [1, true, ""]);
  const { repairs, proposals, repairs_complete } = envelope.data as Repaired;
  assert.deepEqual(
    repairs.map(({ cost, changes }) => [cost, changes]),
    [
      [2, [{ change: "drop", relation: "order", row: ["o9", "c9", 7] }]],
      [4, [{ change: "assert", relation: "customer", row: ["c9", null] }]],
    ],
  );
  assert.equal(repairs_complete, true);
  assert.deepEqual(
    repairs[1]?.holes.map(({ attribute, type }) => [attribute, type]),
    [["country", "symbol"]],
  );
  assert.equal(proposals[1], null);
  const log = await assayJson<{ head: number }>(["log", "--db", db], { cwd });
  assert.equal((log.envelope.data as { head: number }).head, 2);
  const proposed = await assayJson<Verdict>(["propose", "--db", db, "-"], { cwd, input: JSON.stringify(proposals[0]) });
  assert.equal(proposed.envelope.data?.verdict, "accepted");
});

test("repair in a process of its own prints nothing but its answer, by either clingo", async (context) => {
  const { cwd, db } = await shopBase(context);
  const ran = assayProcess(["repair", "--db", db, "--clingo", "wasm", "--json", "orphan.json"], { cwd });
  assert.deepEqual([ran.code, ran.stderr], [1, ""]);
  assert.equal((JSON.parse(ran.stdout) as { data: Repaired }).data.repairs.length, 2);
  const missing = await assayJson(["repair", "--db", db, "--clingo", "/nowhere/clingo", "orphan.json"], { cwd });
  assert.deepEqual([missing.code, missing.envelope.error?.code], [3, "clingo.not_found"]);
});

test("whatif gives the verdict on a delta without a commit, and what a changed theory would have done", async (context) => {
  const { cwd, db } = await shopBase(context);
  const delta = await assayJson<Verdict>(["whatif", "--db", db, "--delta", "orphan.json"], { cwd });
  assert.deepEqual([delta.code, delta.envelope.data?.verdict, delta.envelope.data?.commit], [1, "refused", null]);
  const changed = join(cwd, "changed");
  writeShop(changed);
  const { readFileSync } = await import("node:fs");
  const program = readFileSync(join(changed, "shop/shop.dl"), "utf8")
    .replace("shop.large warn", "shop.large error")
    .replace("t > 1000", "t > 200");
  write(changed, { "shop/shop.dl": program });
  const theory = await assayJson<Verdict & { replay: { commits: number; refused: { commit: number }[]; passing: unknown[] } }>(
    ["whatif", "--db", db, "--theory", "changed/shop"],
    { cwd },
  );
  assert.deepEqual([theory.code, theory.envelope.data?.verdict], [1, "refused"]);
  assert.deepEqual(
    theory.envelope.data?.replay.refused.map(({ commit }) => commit),
    [2],
  );
  assert.equal((await assayJson<{ head: number }>(["log", "--db", db], { cwd })).envelope.data?.head, 2);
  assert.equal((await assayJson(["whatif", "--db", db], { cwd })).envelope.error?.code, "usage.arguments");
});

test("clingo judges the stratified laws too, where it is asked to, and says so", async (context) => {
  const { cwd, db } = await shopBase(context);
  const own = await assayJson<Verdict>(["verify", "--theory", "shop", "--engine", "clingo", "customer.csv", "order.csv"], { cwd });
  assert.deepEqual([own.code, own.envelope.data?.engine, own.envelope.data?.verdict], [0, "clingo", "accepted"]);
  const both = await assayJson<Verdict>(["propose", "--db", db, "--engines", "incremental,clingo", "orphan.json"], { cwd });
  assert.deepEqual([both.code, both.envelope.data?.violations.map(({ law }) => law)], [1, ["shop.customer"]]);
  assert.ok(both.envelope.data?.engine.includes("clingo"));
});

const PLAN = `%! @input task(id:symbol)
%! @input slot(n:number)
%! @input clash(a:symbol, b:symbol)
1 { at(T,S) : slot(S) } 1 :- task(T).
%! Two that clash have different slots.
%! @law plan.apart error "the tasks cannot all have a slot"
:- clash(A,B), at(A,S), at(B,S).
`;

test("a violation of a theory with choices is explained by the facts and laws that clash", async (context) => {
  const cwd = folder(context);
  write(cwd, { "plan/theory.toml": '[theory]\nname = "plan"\nversion = "1.0.0"\ndescription = "slots for tasks"\n', "plan/plan.lp": PLAN });
  const db = join(cwd, "plan.duckdb");
  assert.equal((await assay(["init", "--db", db, "--theory", "plan"], { cwd })).code, 0);
  const input = JSON.stringify({ proposer: "t", reason: "r", assert: { task: [["a"], ["b"], ["c"]], slot: [[1]], clash: [["a", "b"]] } });
  const refused = await assayJson<Verdict>(["propose", "--db", db, "-"], { cwd, input });
  const [violation] = refused.envelope.data?.violations ?? [];
  const explained = await assayJson<{ violation: Violation; clash: { law: string; line: number }[] }>(
    ["explain", "--db", db, violation?.fingerprint ?? ""],
    { cwd },
  );
  assert.deepEqual(
    explained.envelope.data?.clash.map(({ law, line }) => [law, line]),
    [
      ["plan.choice_4", 4],
      ["plan.apart", 7],
    ],
  );
  assert.deepEqual(explained.envelope.data?.violation.facts.map(({ relation, row }) => [relation, ...row]).toSorted(), [
    ["clash", "a", "b"],
    ["task", "a"],
    ["task", "b"],
  ]);
  const { stdout } = await assay(["explain", "--db", db, violation?.fingerprint ?? ""], { cwd });
  for (const shown of ["plan.choice_4", "plan.lp:7", 'task("b")']) assert.ok(stdout.includes(shown), stdout);
});

test("files are judged by a theory with choices", async (context) => {
  const cwd = folder(context);
  write(cwd, {
    "plan/theory.toml": '[theory]\nname = "plan"\nversion = "1.0.0"\ndescription = "slots for tasks"\n',
    "plan/plan.lp": PLAN,
    "task.csv": "id\na\nb\n",
    "slot.csv": "n\n1\n",
    "clash.csv": "a,b\na,b\n",
  });
  const refused = await assayJson<Verdict>(["verify", "--theory", "plan", "task.csv", "slot.csv", "clash.csv"], { cwd });
  assert.deepEqual([refused.code, refused.envelope.data?.engine], [1, "duckdb,clingo"]);
  assert.deepEqual(
    refused.envelope.data?.violations.map(({ law, clash, facts }) => [law, clash, facts.map(({ place }) => place)]),
    [["plan.apart", ["plan.choice_4", "plan.apart"], ["clash.csv:2", "task.csv:2", "task.csv:3"]]],
  );
  write(cwd, { "slot.csv": "n\n1\n2\n" });
  assert.equal((await assayJson(["verify", "--theory", "plan", "--clingo", "wasm", "task.csv", "slot.csv", "clash.csv"], { cwd })).code, 0);
});
