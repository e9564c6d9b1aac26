import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { test } from "node:test";
import { callAt } from "../support/services.ts";
import { assay, assayJson, folder, launcher } from "./assay.ts";
import { write, writeShop } from "./shop.ts";

async function made(args: readonly string[], input?: string): Promise<string> {
  const ran = await assay(args, input === undefined ? {} : { input });
  assert.equal(ran.code, 0, ran.stderr);
  return ran.stdout.trim();
}

async function serving(args: readonly string[]): Promise<{ url: string; child: ChildProcessByStdio<null, Readable, null> }> {
  const child = spawn(process.execPath, [launcher, "serve", "--port", "0", "--log-level", "silent", "--json", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { url: (JSON.parse(String(line)) as { data: { url: string } }).data.url, child };
}

test("keys are made, listed without their secrets, and revoked", async (context) => {
  const home = folder(context);
  const keys = join(home, "keys.json");
  const key = await made(["key", "add", "alice", "--keys", keys, "--group", "clerks", "--until", "2030-01-01T00:00:00Z"]);
  assert.match(key, /^assay_[0-9a-f]{16}_[\w-]{43}$/);
  assert.equal(statSync(keys).mode & 0o777, 0o600);
  assert.ok(!readFileSync(keys, "utf8").includes(key.slice(-43)));
  const again = await assayJson(["key", "add", "alice", "--keys", keys]);
  assert.deepEqual([again.code, again.envelope.error?.code], [3, "auth.key"]);
  const listed = await assayJson<{ keys: { name: string; groups: string[]; revoked: string | null }[] }>(["key", "list", "--keys", keys]);
  assert.deepEqual(
    listed.envelope.data?.keys.map(({ name, groups, revoked }) => [name, groups, revoked]),
    [["alice", ["clerks"], null]],
  );
  assert.ok(!JSON.stringify(listed.envelope).includes("hash"));
  assert.equal((await assayJson(["key", "revoke", "alice", "--keys", keys])).code, 0);
  assert.equal((await assayJson(["key", "revoke", "alice", "--keys", keys])).envelope.error?.code, "auth.key");
  await made(["key", "add", "alice", "--keys", keys]);
  assert.equal((await assayJson(["key", "list", "--keys", join(home, "none")])).envelope.error?.code, "auth.config");
  assert.equal((await assayJson(["key", "add", "x", "--keys", keys, "--until", "tomorrow"])).code, 3);
});

test("a token is minted, attenuated offline and inspected; what is none is said to be none, and not repeated", async (context) => {
  const home = folder(context);
  const [key, pub] = [join(home, "root.key"), join(home, "root.pub")];
  await made(["token", "key", join(home, "root")]);
  assert.equal(statSync(key).mode & 0o777, 0o600);
  assert.equal((await assayJson(["token", "key", join(home, "root")])).envelope.error?.code, "auth.token");
  const token = await made(["token", "mint", "--key", key, "--user", "ci", "--group", "clerks"]);
  const small = await made(["token", "attenuate", "-", "--root", pub, "--operation", "assert", "--only", "id=o", "--rate", "9"], token);
  const inspected = await assayJson<{ blocks: { source: string }[] }>(["token", "inspect", "-", "--root", pub], { input: small });
  assert.deepEqual(
    inspected.envelope.data?.blocks.map(({ source }) => source.includes("check if")),
    [false, true],
  );
  for (const args of [
    ["token", "inspect", "-", "--root", key],
    ["token", "attenuate", "-", "--root", pub],
    ["token", "attenuate", "-", "--root", pub, "--check", "nonsense("],
    ["token", "mint", "--key", pub, "--user", "ci"],
  ]) {
    const wrong = await assay(args, { input: token });
    assert.equal(wrong.code, 3, args.join(" "));
    assert.ok(!wrong.stderr.includes(readFileSync(key, "utf8").trim().slice(-20)) && !wrong.stderr.includes(token.slice(0, 40)));
  }
});

test("serve asks for credentials where some are configured, and the door of a new service opens from the admin's key", async (context) => {
  const home = folder(context);
  const [keys, db] = [join(home, "keys.json"), join(home, "x.duckdb")];
  const admin = await made(["key", "add", "root", "--keys", keys, "--group", "admin"]);
  await made(["token", "key", join(home, "root")]);
  write(home, { token: await made(["token", "mint", "--key", join(home, "root.key"), "--user", "ci", "--group", "clerks"]) });
  const small = await made(["token", "attenuate", join(home, "token"), "--root", join(home, "root.pub"), "--relation", "customer"]);
  const shop = writeShop(home);
  const { url, child } = await serving([
    "--db",
    db,
    "--theory",
    shop,
    "--theory",
    "access",
    "--api-keys",
    keys,
    "--token-root",
    join(home, "root.pub"),
  ]);
  try {
    const post = (credential: string | null, delta: object) =>
      callAt(url, "POST", "/v1/deltas", {
        headers: { "content-type": "application/json", ...(credential === null ? {} : { authorization: `Bearer ${credential}` }) },
        body: JSON.stringify(delta),
      });
    const customer = { proposer: "ci", assert: { customer: [["c1", "DE"]] } };
    assert.equal((await post(null, customer)).status, 401);
    assert.equal((await post(small, customer)).json.error?.code, "auth.forbidden");
    const granted = await post(admin, { proposer: "root", reason: "first", assert: { grant: [["clerks", "assert", "*"]] } });
    assert.equal(granted.json.data["verdict"], "accepted");
    assert.equal((await post(small, customer)).json.data["verdict"], "accepted");
    const order = { proposer: "ci", assert: { order: [["o1", "c1", 5]] } };
    assert.equal((await post(small, order)).json.error?.code, "auth.token_forbids");
    await made(["key", "revoke", "root", "--keys", keys]);
    assert.equal((await post(admin, customer)).json.error?.code, "auth.unknown");
  } finally {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  }
});

test("a policy without credentials, half a certificate and a file that is not there are told before anything is served", async (context) => {
  const home = folder(context);
  for (const [args, code] of [
    [["--policy", "authz"], "usage.arguments"],
    [["--tls-cert", "x.pem"], "usage.arguments"],
    [["--client-ca", join(home, "none.pem"), "--tls-cert", "x", "--tls-key", "y"], "auth.config"],
    [["--api-keys", join(home, "none.json")], "auth.config"],
    [["--token-root", join(home, "none.pub")], "auth.config"],
    [["--api-keys", join(home, "none.json"), "--policy", "nothing"], "theory.not_found"],
  ] as const) {
    const refused = await assayJson(["serve", "--port", "0", "--log-level", "silent", ...args]);
    assert.deepEqual([args.join(" "), refused.code, refused.envelope.error?.code], [args.join(" "), 3, code]);
  }
});

test("a declassification is signed at the command line", async (context) => {
  const home = folder(context);
  const { generateKeyPairSync } = await import("node:crypto");
  write(home, { "officer.pem": generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString() });
  const args = ["key", "declassify", "customer", "public", "--key", join(home, "officer.pem"), "--attribute", "name", "--value", "c1"];
  const signed = await assayJson<{ delta: { assert: { declassification: string[][] } }; declassifier: string[] }>(args);
  const [row] = signed.envelope.data?.delta.assert.declassification ?? [];
  assert.deepEqual(row?.slice(0, 5), ["customer", "name", "c1", "public", signed.envelope.data?.declassifier[0]]);
});
