import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { chainOf, repository, withoutGit, writeChain } from "../support/git_repositories.ts";
import { pemPair } from "../support/pem_keys.ts";
import { folder, launcher } from "./assay.ts";
import { ORDERS, write, writeShop } from "./shop.ts";

const DENY = pathToFileURL(join(import.meta.dirname, "..", "support", "deny_network.mjs")).href;

const run = (cwd: string, ...args: string[]) => spawnSync(process.execPath, ["--import", DENY, ...args], { cwd, encoding: "utf8" });

test("the sockets are really denied", (context) => {
  const cwd = folder(context);
  const reach = [
    "require('node:net').connect(9, '127.0.0.1')",
    "fetch('http://127.0.0.1:9/')",
    "require('node:https').get('https://localhost:9/')",
    "require('node:dns').lookup('localhost', () => {})",
  ];
  for (const code of reach) assert.ok(run(cwd, "--eval", code).stderr.includes("network:"), code);
});

test("no command of a pipeline opens a socket", (context) => {
  const cwd = folder(context);
  const { privatePem, publicPem } = pemPair();
  writeShop(cwd, { "key.pem": privatePem, "pub.pem": publicPem, "bad/order.csv": `${ORDERS}o3,c9,7\n` });
  if (withoutGit === false) {
    repository(join(cwd, "r"), 2);
    writeChain(join(cwd, "r"), chainOf(join(cwd, "r")));
  }
  write(cwd, { "broken.alloy.json": '{"name":"x","version":"1.0.0"}' });
  write(cwd, { "p/package.json": '{"name":"p"}', "p/package-lock.json": '{"name":"p","lockfileVersion":3,"packages":{"":{"name":"p"}}}' });
  for (const [args, code] of [
    [["init", "--db", "b.db", "--theory", "shop"], 0],
    [["gate", "--theory", "shop", "--base", "b.db", "--attest", "key.pem", "customer.csv", "order.csv"], 0],
    [["gate", "--theory", "shop", "--repairs", "1", "--format", "sarif", "bad"], 1],
    ...(withoutGit === false ? ([[["gate", "--git", "r"], 0]] as const) : []),
    [["gate", "--profile", "strict", "broken.alloy.json"], 1],
    [["gate", "--theory", "npm", "p"], 0],
    [["attest", "verify", "assay-verdict.intoto.jsonl", "--key", "pub.pem"], 0],
    [["prove", "commit", "1", "--db", "b.db"], 0],
  ] as const) {
    const { status, stderr } = run(cwd, launcher, ...args);
    assert.equal(stderr.includes("network:"), false, `${args.join(" ")}: ${stderr}`);
    assert.equal(status, code, `${args.join(" ")}: ${stderr}`);
  }
});
