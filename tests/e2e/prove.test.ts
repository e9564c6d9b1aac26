import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { InclusionProof } from "../../verify/ledger/proof.ts";
import { pemPair } from "../support/pem_keys.ts";
import { assay, assayJson, assayProcess, folder } from "./assay.ts";
import { write, writeShop } from "./shop.ts";

async function shopBase(context: TestContext): Promise<{ cwd: string; db: string }> {
  const cwd = folder(context);
  const { privatePem, publicPem } = pemPair();
  writeShop(cwd, { "key.pem": privatePem, "pub.pem": publicPem, "other.pem": pemPair("p256").publicPem });
  write(cwd, { "orphan.json": JSON.stringify({ proposer: "t", reason: "r", assert: { order: [["o9", "c9", 7]] } }) });
  const db = join(cwd, "shop.duckdb");
  assert.equal((await assay(["init", "--db", db, "--theory", "shop"], { cwd })).code, 0);
  assert.equal((await assay(["propose", "--db", db, "orphan.json"], { cwd })).code, 1);
  assert.equal((await assay(["import", "--db", db, "customer.csv", "order.csv"], { cwd })).code, 0);
  return { cwd, db };
}

test("a proof that prove prints is checked with nothing but a key", async (context) => {
  const { cwd, db } = await shopBase(context);
  for (const args of [["commit", "2"], ["consistency", "1", "3"], ["head"]]) {
    const printed = await assay(["prove", ...args, "--db", db, "--key", "key.pem"], { cwd });
    assert.deepEqual([printed.code, printed.stderr], [0, ""]);
    write(cwd, { "proof.json": printed.stdout });
    for (const [key, code, answer] of [
      [["--key", "pub.pem"], 0, "holds"],
      [["--key", "other.pem"], 1, "broken"],
      [[], 2, "untrusted"],
    ] as const) {
      const checked = await assayJson<{ answer: string }>(["prove", "verify", "proof.json", ...key], { cwd });
      assert.deepEqual([checked.code, checked.envelope.data?.answer], [code, answer], `${args.join(" ")} ${key.join(" ")}`);
    }
  }
});

test("a refusal is proved by its delta's id, and a proof in an envelope is read from stdin", async (context) => {
  const { cwd, db } = await shopBase(context);
  const again = await assayJson<{ delta: string }>(["propose", "--db", db, "orphan.json"], { cwd });
  const proved = await assayJson<InclusionProof>(["prove", "delta", String(again.envelope.data?.delta), "--db", db], { cwd });
  assert.equal((JSON.parse(proved.envelope.data?.leaf ?? "") as { kind: string }).kind, "refusal");
  const root = proved.envelope.data?.head.root ?? "";
  const checked = await assayJson<{ answer: string }>(["prove", "verify", "-", "--root", root], { cwd, input: proved.stdout });
  assert.deepEqual([checked.code, checked.envelope.data?.answer], [0, "holds"]);
  const spoilt = proved.stdout.replace("refusal", "approval");
  assert.equal((await assay(["prove", "verify", "-", "--root", root], { cwd, input: spoilt })).code, 1);
});

test("what cannot be proved or read is an error with its code", async (context) => {
  const { cwd, db } = await shopBase(context);
  for (const [args, code] of [
    [["prove", "commit", "9", "--db", db], "ledger.no_leaf"],
    [["prove", "delta", "sha256:00", "--db", db], "ledger.no_leaf"],
    [["prove", "consistency", "3", "1", "--db", db], "ledger.size"],
    [["prove", "head", "--db", db, "--key", "pub.pem"], "attest.key"],
    [["prove", "verify", "order.csv"], "ledger.proof"],
    [["prove", "verify", "nosuch.json"], "ingest.not_found"],
    [["prove", "verify", "order.csv", "--root", "x"], "usage.arguments"],
  ] as const) {
    const ran = await assayJson([...args], { cwd });
    assert.deepEqual([ran.code, ran.envelope.error?.code], [3, code], args.join(" "));
  }
});

test("a mistyped subcommand is answered with the nearest, and help names all of them", async () => {
  const wrong = await assayJson(["prove", "comit", "1", "--db", "x"]);
  assert.deepEqual([wrong.code, wrong.envelope.error?.code], [3, "usage.arguments"]);
  assert.ok(wrong.envelope.error?.help?.includes("commit"));
  const help = assayProcess(["help", "prove"]);
  assert.equal(help.code, 0);
  for (const name of ["head", "commit", "delta", "consistency", "verify"]) assert.ok(help.stdout.includes(`  ${name} `), name);
});
