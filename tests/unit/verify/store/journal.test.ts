import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ProposedDelta } from "../../../../schema/delta.ts";
import { FactBase } from "../../../../verify/fact_base.ts";
import { proposal, steppingClock, theoryFrom } from "../../../support/fact_bases.ts";

const THEORY = `
/// @key(name)
.decl holder(name:symbol, number:number, size:unsigned, weight:float)
.input holder
/// @law holder.light error "{name} weighs {weight}"
.decl heavy(name:symbol, weight:float)
heavy(n, w) :- holder(n, _, _, w), w > 100.0.
`;

async function withFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "assay-journal-"));
  try {
    await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function holders(path: string): Promise<FactBase> {
  const base = await FactBase.create(path, { clock: steppingClock(), engines: ["incremental"] });
  await base.loadTheory([theoryFrom(THEORY, "holders")], { author: "ada", reason: "to begin" });
  return base;
}

function holder(name: string, weight: number): ProposedDelta {
  return proposal({ assert: { holder: [[name, -(2n ** 63n), 2n ** 64n - 1n, weight]] } });
}

/** The file as a machine that lost its power now would leave it. */
function copyOf(path: string): string {
  const copy = `${path}.copy`;
  copyFileSync(path, copy);
  for (const suffix of [".wal", ".journal", ".journal2"]) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
  return copy;
}

test("what was answered and not moved yet is there after a crash, and the chain holds", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "base.duckdb");
    const base = await holders(path);
    const given = await Promise.all([base.propose(holder("ada", 1.5)), base.propose(holder("bob", -0)), base.propose(holder("eve", 101))]);
    assert.deepEqual(
      given.map(({ verdict }) => verdict),
      ["accepted", "accepted", "refused"],
    );
    const copy = copyOf(path);
    assert.ok(existsSync(`${copy}.journal`));
    await base.close();
    assert.ok(!existsSync(`${path}.journal`));
    const again = await FactBase.open(copy, { clock: steppingClock() });
    try {
      assert.equal(again.head, 3);
      assert.deepEqual((await again.query({ datalog: "?- holder(n, i, u, w)." })).rows, [
        ["ada", -(2n ** 63n), 2n ** 64n - 1n, 1.5],
        ["bob", -(2n ** 63n), 2n ** 64n - 1n, 0],
      ]);
      assert.equal((await again.checkLog()).ok, true);
      assert.equal((await again.refusals()).length, 1);
      const [first] = given;
      assert.deepEqual(await again.propose(holder("ada", 1.5)), { ...first, replayed: true });
    } finally {
      await again.close();
    }
  });
});

test("a crash between the move and the emptying of the journal commits nothing twice", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "base.duckdb");
    const base = await holders(path);
    await Promise.all([base.propose(holder("ada", 1)), base.propose(holder("bob", 2))]);
    const copy = copyOf(path);
    const journal = readFileSync(`${copy}.journal`);
    await (await FactBase.open(copy, { clock: steppingClock() })).close();
    writeFileSync(`${copy}.journal`, journal);
    const again = await FactBase.open(copy, { clock: steppingClock() });
    assert.equal(again.head, 3);
    assert.equal((await again.checkLog()).ok, true);
    await again.propose(holder("eve", 3));
    await again.close();
    writeFileSync(`${copy}.journal`, journal);
    const last = await FactBase.open(copy, { clock: steppingClock() });
    assert.equal(last.head, 4);
    await last.close();
    await base.close();
  });
});

test("a journal cut anywhere gives the groups before the cut; one broken before its end, or of another base, is told", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, "base.duckdb");
    const base = await holders(path);
    const before = base.head;
    await base.propose(holder("ada", 1));
    const one = readFileSync(`${path}.journal`).length;
    await base.propose(holder("bob", 2));
    const copy = copyOf(path);
    await base.close();
    const [whole, kept] = [readFileSync(`${copy}.journal`), readFileSync(copy)];
    const walKept = existsSync(`${copy}.wal`) ? readFileSync(`${copy}.wal`) : null;
    const headAfter = async (journal: Buffer): Promise<number> => {
      writeFileSync(copy, kept);
      if (walKept !== null) writeFileSync(`${copy}.wal`, walKept);
      writeFileSync(`${copy}.journal`, journal);
      const again = await FactBase.open(copy, { clock: steppingClock() });
      try {
        assert.equal((await again.checkLog()).ok, true);
        return again.head;
      } finally {
        await again.close();
      }
    };
    for (const at of [0, 1, 7, 8, 9, one - 1, one, one + 1, one + 8, one + 20, whole.length - 1, whole.length]) {
      assert.equal(await headAfter(whole.subarray(0, at)), before + (at < one ? 0 : at < whole.length ? 1 : 2), `cut at ${at}`);
    }
    assert.equal(await headAfter(Buffer.concat([whole.subarray(0, one), Buffer.alloc(4_096)])), before + 1, "zeros behind");
    const broken = Buffer.from(whole);
    broken.writeUInt8(broken.readUInt8(20) ^ 1, 20);
    await assert.rejects(headAfter(broken), { code: "store.damaged" });
    await assert.rejects(headAfter(whole.subarray(one)), { code: "store.damaged" });
    const other = join(folder, "other.duckdb");
    copyFileSync(`${copy}.journal`, `${other}.journal`);
    await assert.rejects(FactBase.create(other, { clock: steppingClock() }), { code: "store.exists" });
  });
});

test("reads see every answered delta, and a delta that came and went leaves no fact", async () => {
  await withFolder(async (folder) => {
    const base = await holders(join(folder, "base.duckdb"));
    try {
      for (let round = 1; round <= 20; round += 1) {
        await base.propose(holder(`h${round}`, round));
        if (round % 3 === 0) {
          await base.propose(proposal({ retract: { holder: [[`h${round}`, -(2n ** 63n), 2n ** 64n - 1n, round]] } }));
        }
        if (round % 5 !== 0) continue;
        const { rows } = await base.query({ datalog: "?- holder(n, _, _, _)." });
        assert.equal(rows.length, round - Math.floor(round / 3));
      }
      assert.equal((await base.checkLog()).ok, true);
    } finally {
      await base.close();
    }
  });
});

test("a base in memory keeps no journal and answers the same", async () => {
  const base = await FactBase.create(null, { clock: steppingClock(), engines: ["incremental"] });
  try {
    await base.loadTheory([theoryFrom(THEORY, "holders")], { author: "ada", reason: "to begin" });
    await Promise.all(["a", "b", "c"].map((name) => base.propose(holder(name, 1))));
    assert.deepEqual(await base.read(null, ({ session }) => session.rows("SELECT count(*) FROM main.holder")), [[3n]]);
  } finally {
    await base.close();
  }
});
