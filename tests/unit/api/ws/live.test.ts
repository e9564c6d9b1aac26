import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { theoryFrom } from "../../../support/fact_bases.ts";
import { type LiveClient, rowsTold, sseClient, wsClient } from "../../../support/live_clients.ts";
import { orderOf, withService } from "../../../support/services.ts";

const both = [
  ["sse", (url: string, query: string) => sseClient(url, query)],
  ["ws", (url: string, query: string) => wsClient(url, query)],
] as const;

for (const [transport, open] of both) {
  test(`a subscriber by ${transport} has a snapshot, then what each commit changes, and resumes without gap or duplicate`, async () => {
    await withService(async ({ url, submit }) => {
      await submit(orderOf(1));
      const query = `topic=query&query=${encodeURIComponent("?- order(i, c, a), a > 1.0.")}`;
      const client = await open(url, query);
      await client.until((events) => events.length > 0);
      await submit(orderOf(2, 7));
      await submit(orderOf(3, 1));
      await submit({ retract: { order: [[2, "c2", 7]] }, assert: { order: [[4, "c3", 9]] } });
      await client.until((events) => events.at(-1)?.to === 5);
      assert.deepEqual(
        client.events.map(({ event, from, to }) => [event, from, to]),
        [
          ["snapshot", undefined, undefined],
          ["change", 2, 3],
          ["change", 4, 5],
        ],
      );
      assert.deepEqual([...rowsTold(client.events)], ['[4,"c3",9]']);
      const { cursor } = client;
      await client.close();
      await submit(orderOf(6, 66));
      await submit({ retract: { order: [[4, "c3", 9]] } });
      const again = await open(url, `${query}&cursor=${cursor}`);
      await again.until((events) => events.length > 0);
      await submit(orderOf(8, 88));
      await again.until((events) => events.at(-1)?.to === 8);
      assert.deepEqual([...rowsTold(again.events, rowsTold(client.events))].toSorted(), ['[6,"c6",66]', '[8,"c8",88]']);
      assert.ok(again.events.every(({ event }) => event === "change"));
      await again.close();
    });
  });
}

test("commits are told one by one, and those missed after a cursor", async () => {
  await withService(async ({ url, submit }) => {
    const client = await sseClient(url, "topic=commits");
    for (let id = 1; id <= 5; id += 1) await submit(orderOf(id));
    await client.until((events) => events.at(-1)?.entry?.seq === 6);
    const seqs = (one: LiveClient) => one.events.flatMap(({ entry }) => (entry === undefined ? [] : [entry.seq]));
    assert.deepEqual(seqs(client), [2, 3, 4, 5, 6]);
    await client.close();
    const later = await sseClient(url, "topic=commits", "3");
    await later.until((events) => events.length >= 3);
    assert.deepEqual(seqs(later), [4, 5, 6]);
    await later.close();
  });
});

test("violations are those that stand and those refused, also after a gap", async () => {
  await withService(async ({ url, submit }) => {
    await submit(orderOf(1, 5_000));
    const client = await wsClient(url, "topic=violations");
    await client.until((events) => events.length > 0);
    assert.deepEqual([...rowsTold(client.events)], ['{"law":"shop.large","witness":{"id":1}}']);
    await submit({ assert: { order: [[7, "nobody", 1]] } });
    await submit(orderOf(2, 6_000));
    await client.until((events) => events.length >= 3);
    assert.deepEqual(
      client.events.map(({ event }) => event),
      ["snapshot", "refused", "violations"],
    );
    const { cursor } = client;
    await client.close();
    await submit({ assert: { order: [[8, "nobody", 1]] } });
    await submit({ retract: { order: [[1, "c1", 5_000]] } });
    await submit({ assert: { order: [[9, "nobody", 1]] } });
    const again = await wsClient(url, `topic=violations&cursor=${encodeURIComponent(cursor ?? "")}`);
    await again.until((events) => events.filter(({ event }) => event === "refused").length === 2);
    assert.deepEqual([...rowsTold(again.events, rowsTold(client.events))], ['{"law":"shop.large","witness":{"id":2}}']);
    await again.close();
  });
});

test("a subscriber whom nothing is to be told is answered at once", async () => {
  await withService(async ({ url, submit }) => {
    await submit(orderOf(1));
    const patience = AbortSignal.timeout(5_000);
    const answer = await fetch(`${url}/v1/events?topic=relation&relation=order&cursor=2`, { signal: patience });
    assert.equal(answer.status, 200);
    const first = await answer.body?.getReader().read();
    assert.match(new TextDecoder().decode(first?.value), /^:.*\n\n$/);
  });
});

