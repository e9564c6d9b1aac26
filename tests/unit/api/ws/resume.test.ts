import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startService } from "../../../../api/http/service.ts";
import { StrictClock, systemClock } from "../../../../schema/clock.ts";
import { FactBase } from "../../../../verify/fact_base.ts";
import { SHOP, theoryFrom } from "../../../support/fact_bases.ts";
import { rowsTold, sseClient } from "../../../support/live_clients.ts";
import { callAt, orderOf, withService } from "../../../support/services.ts";

/** One life of a service over a file, which the first one makes. */
async function life(
  path: string,
  isFirst: boolean,
  run: (url: string, submit: (delta: object) => Promise<void>) => Promise<void>,
): Promise<void> {
  const clock = new StrictClock(systemClock);
  const options = { clock };
  const base = isFirst ? await FactBase.create(path, options) : await FactBase.open(path, options);
  clock.keepAfter(await base.still((still) => still.lastTime()));
  if (isFirst) await base.loadTheory([theoryFrom(SHOP)], { author: "t", reason: "first" });
  const service = await startService(base, { clock, base: options, version: "0.0.0", logLevel: "silent" });
  const headers = { "content-type": "application/json" };
  const submit = async (delta: object): Promise<void> => {
    await callAt(service.url, "POST", "/v1/deltas", { headers, body: JSON.stringify({ proposer: "t", ...delta }) });
  };
  try {
    await run(service.url, submit);
  } finally {
    await service.close();
    await base.close();
  }
}

test("cursors outlive the service: rows, commits and refusals go on where they stopped", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-resume-"));
  const path = join(folder, "base.duckdb");
  const refused = (id: number) => ({ assert: { order: [[id, "nobody", 1]] } });
  const topics = ["topic=relation&relation=order", "topic=commits", "topic=violations"];
  const cursors = new Map<string, string>();
  let rows = new Set<string>();
  try {
    await life(path, true, async (url, submit) => {
      await submit(orderOf(1));
      const clients = await Promise.all(topics.map((topic) => sseClient(url, topic)));
      await submit(refused(100));
      await submit(orderOf(2));
      for (const [at, client] of clients.entries()) {
        await client.until((events) => events.length >= 2);
        cursors.set(topics[at] ?? "", client.cursor ?? "");
      }
      rows = rowsTold(clients[0]?.events ?? []);
    });
    await life(path, false, async (_url, submit) => {
      await submit(refused(101));
      await submit(orderOf(3));
      await submit(refused(102));
    });
    await life(path, false, async (url, submit) => {
      await submit({ retract: { order: [[1, "c1", 1]] } });
      const [order, commits, violations] = await Promise.all(topics.map((topic) => sseClient(url, topic, cursors.get(topic))));
      await submit(orderOf(5));
      await order?.until((events) => events.at(-1)?.to === 6);
      assert.deepEqual([...rowsTold(order?.events ?? [], rows)].toSorted(), ['[2,"c2",1]', '[3,"c3",1]', '[5,"c5",1]']);
      await commits?.until((events) => events.at(-1)?.entry?.seq === 6);
      assert.deepEqual(
        commits?.events.map(({ entry }) => entry?.seq),
        [4, 5, 6],
      );
      await violations?.until((events) => events.length >= 2);
      assert.deepEqual(
        violations?.events.map(({ event }) => event),
        ["refused", "refused"],
      );
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a cursor inside a change that tells of several commits resumes without gap or duplicate", async () => {
  await withService(
    async ({ url, call, submit }) => {
      await submit(orderOf(1));
      const follower = await sseClient(url, "topic=relation&relation=order");
      await follower.until((events) => events.length > 0);
      const deltas = [2, 3, 4].map((id) => ({ proposer: "t", ...orderOf(id) }));
      await call("POST", "/v1/deltas:batch", { headers: { "content-type": "application/json" }, body: JSON.stringify({ deltas }) });
      await follower.until((events) => events.at(-1)?.to === 5);
      const late = await sseClient(url, "topic=relation&relation=order&cursor=3");
      await late.until((events) => events.at(-1)?.to === 5);
      assert.deepEqual(
        [...rowsTold(late.events, new Set(['[1,"c1",1]', '[2,"c2",1]']))],
        [1, 2, 3, 4].map((id) => `[${id},"c${id}",1]`),
      );
      await late.close();
      await follower.close();
    },
    { engines: ["duckdb"] },
  );
});
