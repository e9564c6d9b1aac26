import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startService } from "../../../../api/http/service.ts";
import { StrictClock, systemClock } from "../../../../schema/clock.ts";
import { FactBase } from "../../../../verify/fact_base.ts";
import type { FactBaseOptions } from "../../../../verify/fact_base_options.ts";
import { SHOP, theoryFrom } from "../../../support/fact_bases.ts";
import { rowsTold, sseClient, type Told } from "../../../support/live_clients.ts";
import { withService } from "../../../support/services.ts";

const ORDERS = 3_500;
const PARTS = 4;

/** Orders of one customer, each of them large enough to be warned of. */
function orders(from: number, to: number): object {
  return { customer: [["c", 1]], order: Array.from({ length: to - from }, (_, at) => [from + at, "c", 5_000]) };
}

/**
 * What an `EventSource` has that is cut off behind its `count`th event and connects again with the last id that it saw, until it knows commit
 * `head`.
 */
async function cutBehind(url: string, query: string, count: number, between: () => Promise<void>): Promise<Told[]> {
  const first = await sseClient(url, query);
  await first.until((events) => events.length >= count);
  const seen = first.events.slice(0, count);
  await first.close();
  await between();
  const second = await sseClient(url, query, seen.at(-1)?.cursor ?? undefined);
  await second.until((events) => events.some(({ event }) => event === "change" || event === "violations"));
  await second.close();
  return [...seen, ...second.events];
}

for (const [query, law] of [
  ["topic=relation&relation=order", null],
  ["topic=violations", "shop.large"],
] as const) {
  test(`a snapshot cut at any part goes on there, while commits go on: ${query}`, async () => {
    await withService(async ({ url, submit }) => {
      await submit({ assert: orders(0, ORDERS) });
      const left = new Set(Array.from({ length: ORDERS }, (_, id) => id));
      for (let count = 1; count <= PARTS; count += 1) {
        const gone = count * 800;
        const events = await cutBehind(url, query, count, async () => {
          await submit({ retract: { order: [[gone, "c", 5_000]] }, assert: { order: [[10_000 + count, "c", 5_000]] } });
        });
        left.delete(gone);
        left.add(10_000 + count);
        const cursors = events.map(({ cursor }) => cursor);
        assert.equal(new Set(cursors).size, cursors.length, "each event has a cursor of its own");
        assert.deepEqual(
          events.filter(({ event }) => event === "snapshot").map(({ offset }) => offset),
          [0, 1_000, 2_000, 3_000],
        );
        const rowOf = (id: number) => JSON.stringify(law === null ? [id, "c", 5_000] : { law, witness: { id } });
        assert.deepEqual([...rowsTold(events)].toSorted(), [...left].map(rowOf).toSorted());
      }
    });
  });
}

test("a snapshot that another engine goes on with after a restart has the same parts", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-parts-"));
  const path = join(folder, "base.duckdb");
  const query = "topic=relation&relation=order";
  const seen: Told[] = [];
  const life = async (engine: "duckdb" | "incremental", run: (url: string, base: FactBase) => Promise<void>): Promise<void> => {
    const options: FactBaseOptions = { clock: new StrictClock(systemClock), engines: [engine] };
    const base = seen.length === 0 ? await FactBase.create(path, options) : await FactBase.open(path, options);
    if (seen.length === 0) await base.loadTheory([theoryFrom(SHOP)], { author: "t", reason: "first" });
    const service = await startService(base, { clock: options.clock, base: options, version: "0.0.0", logLevel: "silent" });
    try {
      await run(service.url, base);
    } finally {
      await service.close();
      await base.close();
    }
  };
  const rows = Object.entries(orders(0, ORDERS)) as [string, (string | number)[][]][];
  const proposal = { proposer: "t", reason: "", base: null, key: null, retract: new Map(), places: new Map() };
  try {
    await life("incremental", async (url, base) => {
      const typed = rows.map(([name, list]) => [name, list.map((row) => row.map((v) => (typeof v === "number" ? BigInt(v) : v)))] as const);
      const given = await base.propose({ ...proposal, assert: new Map(typed) });
      assert.equal(given.verdict, "accepted");
      const client = await sseClient(url, query);
      await client.until((events) => events.length >= 2);
      seen.push(...client.events.slice(0, 2));
      await client.close();
    });
    await life("duckdb", async (url, base) => {
      await base.propose({ ...proposal, assert: new Map([["order", [[9_999n, "c", 1n]]]]) });
      const client = await sseClient(url, query, seen.at(-1)?.cursor ?? "");
      await client.until((events) => events.at(-1)?.event === "change");
      assert.equal(rowsTold([...seen, ...client.events]).size, ORDERS + 1);
      await client.close();
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a cursor into a snapshot that never was is refused, and one of commits has no parts", async () => {
  await withService(async ({ call, submit }) => {
    await submit({ assert: orders(0, 10) });
    const codes = async (query: string) => (await call("GET", `/v1/events?${query}`)).json.error?.code;
    assert.equal(await codes("topic=relation&relation=order&cursor=2~1000"), "live.cursor");
    assert.equal(await codes("topic=commits&cursor=2~1000"), "live.cursor");
    assert.equal(await codes("topic=relation&relation=order&cursor=2~0"), "live.cursor");
    assert.equal(await codes("topic=relation&relation=order&cursor=3~5"), "live.cursor");
  });
});

test("violations after a change of laws begin anew, for those of a law that is gone are told by nothing else", async () => {
  const item = '.decl item(n:number)\n.input item\n/// @law x.all warn "{n}"\n.decl all(n:number)\nall(n) :- item(n).\n';
  const big = '/// @law x.big warn "{n}"\n.decl big(n:number)\nbig(n) :- item(n), n > 1.\n';
  await withService(
    async ({ url, base, submit }) => {
      await submit({ assert: { item: [[1], [2]] } });
      const first = await sseClient(url, "topic=violations");
      await first.until((events) => events.length > 0);
      const before = rowsTold(first.events);
      assert.equal(before.size, 3);
      const cursor = first.cursor ?? "";
      await first.close();
      await base.loadTheory([theoryFrom(item, "x", "2.0.0")], { author: "t", reason: "without the other" });
      const second = await sseClient(url, "topic=violations", cursor);
      await second.until((events) => events.length > 0);
      assert.deepEqual([...rowsTold(second.events, before)].toSorted(), [
        '{"law":"x.all","witness":{"n":1}}',
        '{"law":"x.all","witness":{"n":2}}',
      ]);
      await second.close();
    },
    { theories: [theoryFrom(item + big, "x")] },
  );
});
