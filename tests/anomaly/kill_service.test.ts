import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FactBase } from "../../verify/fact_base.ts";
import { launcher } from "../e2e/assay.ts";
import { servingProcess } from "../e2e/serving.ts";
import { SHOP, steppingClock, theoryFrom } from "../support/fact_bases.ts";
import { seededChoices } from "../support/seeded.ts";
import { callAt, orderOf } from "../support/services.ts";

const ROUNDS = Number(process.env["KILL_ROUNDS"] ?? 5);
const SEED = Number(process.env["KILL_SEED"] ?? 1);
const WIDTH = 24;
/** The service is killed at a random moment: while it starts, or this long after its first acknowledgement. */
const START_MS = 1_500;
const LOAD_MS = 1_000;
const CHECKED_EVERY = 25;
/** So many deltas in a request, and other customers beside the order of each, that within a round the journal fills and is moved beside what follows. */
const BATCH = 65;
const CUSTOMERS = 6;
const HEADERS = { "content-type": "application/json" };

/** Orders as many clients send them: mostly one delta under a key, at times a batch, at times one that must be refused. */
class Client {
  readonly acknowledged: number[] = [];
  /** The last of them that had a key. */
  keyed: number | null = null;
  #last: number;

  constructor(round: number) {
    this.#last = round * 1_000_000;
  }

  /** Sends one request. False where the service is gone. */
  async send(url: string): Promise<boolean> {
    this.#last += BATCH;
    const id = this.#last;
    if (id % 8 === 0) return this.#refused(url, id);
    return id % 8 === 1
      ? this.#batch(
          url,
          Array.from({ length: BATCH }, (_, at) => id + at),
        )
      : this.#one(url, id);
  }

  async #one(url: string, id: number): Promise<boolean> {
    const headers = { ...HEADERS, "idempotency-key": `key ${id}` };
    const answer = await callAt(url, "POST", "/v1/deltas", { headers, body: bodyOf(id) }).catch(() => null);
    if (answer === null) return false;
    assert.equal(answer.json.data["verdict"], "accepted");
    this.acknowledged.push(id);
    this.keyed = id;
    return true;
  }

  async #batch(url: string, ids: readonly number[]): Promise<boolean> {
    const body = `{"deltas":[${ids.map(bodyOf).join(",")}]}`;
    const answer = await callAt(url, "POST", "/v1/deltas:batch", { headers: HEADERS, body }).catch(() => null);
    if (answer === null) return false;
    assert.equal(answer.json.data["accepted"], ids.length);
    this.acknowledged.push(...ids);
    return true;
  }

  async #refused(url: string, id: number): Promise<boolean> {
    const body = JSON.stringify({ proposer: "k", assert: { order: [[id, "nobody", 1]] } });
    const answer = await callAt(url, "POST", "/v1/deltas", { headers: HEADERS, body }).catch(() => null);
    if (answer !== null) assert.equal(answer.json.data["verdict"], "refused");
    return answer !== null;
  }
}

function bodyOf(id: number): string {
  const { customer, order } = orderOf(id).assert;
  const others = Array.from({ length: CUSTOMERS }, (_, at) => [`c${id}.${at}`, 1]);
  return JSON.stringify({ proposer: "k", assert: { customer: [...customer, ...others], order } });
}

/** Kills a service `afterMs` after it was started, whether it listens by then or not. */
async function killedStart(path: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, [launcher, "serve", "--db", path, "--port", "0", "--log-level", "silent"], { stdio: "ignore" });
  const ended = once(child, "exit");
  await sleep(afterMs);
  child.kill("SIGKILL");
  assert.deepEqual(await ended, [null, "SIGKILL"]);
}

/** Sends deltas until the service is killed, `afterMs` after its first acknowledgement. Returns the client that sent them. */
async function killedUnderLoad(path: string, round: number, afterMs: number): Promise<Client> {
  const { child, url, exited } = await servingProcess(["--db", path]);
  const client = new Client(round);
  let isTimed = false;
  const worker = async (): Promise<void> => {
    while (await client.send(url)) {
      if (isTimed || client.acknowledged.length === 0) continue;
      isTimed = true;
      setTimeout(() => child.kill("SIGKILL"), afterMs);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, worker));
  assert.deepEqual(await exited, [null, "SIGKILL"]);
  return client;
}

/** Every acknowledged order is there, no delta was committed twice, and the whole log can be computed again. */
async function check(path: string, acknowledged: readonly number[]): Promise<void> {
  const base = await FactBase.open(path, { clock: steppingClock() });
  try {
    const { rows } = await base.query({ datalog: "?- order(i, c, a)." });
    const there = new Set(rows.map(([order]) => Number(order)));
    assert.deepEqual(
      acknowledged.filter((order) => !there.has(order)),
      [],
    );
    assert.equal(base.head, 1 + there.size);
    const checked = await base.checkLog();
    assert.deepEqual([checked.ok, checked.break], [true, null]);
  } finally {
    await base.close();
  }
}

test(`kill -9 at ${ROUNDS} random moments: every acknowledged delta is there, none twice, and a key sent again commits nothing`, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "assay-kill-service-"));
  const path = join(folder, "base.duckdb");
  const choices = seededChoices(SEED, 2 * ROUNDS);
  context.diagnostic(`seed ${SEED}`);
  try {
    const made = await FactBase.create(path, { clock: steppingClock() });
    await made.loadTheory([theoryFrom(SHOP)], { author: "lea", reason: "first" });
    await made.close();
    const acknowledged: number[] = [];
    let keyed: number | null = null;
    for (let round = 1; round <= ROUNDS; round += 1) {
      if (choices.below(5) === 0) await killedStart(path, choices.below(START_MS));
      else {
        const client = await killedUnderLoad(path, round, choices.below(LOAD_MS));
        acknowledged.push(...client.acknowledged);
        keyed = client.keyed ?? keyed;
      }
      if (round % CHECKED_EVERY === 0) await check(path, acknowledged);
    }
    assert.ok(acknowledged.length >= ROUNDS / 2);
    const { child, url, exited } = await servingProcess(["--db", path]);
    assert.ok(keyed !== null);
    const headers = { ...HEADERS, "idempotency-key": `key ${keyed}` };
    const again = await callAt(url, "POST", "/v1/deltas", { headers, body: bodyOf(keyed) });
    assert.equal(again.headers.get("idempotent-replayed"), "true");
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
    await check(path, acknowledged);
    context.diagnostic(`${acknowledged.length} deltas acknowledged`);
  } finally {
    await rm(folder, { recursive: true });
  }
});
