import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { limitsWith } from "../../../../schema/limits.ts";
import { FactBase } from "../../../../verify/fact_base.ts";
import { checkProof, type InclusionProof, type Proof } from "../../../../verify/ledger/proof.ts";
import { proveCommit, proveConsistency, proveDelta, proveHead, type Signer } from "../../../../verify/ledger/prove.ts";
import { readProof } from "../../../../verify/ledger/read_proof.ts";
import { checkingKey, signingKey } from "../../../../verify/signing/keys.ts";
import { Database } from "../../../../verify/store/database.ts";
import { proposal, SHOP, steppingClock, theoryFrom } from "../../../support/fact_bases.ts";
import { pemPair } from "../../../support/pem_keys.ts";

const options = () => ({ clock: steppingClock() });
const { privatePem, publicPem } = pemPair();
const signer: Signer = { key: signingKey(privatePem, "key.pem"), time: "2026-11-21T07:00:00.000Z" };
const key = checkingKey(publicPem, "pub.pem");

/** A base with the theory loaded (commit 1), a refusal, a commit 2, a refusal that becomes commit 3: five leaves. */
async function writeHistory(base: FactBase): Promise<{ refused: string; mended: string }> {
  await base.loadTheory([theoryFrom(SHOP)], { author: "lea", reason: "first" });
  const refused = await base.propose(proposal({ assert: { customer: [["eve", -5n]] } }));
  const order = proposal({ assert: { order: [[1n, "ann", 3.5]] } });
  const early = await base.propose(order);
  await base.propose(proposal({ assert: { customer: [["ann", 1n]] } }));
  const late = await base.propose(order);
  assert.deepEqual([refused.verdict, early.verdict, late.verdict], ["refused", "refused", "accepted"]);
  return { refused: String(refused.delta), mended: String(late.delta) };
}

async function withBase(run: (base: FactBase, ids: { refused: string; mended: string }) => Promise<void>): Promise<void> {
  const base = await FactBase.create(null, options());
  try {
    await run(base, await writeHistory(base));
  } finally {
    await base.close();
  }
}

const inBase = <T extends Proof>(base: FactBase, prove: (session: Parameters<typeof proveHead>[0]) => Promise<T>): Promise<T> =>
  base.look(({ session }) => prove(session));

test("commits and refusals are leaves, in the order in which they were judged, and none is lost", async () => {
  await withBase(async (base, { refused, mended }) => {
    const { head } = await inBase(base, (session) => proveHead(session, signer));
    assert.equal(head.size, 5);
    assert.equal((await base.checkLog()).ok, true);
    for (const [seq, index] of [
      [1, 0],
      [2, 3],
      [3, 4],
    ] as const) {
      const proof = await inBase(base, (session) => proveCommit(session, seq, signer));
      assert.equal(proof.index, index);
      assert.equal((JSON.parse(proof.leaf) as { seq: number }).seq, seq);
      assert.equal(checkProof(proof, { key, root: head.root }).answer, "holds");
    }
    const refusal = await inBase(base, (session) => proveDelta(session, refused, signer));
    assert.deepEqual([refusal.index, (JSON.parse(refusal.leaf) as { kind: string }).kind], [1, "refusal"]);
    assert.equal(checkProof(refusal, { key, root: null }).answer, "holds");
    assert.equal((await inBase(base, (session) => proveDelta(session, mended, signer))).index, 4);
  });
});

test("every earlier state begins every later one", async () => {
  await withBase(async (base) => {
    for (const [first, second] of [
      [1, 5],
      [3, 4],
      [5, 5],
    ] as const) {
      const proof = await inBase(base, (session) => proveConsistency(session, first, second, signer));
      assert.deepEqual([proof.first.size, proof.head.size], [first, second]);
      assert.equal(checkProof(proof, { key, root: null }).answer, "holds");
    }
    for (const [first, second] of [
      [0, 1],
      [2, 1],
      [1, 6],
    ] as const) {
      await assert.rejects(
        inBase(base, (session) => proveConsistency(session, first, second, signer)),
        { code: "ledger.size" },
      );
    }
    await assert.rejects(
      inBase(base, (session) => proveCommit(session, 4, signer)),
      { code: "ledger.no_leaf" },
    );
  });
});

test("a proof says whether its head is trusted, and a changed one is broken", async () => {
  await withBase(async (base) => {
    const proof: InclusionProof = readProof(
      JSON.stringify(await inBase(base, (session) => proveCommit(session, 2, signer))),
      "p",
    ) as InclusionProof;
    const other = checkingKey(pemPair().publicPem, "other.pem");
    const nothing = { key: null, root: null };
    assert.equal(checkProof(proof, nothing).answer, "untrusted");
    assert.equal(checkProof(proof, { key: other, root: null }).answer, "broken");
    assert.equal(checkProof(proof, { key: null, root: `sha256:${"0".repeat(64)}` }).answer, "broken");
    const changed: readonly Proof[] = [
      { ...proof, leaf: proof.leaf.replace('"seq":2', '"seq":9') },
      { ...proof, index: 2 },
      { ...proof, path: proof.path.slice(1) },
      { ...proof, head: { ...proof.head, size: 9 } },
    ];
    for (const one of changed) assert.equal(checkProof(one, nothing).answer, "broken");
    const head = { ...proof.head, time: "2027-01-01T00:00:00.000Z" };
    assert.equal(checkProof({ ...proof, head }, { key, root: null }).answer, "broken");
    assert.equal(checkProof({ ...proof, head: { ...proof.head, signature: null } }, { key, root: null }).answer, "broken");
  });
});

