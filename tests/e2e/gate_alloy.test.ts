import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Verdict } from "../../schema/verdict.ts";
import { checkingKey } from "../../verify/signing/keys.ts";
import { pemPair } from "../support/pem_keys.ts";
import { assay, assayJson, folder } from "./assay.ts";
import { write } from "./shop.ts";

const AT = ["--at", "2026-11-21T08:00:00Z"];

/** A fact base whose second commit is to be exported, with a key pair beside it and a policy that registers the key. */
async function exported(context: TestContext): Promise<string> {
  const cwd = folder(context);
  const { privatePem, publicPem } = pemPair();
  const { keyid } = checkingKey(publicPem, "pub.pem");
  const registered = [
    "[[registered_key]]",
    `key = "${keyid}"`,
    'algorithm = "EdDSA"',
    `public_key = """\n${publicPem}"""`,
    'owner = "assay"',
    'from = "2025-01-01T00:00:00Z"',
    'until = "2031-01-01T00:00:00Z"',
  ];
  write(cwd, { "key.pem": privatePem, "pub.pem": publicPem, "policy/keys.toml": `${registered.join("\n")}\n` });
  write(cwd, { "p/package.json": '{"name":"p"}', "p/package-lock.json": '{"name":"p","lockfileVersion":3,"packages":{"":{"name":"p"}}}' });
  assert.equal((await assay(["init", "--db", "npm.db", "--theory", "npm"], { cwd })).code, 0);
  assert.equal((await assay(["gate", "--theory", "npm", "--base", "npm.db", "p"], { cwd })).code, 0);
  const alloy = await assay(["export", "2", "--db", "npm.db", "--key", "key.pem", "--files", "files"], { cwd });
  assert.equal(alloy.code, 0);
  write(cwd, { "commit-2.alloy.json": alloy.stdout });
  return cwd;
}

/** The time of the commit is that of the test, so the gate judges a day later. */
const later = (cwd: string): string[] => {
  const { results } = JSON.parse(readFileSync(join(cwd, "commit-2.alloy.json"), "utf8")) as { results: { completedAt: string } };
  return ["--at", new Date(Date.parse(results.completedAt) + 86_400_000).toISOString()];
};

const broken = (verdict: Verdict | null, severity = "error"): string[] =>
  [...new Set((verdict?.violations ?? []).filter((one) => one.severity === severity).map(({ law }) => law))].toSorted();

test("a commit that one Assay exported passes the gate of another, under every profile", async (context) => {
  const cwd = await exported(context);
  for (const profile of ["published", "strict", "signed"]) {
    const args = ["gate", "--profile", profile, "--policy", "policy", "--artifacts", "files", ...later(cwd), "commit-2.alloy.json"];
    const ran = await assayJson<Verdict>(args, { cwd });
    assert.deepEqual([ran.code, broken(ran.envelope.data)], [0, []], profile);
  }
  const unsigned = await assayJson<Verdict>(["gate", "--profile", "signed", ...later(cwd), "commit-2.alloy.json"], { cwd });
  assert.equal(unsigned.code, 1);
});

test("a file or a word that was changed behind the export refuses it", async (context) => {
  const cwd = await exported(context);
  const gate = (...args: string[]) => assayJson<Verdict>(["gate", "--policy", "policy", ...later(cwd), ...args], { cwd });
  const text = readFileSync(join(cwd, "commit-2.alloy.json"), "utf8");
  write(cwd, { "changed.alloy.json": text.replace('"violations": 0', '"violations": 1') });
  const changed = await gate("changed.alloy.json");
  assert.deepEqual([changed.code, broken(changed.envelope.data).includes("alloy.hash")], [1, true]);
  write(cwd, { "files/verdict.json": "{}" });
  const file = await gate("--artifacts", "files", "commit-2.alloy.json");
  assert.deepEqual([file.code, broken(file.envelope.data).includes("alloy.hash")], [1, true]);
});