test("what cannot be subscribed to is refused with its code", async () => {
  await withService(async ({ url, call }) => {
    const codes = async (query: string) => (await call("GET", `/v1/events?${query}`)).json.error?.code;
    assert.equal(await codes("topic=relation&relation=nothing"), "query.unknown_relation");
    assert.equal(await codes("topic=query&query=%3F-%20order(x)."), "query.rejected");
    assert.equal(await codes("topic=commits&cursor=99"), "live.cursor");
    assert.equal(await codes("topic=commits&cursor=x"), "live.cursor");
    assert.equal(await codes("topic=commits&relation=order"), "http.malformed");
    assert.equal(await codes("topic=relation"), "http.malformed");
    const refused = await wsClient(url, "topic=law&law=none");
    await refused.until(() => refused.closed !== null);
    assert.deepEqual([refused.events[0]?.code, refused.closed], ["query.unknown_relation", "4400 query.unknown_relation"]);
  });
});

for (const coding of ["identity", "gzip"]) {
  test(`a subscriber that does not read is told that it lags and cut off, and holds up nobody: ${coding}`, async () => {
    await withService(
      async ({ url, submit, call }) => {
        const quick = await wsClient(url, "topic=commits");
        const response = await fetch(`${url}/v1/events?topic=commits`, { headers: { "accept-encoding": coding } });
        assert.equal(response.headers.get("content-encoding"), coding === "gzip" ? "gzip" : null);
        for (let id = 1; id <= 150; id += 1) {
          const reason = createHash("shake256", { outputLength: 60_000 }).update(String(id)).digest("base64");
          await submit({ ...orderOf(id), reason });
        }
        await quick.until((events) => events.at(-1)?.entry?.seq === 151);
        assert.equal(quick.events.filter(({ event }) => event === "commit").length, 150);
        await quick.close();
        let text = "";
        const decoder = new TextDecoder();
        try {
          for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true });
        } catch {
          // Cut off after it did not take its farewell.
        }
        assert.ok(!text.includes('"seq":151'), "it fell behind");
        assert.match((await call("GET", "/metrics")).text, /assay_live_lagged_total 1/);
      },
      { limits: { live_queue: 20 } },
    );
  });
}

test("a theory that goes on or away is told: rows differ, or the subscription ends", async () => {
  await withService(
    async ({ url, base, submit }) => {
      await submit({ assert: { item: [[1], [2], [30]] } });
      const changed = await wsClient(url, "topic=law&law=x.big");
      const gone = await wsClient(url, "topic=relation&relation=small");
      await changed.until((events) => events.length > 0);
      await gone.until((events) => events.length > 0);
      const next = '.decl item(n:number)\n.input item\n/// @law x.big warn "{n}"\n.decl big(n:number)\nbig(n) :- item(n), n > 1.\n';
      await base.loadTheory([theoryFrom(next, "x", "2.0.0")], { author: "t", reason: "wider" });
      await submit({ assert: { item: [[4]] } });
      await changed.until((events) => events.at(-1)?.to === 4);
      assert.deepEqual([...rowsTold(changed.events)].toSorted(), ["[2]", "[30]", "[4]"]);
      await gone.until(() => gone.closed !== null);
      assert.deepEqual([gone.events.at(-1)?.event, gone.closed], ["ended", "4410 ended"]);
      await changed.close();
    },
    {
      theories: [
        theoryFrom(
          '.decl item(n:number)\n.input item\n/// @law x.big warn "{n}"\n.decl big(n:number)\nbig(n) :- item(n), n > 20.\n.decl small(n:number)\nsmall(n) :- item(n), n < 3.\n',
          "x",
        ),
      ],
    },
  );
});

test("a service that closes says so to its subscribers", async () => {
  let client: LiveClient | null = null;
  let sse: LiveClient | null = null;
  await withService(async ({ url }) => {
    client = await wsClient(url, "topic=commits");
    sse = await sseClient(url, "topic=commits");
    await sse.until((events) => events.length > 0);
  });
  await (client as LiveClient | null)?.until(() => (client as LiveClient | null)?.closed !== null);
  assert.deepEqual((client as LiveClient | null)?.closed, "1001 closing");
  // What was written before the service let go may still be on its way.
  await (sse as LiveClient | null)?.until((events) => events.at(-1)?.event === "closing");
  assert.equal((sse as LiveClient | null)?.events.at(-1)?.event, "closing");
});