for (const text of [
  "",
  "[]",
  "{}",
  '{"kind":"head"}',
  '{"kind":"head","head":{"size":-1,"root":"sha256:00","time":"2026-11-21T07:00:00.000Z"}}',
  `{"kind":"inclusion","index":0,"leaf":"{}","path":["${"0".repeat(64)}"],"head":{"size":1,"root":"sha256:${"0".repeat(64)}","time":"2026-11-21T07:00:00Z"}}`,
  `{"kind":"other","path":[],"head":{"size":1,"root":"sha256:${"0".repeat(64)}","time":"2026-11-21T07:00:00Z"}}`,
  `{"kind":"head","head":{"size":1,"root":"sha256:${"0".repeat(64)}","time":"2026-99-21T07:00:00Z"}}`,
]) {
  test(`\`${text.slice(0, 40)}\` is no proof`, () => {
    assert.throws(() => readProof(text, "p.json"), { code: "ledger.proof", place: "p.json" });
  });
}

async function inFile(run: (path: string, change: (sql: string) => Promise<void>) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assay-ledger-"));
  const path = join(folder, "base.db");
  const change = async (sql: string): Promise<void> => {
    const database = await Database.open(path, limitsWith());
    const session = await database.connect();
    for (const statement of sql.split(";")) await session.run(statement);
    database.close();
  };
  try {
    const base = await FactBase.create(path, options());
    await writeHistory(base);
    await base.close();
    await run(path, change);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What turns the present format into the second. */
const BACK_TO_2 = [
  "CREATE TABLE assay.old AS SELECT * FROM assay.verdict",
  "DROP VIEW assay.verdict",
  "DROP TABLE assay.verdict_text",
  "DROP TABLE assay.laws_text",
  "ALTER TABLE assay.old RENAME TO verdict",
  "UPDATE assay.meta SET format = 2",
].join("; ");

test("a fact base of the second format is brought to the present one", async () => {
  await inFile(async (path, change) => {
    await change(BACK_TO_2);
    const base = await FactBase.open(path, options());
    assert.equal((await base.checkLog()).ok, true);
    const { verdict } = await base.propose(proposal({ assert: { customer: [["bob", 1n]] } }));
    assert.equal(verdict, "accepted");
    await base.close();
    const again = await FactBase.open(path, options());
    assert.equal((await again.checkLog()).ok, true);
    await again.close();
  });
});

test("a fact base made before there was a ledger gets it when it is opened", async () => {
  await inFile(async (path, change) => {
    await change(`${BACK_TO_2}; DROP TABLE assay.leaf; UPDATE assay.meta SET format = 1`);
    const base = await FactBase.open(path, options());
    const { head } = await inBase(base, (session) => proveHead(session, signer));
    assert.equal(head.size, 4);
    assert.equal((await base.checkLog()).ok, true);
    await base.propose(proposal({ assert: { customer: [["bob", 1n]] } }));
    assert.equal((await inBase(base, (session) => proveHead(session, signer))).head.size, 5);
    const grown = await inBase(base, (session) => proveConsistency(session, 4, 5, signer));
    assert.equal(grown.first.root, head.root);
    await base.close();
    const again = await FactBase.open(path, options());
    assert.equal((await again.checkLog()).ok, true);
    await again.close();
  });
});

for (const [what, sql] of [
  ["a refusal taken out", "DELETE FROM assay.leaf WHERE position = 1"],
  [
    "a refusal rewritten",
    "UPDATE assay.leaf SET body = replace(body, 'eve', 'bob'), delta = delta WHERE position = 2; UPDATE assay.leaf SET body = '{}' WHERE position = 1",
  ],
  ["a hash changed", "UPDATE assay.leaf SET hash = repeat('0', 64) WHERE position = 3"],
  ["two commits swapped", "UPDATE assay.leaf SET seq = 5 - seq WHERE seq IN (2, 3)"],
  ["the last leaf taken out", "DELETE FROM assay.leaf WHERE position = 4"],
  [
    "a refusal kept without its leaf",
    "DELETE FROM assay.leaf WHERE position = 1; UPDATE assay.leaf SET position = position - 1 WHERE position > 1",
  ],
] as const) {
  test(`the check of the log finds ${what}`, async () => {
    await inFile(async (path, change) => {
      await change(sql);
      const base = await FactBase.open(path, options());
      const { ok, break: found } = await base.checkLog();
      assert.deepEqual([ok, found?.what], [false, "ledger"]);
      await base.close();
    });
  });
}
