import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Verdict } from "../../schema/verdict.ts";
import { type Chain, chainOf, commit, repository, withoutGit, writeChain } from "../support/git_repositories.ts";
import { assayJson, folder } from "./assay.ts";
import { write } from "./shop.ts";

function attested(context: TestContext): { path: string; chain: Chain } {
  const path = join(folder(context), "r");
  repository(path, 4);
  const chain = chainOf(path);
  writeChain(path, chain);
  return { path, chain };
}

const laws = (data: Verdict | null): [string, unknown][] => (data?.violations ?? []).map(({ law, witness }) => [law, witness["index"]]);

test("a repository's own chain is found, recomputed and held against its history", { skip: withoutGit }, async (context) => {
  const { path, chain } = attested(context);
  const { code, envelope } = await assayJson<Verdict & { chains: readonly { recomputed: string; repository: string }[] }>([
    "gate",
    "--git",
    path,
  ]);
  assert.deepEqual([code, envelope.data?.verdict], [0, "accepted"]);
  assert.deepEqual(
    envelope.data?.chains.map(({ recomputed, repository: real }) => [recomputed, real]),
    [[chain.chainHash, chain.chainHash]],
  );
  commit(path, "the commit of the chain");
  assert.equal((await assayJson(["gate", "--git", path])).code, 0);
  commit(path, "one more");
  const behind = await assayJson<Verdict>(["gate", "--git", path]);
  assert.deepEqual([behind.code, laws(behind.envelope.data)], [0, [["gitchain.behind", undefined]]]);
});

test("the first broken link is named, with its line", { skip: withoutGit }, async (context) => {
  const { path, chain } = attested(context);
  const stages = chain.stages.map((stage, index) => (index === 2 ? { ...stage, tree: "0".repeat(40) } : stage));
  const file = writeChain(path, { ...chain, stages });
  const { code, envelope } = await assayJson<Verdict>(["gate", "--git", path]);
  assert.equal(code, 1);
  assert.deepEqual(laws(envelope.data), [
    ["gitchain.link", 3],
    ["gitchain.chain", 3],
    ["gitchain.tree", 3],
  ]);
  const line = Number(envelope.data?.violations[0]?.place?.split(":").at(-2));
  assert.ok(
    readFileSync(file, "utf8")
      .split("\n")
      .slice(line - 1, line + 3)
      .join("\n")
      .includes("0".repeat(40)),
  );
});

test("a chain that was rewritten and fits itself is still not the repository's", { skip: withoutGit }, async (context) => {
  const { path } = attested(context);
  const other = join(path, "..", "other");
  cpSync(path, other, { recursive: true });
  const forged = join(path, "..", "forged");
  repository(forged, 3);
  const { code, envelope } = await assayJson<Verdict>([
    "gate",
    "--git",
    other,
    writeChain(forged, { ...chainOf(forged), totalCommits: 9 }),
  ]);
  assert.equal(code, 1);
  const found = new Set(laws(envelope.data).map(([law]) => law));
  assert.ok(found.has("gitchain.count"));
  commit(forged, "elsewhere");
  const foreign = await assayJson<Verdict>(["gate", "--git", other, writeChain(forged, chainOf(forged))]);
  assert.equal(foreign.code, 1);
  assert.ok(laws(foreign.envelope.data).some(([law]) => law === "gitchain.branch" || law === "gitchain.commit"));
});

test("a chain is judged by itself too, from a file or stdin, by verify and gate alike", { skip: withoutGit }, async (context) => {
  const { path, chain } = attested(context);
  const text = JSON.stringify(chain);
  write(path, { "chain.json": text });
  for (const args of [
    ["gate", "--theory", "gitchain", "chain.json"],
    ["gate", "--theory", "gitchain", "-"],
    ["verify", "chain.json"],
  ]) {
    const ran = await assayJson<Verdict>(args, { cwd: path, input: text });
    assert.deepEqual([ran.code, ran.envelope.data?.verdict], [0, "accepted"], args.join(" "));
  }
});

test("what has no chain or no repository is an error with its code", { skip: withoutGit }, async (context) => {
  const cwd = folder(context);
  repository(join(cwd, "bare"), 1);
  write(cwd, { "c.json": "{}", "x.json": '{"stages":[]}' });
  for (const [args, code] of [
    [["gate", "--git", "bare"], "git.no_chain"],
    [["gate", "--git", ".", "x.json"], "git.not_a_repository"],
    [["gate", "--git", "bare", "c.json"], "git.chain"],
    [["gate", "--git", "bare", "nosuch.json"], "ingest.not_found"],
    [["gate", "--git", "bare", "--theory", "npm"], "usage.arguments"],
  ] as const) {
    const ran = await assayJson([...args], { cwd });
    assert.deepEqual([ran.code, ran.envelope.error?.code], [3, code], args.join(" "));
  }
});
