import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readChain } from "../../../../ingest/git/chain_document.ts";
import { addChain, ChainFacts } from "../../../../ingest/git/chain_facts.ts";
import { CHAIN_START, linkHash } from "../../../../ingest/git/chain_hash.ts";
import { limitsWith } from "../../../../schema/limits.ts";

const limits = limitsWith();
const SHARED = join(import.meta.dirname, "../../../../../shared/data/alloy/attestation-chain.json");
const [a, b] = ["a".repeat(40), "b".repeat(40)];

const read = (value: unknown) => readChain(JSON.stringify(value, null, 1), "c.json", limits);

test("a published chain recomputes to its published head", { skip: existsSync(SHARED) ? false : `${SHARED} is not here` }, () => {
  const text = readFileSync(SHARED, "utf8");
  const document = readChain(text, "chain.json", limits);
  const sheet = new ChainFacts();
  const head = addChain(sheet, document);
  assert.equal(head, "959d8f0e29bcde1dc26d1ad37eaa887b80ca5c2fdf9657e7a2becde3361013ed");
  assert.equal(head, (JSON.parse(text) as { chainHash: string }).chainHash);
  assert.equal(sheet.facts.get("link")?.length, 115);
});

test("a link is told with the line that it stands on", () => {
  const hash = linkHash(a, CHAIN_START, b);
  const document = read({ stages: [{ commit: a, tree: b, parents: [], chain_hash: hash }], chainHash: `sha256:${hash}`, totalCommits: 1 });
  assert.deepEqual(document.links, [{ commit: a, tree: b, hash, parents: [], place: "c.json:3:3" }]);
  assert.deepEqual(document.heads, [{ member: "chainHash", hash, place: "c.json:10:15" }]);
  assert.deepEqual(document.count, { value: 1n, place: "c.json:11:18" });
});

test("what is missing or no hash is named, and nothing is computed across it", () => {
  const hash = linkHash(a, CHAIN_START, b);
  for (const [stage, member] of [
    [{ tree: b, chain_hash: hash }, "commit"],
    [{ commit: "A".repeat(40), tree: b, chain_hash: hash }, "commit"],
    [{ commit: a, tree: 7, chain_hash: hash }, "tree"],
    [{ commit: a, tree: b, chain_hash: `sha256:${hash}` }, "chain_hash"],
    [{ commit: a, tree: b, chain_hash: hash, parents: ["HEAD"] }, "parents"],
    [null, "commit"],
  ] as const) {
    const good = { commit: a, tree: b, chain_hash: hash };
    const document = read({ stages: [stage, good, good] });
    const sheet = new ChainFacts();
    assert.equal(addChain(sheet, document), null);
    assert.deepEqual(sheet.facts.get("malformed_link"), [["c.json", 1n, member]]);
    assert.deepEqual(
      sheet.facts.get("measured_link")?.map((row) => row[1]),
      [3n],
    );
    assert.equal(sheet.facts.get("recomputed"), undefined);
  }
});

test("another document is no chain", () => {
  for (const value of [[], {}, { stages: {} }, 7]) assert.throws(() => read(value), { code: "git.chain" });
  assert.throws(() => readChain("{", "c.json", limits), { code: "json.syntax" });
  assert.throws(() => readChain('{"stages":[1,2,3]}', "c.json", { ...limits, chain_links: 2 }), { code: "limit.chain_links" });
});
