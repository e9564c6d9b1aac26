import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { FactBase } from "../../verify/fact_base.ts";
import { SHOP, steppingClock, theoryFrom } from "../support/fact_bases.ts";

const LOOP = fileURLToPath(new URL("./group_loop.ts", import.meta.url));
const ROUNDS = 4;

/** Runs the loop until it has acknowledged `least` deltas, kills it `afterMs` later, and returns what it acknowledged. */
async function killedRound(path: string, round: number, least: number, afterMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [LOOP, path, String(round), "100"], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.split("\n").length - 2 >= least && !child.killed) setTimeout(() => child.kill("SIGKILL"), afterMs);
  }
  await ended;
  assert.equal(child.signalCode, "SIGKILL");
  return text.slice(0, text.lastIndexOf("\n")).split("\n").slice(1);
}

test("kill -9 while groups commit: every acknowledged delta is there, with all of its facts, and no part of another", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-kill-"));
  const path = join(folder, "base.db");
  try {
    const made = await FactBase.create(path, { clock: steppingClock() });
    await made.loadTheory([theoryFrom(SHOP)], { author: "lea", reason: "first" });
    await made.close();
    const accepted = new Set<string>();
    let refused = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const line of await killedRound(path, round, 1 + round * 100, (round * 11) % 29)) {
        if (line.startsWith("+")) accepted.add(line.slice(1));
        else refused += 1;
      }
      const base = await FactBase.open(path, { clock: steppingClock() });
      const { rows } = await base.query({
        sql: 'SELECT c.name, o.customer FROM customer AS c FULL JOIN "order" AS o ON o.customer = c.name',
      });
      const names = new Set(rows.map(([name]) => String(name)));
      assert.deepEqual(
        [...accepted].filter((name) => !names.has(name)),
        [],
      );
      assert.deepEqual(
        rows.filter(([name, customer]) => name !== customer),
        [],
      );
      assert.equal(base.head, rows.length + 1);
      assert.ok((await base.refusals({ limit: 100_000 })).length >= refused);
      const check = await base.checkLog();
      assert.deepEqual([check.ok, check.commits, check.break], [true, base.head, null]);
      await base.close();
    }
    assert.ok(accepted.size > 0 && refused > 0);
  } finally {
    await rm(folder, { recursive: true });
  }
});