test("the gate takes stdin, folders and several files, says where, and finds nothing in an empty folder", async (context) => {
  const cwd = await exported(context);
  const text = readFileSync(join(cwd, "commit-2.alloy.json"), "utf8");
  write(cwd, {
    "docs/a.alloy.json": text,
    "docs/deep/b.alloy.json": text.replace(/"verdict": "accepted"/, '"verdict": "perhaps"'),
    "empty/README": "",
  });
  const piped = await assayJson<Verdict & { subjects: { name: string }[] }>(["gate", ...later(cwd), "-"], { cwd, input: text });
  assert.deepEqual([piped.code, piped.envelope.data?.subjects.map(({ name }) => name)], [0, ["stdin"]]);
  const walked = await assayJson<Verdict & { subjects: { name: string }[] }>(["gate", ...later(cwd), "docs"], { cwd });
  assert.deepEqual(walked.envelope.data?.subjects.map(({ name }) => name).toSorted(), ["docs/a.alloy.json", "docs/deep/b.alloy.json"]);
  const found = walked.envelope.data?.violations.find(({ law }) => law === "alloy.choice");
  assert.match(found?.place ?? "", /^docs\/deep\/b\.alloy\.json:\d+:\d+$/);
  const none = await assayJson<Verdict>(["gate", ...AT, "empty"], { cwd });
  assert.deepEqual([none.code, none.envelope.data?.undecided?.code], [2, "nothing_checked.documents"]);
  const signed = await assay(["gate", ...AT, "--attest", "key.pem", "--attest-to", "v.jsonl", "empty"], { cwd });
  assert.equal(signed.code, 2);
  assert.throws(() => readFileSync(join(cwd, "v.jsonl")), { code: "ENOENT" });
});

test("what was accepted is never another content later: only the base shows it", async (context) => {
  const cwd = await exported(context);
  const text = readFileSync(join(cwd, "commit-2.alloy.json"), "utf8");
  const other = JSON.parse(text) as { name: string; results: { integrity: Record<string, unknown> } } satisfies object;
  const { alloyHash: _alloyHash, signature: _signature, ...integrity } = other.results.integrity;
  write(cwd, { "again.alloy.json": JSON.stringify({ ...other, description: "another", results: { ...other.results, integrity } }) });
  assert.equal((await assay(["init", "--db", "facts.db", "--theory", "alloy", "--profile", "published"], { cwd })).code, 0);
  const based = (...args: string[]) =>
    assayJson<Verdict>(["gate", "--base", "facts.db", "--policy", "policy", ...later(cwd), ...args], { cwd });
  assert.equal((await assayJson<Verdict>(["gate", ...later(cwd), "again.alloy.json"], { cwd })).code, 0);
  const first = await based("commit-2.alloy.json");
  assert.deepEqual([first.code, first.envelope.data?.commit], [0, 2]);
  const second = await based("again.alloy.json");
  assert.deepEqual([second.code, broken(second.envelope.data)], [1, ["alloy.nonce_reused", "alloy.version_content"]]);
  assert.equal((await based("commit-2.alloy.json")).code, 0);
  const strict = await assayJson(["gate", "--base", "facts.db", "--profile", "strict", "commit-2.alloy.json"], { cwd });
  assert.deepEqual([strict.code, strict.envelope.error?.code], [3, "gate.profile"]);
  assert.equal((await assay(["log", "--db", "facts.db", "--check"], { cwd })).code, 0);
});

test("a signed verdict names the profile, the documents and what they came to", async (context) => {
  const cwd = await exported(context);
  const attest = async (): Promise<Record<string, unknown>> => {
    const args = ["gate", "--profile", "strict", "--policy", "policy", "--attest", "key.pem", "--attest-to", "v.jsonl", ...later(cwd)];
    assert.equal((await assay([...args, "commit-2.alloy.json"], { cwd })).code, 0);
    const checked = await assayJson<{ ok: boolean; statement: Record<string, unknown> }>(
      ["attest", "verify", "v.jsonl", "--key", "pub.pem", "--subject", "commit-2.alloy.json"],
      { cwd },
    );
    assert.deepEqual([checked.code, checked.envelope.data?.ok], [0, true]);
    return checked.envelope.data?.statement ?? {};
  };
  const statement = await attest();
  const profile = statement["profile"] as { name: string; hash: string };
  assert.equal(profile.name, "strict");
  assert.match(profile.hash, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual((await attest())["facts"], statement["facts"]);
});
