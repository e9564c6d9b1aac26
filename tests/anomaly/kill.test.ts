import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { FactBase } from "../../verify/fact_base.ts";
import { SHOP, steppingClock, theoryFrom } from "../support/fact_bases.ts";

const LOOP = fileURLToPath(new URL("./commit_loop.ts", import.meta.url));
const ROUNDS = 10;

/** Runs the loop until it has acknowledged `commits`, kills it `afterMs` later, and returns the last commit it acknowledged. */
async function killedRound(path: string, round: number, commits: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [LOOP, path, String(round)], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.split("\n").length - 2 >= commits && !child.killed) setTimeout(() => child.kill("SIGKILL"), afterMs);
  }
  await ended;
  assert.equal(child.signalCode, "SIGKILL");
  return Number(text.trimEnd().split("\n").at(-1));
}

test("kill -9 at any moment: every acknowledged commit is there, no half commit is, the chain checks", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-kill-"));
  const path = join(folder, "base.db");
  try {
    const made = await FactBase.create(path, { clock: steppingClock() });
    await made.loadTheory([theoryFrom(SHOP)], { author: "lea", reason: "first" });
    await made.close();
    for (let round = 0; round < ROUNDS; round += 1) {
      const acknowledged = await killedRound(path, round, 1 + (round % 3), (round * 7) % 23);
      const base = await FactBase.open(path, { clock: steppingClock() });
      assert.ok(base.head >= acknowledged, `commit ${acknowledged} is lost, the head is ${base.head}`);
      assert.ok(base.head <= acknowledged + 1, `the head ${base.head} is past what was under way`);
      const { rows } = await base.query({ sql: "SELECT count(*) FROM customer" });
      assert.deepEqual(rows, [[BigInt(base.head - 1) * 50n]]);
      const check = await base.checkLog();
      assert.deepEqual([check.ok, check.commits, check.break], [true, base.head, null]);
      await base.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
