import assert from "node:assert/strict";
import { hash, verify } from "node:crypto";
import { test } from "node:test";
import { type CanonicalInput, canonicalJson } from "../../../../schema/canonical.ts";
import { commitAlloy } from "../../../../verify/export/commit_alloy.ts";
import { readCommit } from "../../../../verify/export/read_commit.ts";
import { FactBase } from "../../../../verify/fact_base.ts";
import { checkProof } from "../../../../verify/ledger/proof.ts";
import { signingKey } from "../../../../verify/signing/keys.ts";
import { proposal, SHOP, steppingClock, theoryFrom } from "../../../support/fact_bases.ts";
import { pemPair } from "../../../support/pem_keys.ts";

type Members = { readonly [name: string]: CanonicalInput };
interface Alloy extends Members {
  readonly name: string;
  readonly results: {
    readonly integrity: Members & {
      readonly modelHash: string;
      readonly fileHashes: readonly { readonly filename: string; readonly sha256: string; readonly size: number }[];
      readonly signature: { readonly algorithm: string; readonly publicKey: string; readonly value: string };
    };
  };
}

async function withBase(run: (base: FactBase) => Promise<void>): Promise<void> {
  const base = await FactBase.create(null, { clock: steppingClock() });
  try {
    await base.loadTheory([theoryFrom(SHOP)], { author: "lea", reason: "first" });
    await base.propose(proposal({ assert: { customer: [["eve", -5n]] } }));
    await base.propose(proposal({ assert: { customer: [["ann", 1n]] } }));
    await run(base);
  } finally {
    await base.close();
  }
}

const read = (base: FactBase, seq: number) => base.look(({ session }) => readCommit(session, seq, "0.1.0"));

test("an exported commit binds its entry, its delta and its verdict", async () => {
  await withBase(async (base) => {
    const commit = await read(base, 2);
    const { alloy, files } = commitAlloy(commit, null);
    const { fileHashes, modelHash } = (JSON.parse(alloy) as Alloy).results.integrity;
    assert.deepEqual(
      fileHashes.map(({ filename, sha256, size }) => [filename, sha256, size]),
      [...files].map(([name, text]) => [name, hash("sha256", text, "hex"), Buffer.byteLength(text)]),
    );
    assert.equal(`sha256:${fileHashes.find(({ filename }) => filename === "entry.json")?.sha256}`, commit.entry.hash);
    assert.equal(`sha256:${fileHashes.find(({ filename }) => filename === "delta.json")?.sha256}`, commit.entry.delta);
    const shards = fileHashes.map(({ filename, sha256 }) => ({ filename, sha256 }));
    assert.equal(modelHash, `sha256:${hash("sha256", canonicalJson(shards), "hex")}`);
    assert.equal(checkProof(commit.proof, { key: null, root: commit.proof.head.root }).answer, "holds");
  });
});

test("the same commit is the same bytes at any time, and another one another name", async () => {
  await withBase(async (base) => {
    const key = signingKey(pemPair().privatePem, "k");
    const before = commitAlloy(await read(base, 2), key).alloy;
    await base.propose(proposal({ assert: { customer: [["bob", 1n]] } }));
    assert.equal(commitAlloy(await read(base, 2), key).alloy, before);
    const [two, three] = [before, commitAlloy(await read(base, 3), key).alloy].map((text) => (JSON.parse(text) as Alloy).name);
    assert.notEqual(two, three);
    await assert.rejects(read(base, 9), { code: "ledger.no_leaf" });
  });
});

test("a signed export carries a signature over what binds it", async () => {
  await withBase(async (base) => {
    for (const kind of ["ed25519", "p256"] as const) {
      const { alloy } = commitAlloy(await read(base, 2), signingKey(pemPair(kind).privatePem, "k"));
      const { signature, alloyHash, attestedAt, code, modelHash, nonce } = (JSON.parse(alloy) as Alloy).results.integrity;
      const codeHash = `sha256:${hash("sha256", canonicalJson(code as Members), "hex")}`;
      const message = Buffer.from(canonicalJson({ alloyHash, attestedAt, codeHash, modelHash, nonce } as Members));
      const key = { key: Buffer.from(signature.publicKey, "base64url"), format: "der", type: "spki" } as const;
      assert.equal(verify(kind === "p256" ? "sha256" : null, message, key, Buffer.from(signature.value, "base64url")), true);
      assert.equal(signature.algorithm, kind === "p256" ? "ES256" : "EdDSA");
    }
  });
});
