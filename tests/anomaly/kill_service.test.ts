import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FactBase } from "../../verify/fact_base.ts";
import { launcher } from "../e2e/assay.ts";
import { SHOP, steppingClock, theoryFrom } from "../support/fact_bases.ts";
import { callAt, orderOf } from "../support/services.ts";

const ROUNDS = Number(process.env["KILL_ROUNDS"] ?? 3);
const WIDTH = 24;

async function serve(path: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [launcher, "serve", "--db", path, "--port", "0", "--log-level", "silent", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  return { child, url: (JSON.parse(text) as { data: { url: string } }).data.url };
}

/** Sends deltas until the service is killed, `afterMs` after the first acknowledgement. Returns the ids of the orders acknowledged. */
async function killedRound(path: string, round: number, afterMs: number): Promise<number[]> {
  const { child, url } = await serve(path);
  const acknowledged: number[] = [];
  let count = 0;
  let isOver = false;
  const worker = async (): Promise<void> => {
    while (!isOver) {
      count += 1;
      const id = round * 1_000_000 + count;
      const body = JSON.stringify({ proposer: "k", ...orderOf(id) });
      const headers = { "content-type": "application/json", "idempotency-key": `key ${id}` };
      const answer = await callAt(url, "POST", "/v1/deltas", { headers, body }).catch(() => null);
      if (answer === null) return;
      assert.equal(answer.json.data["verdict"], "accepted");
      acknowledged.push(id);
      if (acknowledged.length === 1) setTimeout(() => child.kill("SIGKILL"), afterMs);
    }
  };
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await Promise.all([...Array.from({ length: WIDTH }, worker), ended.then(() => (isOver = true))]);
  assert.equal(child.signalCode, "SIGKILL");
  return acknowledged;
}

test("kill -9 under load: every acknowledged delta is there, none twice, and a key sent again commits nothing new", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-kill-service-"));
  const path = join(folder, "base.duckdb");
  try {
    const made = await FactBase.create(path, { clock: steppingClock() });
    await made.loadTheory([theoryFrom(SHOP)], { author: "lea", reason: "first" });
    await made.close();
    const acknowledged: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) acknowledged.push(...(await killedRound(path, round, (round * 37) % 150)));
    const { child, url } = await serve(path);
    const id = acknowledged.at(-1) ?? 0;
    const headers = { "content-type": "application/json", "idempotency-key": `key ${id}` };
    const again = await callAt(url, "POST", "/v1/deltas", { headers, body: JSON.stringify({ proposer: "k", ...orderOf(id) }) });
    assert.equal(again.headers.get("idempotent-replayed"), "true");
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    assert.equal(await ended, 0);
    const base = await FactBase.open(path, { clock: steppingClock() });
    const { rows } = await base.query({ datalog: "?- order(i, c, a)." });
    const there = new Set(rows.map(([order]) => Number(order)));
    assert.deepEqual(
      acknowledged.filter((order) => !there.has(order)),
      [],
    );
    assert.equal(base.head, 1 + there.size);
    const check = await base.checkLog();
    assert.deepEqual([check.ok, check.break], [true, null]);
    await base.close();
    assert.ok(acknowledged.length >= ROUNDS);
    await sleep(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});
