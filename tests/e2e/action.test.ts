import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { pemPair } from "../support/pem_keys.ts";
import { folder } from "./assay.ts";
import { ORDERS, write, writeShop } from "./shop.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const action = readFileSync(join(ROOT, "action.yml"), "utf8");

/** The shell of the last step, and the inputs that reach it by the environment. */
const script = (/ {6}run: \|\n((?: {8}.*\n| *\n)+)$/.exec(action)?.[1] ?? "").replace(/^ {8}/gm, "");
const variables = [...action.matchAll(/^ {8}(ASSAY_\w+): \$\{\{ inputs\.([\w-]+) \}\}$/gm)].map(([, name = "", input = ""]) => ({
  name,
  input,
}));

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the step as a runner would: inputs in the environment, outputs and the summary in files. */
function step(cwd: string, inputs: Readonly<Record<string, string>>): Ran {
  const defaults = Object.fromEntries(
    variables.map(({ name, input }) => [name, inputs[input] ?? (input === "sarif" ? "assay.sarif" : "")]),
  );
  const output = join(cwd, "output.txt");
  writeFileSync(output, "");
  const env = {
    ...defaults,
    PATH: `${dirname(process.execPath)}:${process.env["PATH"]}`,
    GITHUB_ACTION_PATH: ROOT,
    GITHUB_OUTPUT: output,
    GITHUB_STEP_SUMMARY: join(cwd, "summary.md"),
  };
  const done = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], { cwd, env, encoding: "utf8" });
  const pairs = readFileSync(output, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split("=") as [string, string]);
  return { code: done.status, stdout: done.stdout, outputs: Object.fromEntries(pairs) };
}

function shop(context: TestContext): string {
  const cwd = folder(context);
  writeShop(cwd, { "key.pem": pemPair().privatePem, "bad/order.csv": `${ORDERS}o3,c9,7\n`, "$(touch owned).csv": "x" });
  return cwd;
}

test("every input reaches the step by the environment, never as shell text", () => {
  const declared = [...(action.split("outputs:")[0] ?? "").matchAll(/^ {2}([\w-]+):$/gm)].map((match) => match[1] ?? "");
  assert.ok(declared.length >= 12);
  assert.deepEqual(
    variables.map(({ input }) => input),
    declared,
  );
  assert.ok(script.length > 0 && !script.includes("${{"));
  for (const { name } of variables) assert.ok(script.includes(name), name);
});

test("the step prints annotations, writes its reports, tells the verdict and fails with it", (context) => {
  const cwd = shop(context);
  const good = step(cwd, { theory: "shop", sources: "customer.csv\norder.csv\n", "attest-key": "key.pem", junit: "a.xml" });
  assert.deepEqual([good.code, good.outputs], [0, { attestation: "assay-verdict.intoto.jsonl", verdict: "accepted", "exit-code": "0" }]);
  assert.ok(good.stdout.includes("::notice title=assay accepted::"));
  for (const name of ["assay.sarif", "a.xml", "summary.md", "assay-verdict.intoto.jsonl"]) assert.ok(existsSync(join(cwd, name)), name);
  const bad = step(cwd, { theory: "shop", sources: "bad" });
  assert.deepEqual([bad.code, bad.outputs["verdict"]], [1, "refused"]);
  assert.ok(bad.stdout.startsWith("::error file=bad/order.csv,line="));
});

test("what cannot be judged fails the step, unless undecided is let pass; an error never is", (context) => {
  const cwd = shop(context);
  write(cwd, { "empty/order.csv": "id,customer,total\n" });
  const inputs = { theory: "shop", sources: "empty" };
  assert.deepEqual([step(cwd, inputs).code, step(cwd, { ...inputs, "fail-on-undecided": "false" }).code], [2, 0]);
  const wrong = step(cwd, { theory: "shop", sources: "nosuch.csv", "fail-on-undecided": "false" });
  assert.deepEqual([wrong.code, wrong.outputs["verdict"]], [3, "error"]);
});

test("names are no shell text and no options", (context) => {
  const cwd = shop(context);
  for (const source of ["$(touch owned).csv", "`touch owned`", "; touch owned", "--theory=npm"]) {
    assert.equal(step(cwd, { theory: "shop", sources: source }).code, 3, source);
  }
  assert.equal(existsSync(join(cwd, "owned")), false);
});
