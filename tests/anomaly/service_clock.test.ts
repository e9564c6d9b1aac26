import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startService } from "../../api/http/service.ts";
import { type Clock, StrictClock, systemClock } from "../../schema/clock.ts";
import { FactBase } from "../../verify/fact_base.ts";
import { SHOP, theoryFrom } from "../support/fact_bases.ts";
import { sseClient } from "../support/live_clients.ts";
import { callAt, orderOf, withService } from "../support/services.ts";

const HOUR_MS = 3_600_000;

/** A machine's clock that somebody sets. */
class SetClock implements Clock {
  ms = Date.parse("2026-01-01T00:00:00.000Z");

  now(): string {
    return new Date(this.ms).toISOString();
  }

  micros(): number {
    return systemClock.micros();
  }
}

const refused = (id: number): object => ({ assert: { order: [[id, "nobody", 1]] } });

async function timesOf(url: string): Promise<string[]> {
  const { json } = await callAt(url, "GET", "/v1/commits");
  return (json.data as unknown as { entries: { time: string }[] }).entries.map(({ time }) => time);
}

test("a clock that jumps back orders nothing wrongly", () => {
  const jumps = [0, 5_000, -HOUR_MS, -HOUR_MS, 60_000];
  const wall = new SetClock();
  const start = wall.ms;
  const clock = new StrictClock(wall);
  clock.keepAfter("2026-01-01T00:30:00.000Z");
  const times = Array.from({ length: 50 }, (_, reading) => {
    wall.ms = start + (jumps[reading % jumps.length] ?? 0);
    return clock.now();
  });
  assert.deepEqual(times, times.toSorted());
  assert.equal(new Set(times).size, times.length);
  assert.ok((times[0] ?? "") > "2026-01-01T00:30:00.000Z");
  assert.match(times[7] ?? "", /^2026-01-01T00:30:00\.\d{6}Z$/);
});

test("a service whose machine's clock jumps back and forth goes on in order: commits, refusals and cursors", async () => {
  const wall = new SetClock();
  await withService(
    async ({ base, url, submit }) => {
      const first = await sseClient(url, "topic=violations");
      await first.until((events) => events.length > 0);
      const jumps = [0, -HOUR_MS, 5_000, -24 * HOUR_MS, HOUR_MS, -1, 0, -HOUR_MS];
      for (const [index, jump] of jumps.entries()) {
        wall.ms += jump;
        assert.equal((await submit(orderOf(index + 1))).json.data["verdict"], "accepted");
        assert.equal((await submit(refused(100 + index))).json.data["verdict"], "refused");
      }
      const told = (events: readonly { event: string }[]): number => events.filter(({ event }) => event === "refused").length;
      await first.until((events) => told(events) === jumps.length);
      const times = await timesOf(url);
      assert.equal(times.length, base.head);
      assert.deepEqual(times, times.toSorted());
      assert.equal(new Set(times).size, times.length);
      const third = first.events.filter(({ event }) => event === "refused")[2]?.cursor ?? "";
      const again = await sseClient(url, `topic=violations&cursor=${encodeURIComponent(third)}`);
      await again.until((events) => told(events) === jumps.length - 3);
      assert.equal((await base.checkLog()).ok, true);
      await again.close();
      await first.close();
    },
    { wallClock: wall },
  );
});

test("a service that starts again on a machine whose clock went back goes on behind its own past", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-clock-"));
  const path = join(folder, "base.duckdb");
  const wall = new SetClock();
  const life = async (isFirst: boolean, id: number): Promise<string[]> => {
    const clock = new StrictClock(wall);
    const base = isFirst ? await FactBase.create(path, { clock }) : await FactBase.open(path, { clock });
    clock.keepAfter(await base.still((still) => still.lastTime()));
    if (isFirst) await base.loadTheory([theoryFrom(SHOP)], { author: "t", reason: "first" });
    const service = await startService(base, { clock, base: { clock }, version: "0.0.0", logLevel: "silent" });
    const headers = { "content-type": "application/json" };
    const post = (delta: object) =>
      callAt(service.url, "POST", "/v1/deltas", { headers, body: JSON.stringify({ proposer: "t", ...delta }) });
    try {
      assert.equal((await post(orderOf(id))).json.data["verdict"], "accepted");
      assert.equal((await post(refused(100 + id))).json.data["verdict"], "refused");
      assert.equal((await base.checkLog()).ok, true);
      return await timesOf(service.url);
    } finally {
      await service.close();
      await base.close();
    }
  };
  try {
    await life(true, 1);
    wall.ms -= 24 * HOUR_MS;
    await life(false, 2);
    wall.ms -= HOUR_MS;
    const times = await life(false, 3);
    assert.equal(times.length, 4);
    assert.deepEqual(times, times.toSorted());
    assert.equal(new Set(times).size, times.length);
  } finally {
    await rm(folder, { recursive: true });
  }
});
