import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { makeKey, writeKeys } from "../../../../api/auth/api_keys.ts";
import { bearer, folder, withDoor } from "../../../support/doors.ts";
import { sseClient, type Told } from "../../../support/live_clients.ts";
import { orderOf, withService } from "../../../support/services.ts";

const BURSTS = 6;
const AT_ONCE = 16;

/** An answer as it came over the wire. */
interface Wire {
  readonly coding: string | undefined;
  /** All of the body, once the service has ended it. */
  readonly body: Promise<Buffer>;
}

async function wireOf(url: string, query: string, accepted: string | null): Promise<Wire> {
  const asked = request(`${url}/v1/events?${query}`, { headers: accepted === null ? {} : { "accept-encoding": accepted } });
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return { coding: answer.headers["content-encoding"], body: answer.toArray().then((chunks) => Buffer.concat(chunks as Buffer[])) };
}

function eventsIn(text: string): Told[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json ?? "") as Told);
}

/** Orders, many at a time, so that rounds tell of several commits. */
async function inBursts(submit: (delta: object) => Promise<unknown>, from = 0): Promise<void> {
  for (let burst = 0; burst < BURSTS; burst += 1) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => submit(orderOf(from + burst * AT_ONCE + at))));
  }
}

for (const query of ["topic=commits", "topic=relation&relation=order", "topic=violations"]) {
  test(`what is told compressed is, to its end, what is told as it is: ${query}`, async () => {
    let wires: Wire[] = [];
    await withService(async ({ url, submit }) => {
      await submit(orderOf(1_000, 5_000));
      wires = await Promise.all([null, "gzip", "gzip, deflate", null, "br, gzip"].map((accepted) => wireOf(url, query, accepted)));
      await inBursts((delta) => submit(delta));
      await submit(orderOf(1_001, 6_000));
    });
    assert.deepEqual(
      wires.map(({ coding }) => coding),
      [undefined, "gzip", "gzip", undefined, "gzip"],
    );
    const [plain = "", ...others] = await Promise.all(
      wires.map(async ({ coding, body }) => (coding === undefined ? (await body).toString() : gunzipSync(await body).toString())),
    );
    for (const other of others) assert.equal(other, plain);
    const events = eventsIn(plain);
    assert.equal(events.at(-1)?.event, "closing");
    assert.equal(plain.startsWith(": listening\n\n"), true);
    if (query === "topic=commits") {
      const seqs = events.flatMap(({ entry }) => (entry === undefined ? [] : [entry.seq]));
      assert.deepEqual(
        seqs,
        Array.from({ length: BURSTS * AT_ONCE + 1 }, (_, at) => at + 3),
      );
    }
  });
}

test("a compressed stream goes on behind each cursor that it told, while commits go on", async () => {
  await withService(async ({ url, submit }) => {
    const follower = await sseClient(url, "topic=commits", undefined, { "accept-encoding": "gzip" });
    await inBursts((delta) => submit(delta));
    const head = BURSTS * AT_ONCE + 1;
    await follower.until((events) => events.at(-1)?.entry?.seq === head);
    const more = inBursts((delta) => submit(delta), 1_000);
    for (let cursor = 1; cursor <= head; cursor += 5) {
      const late = await sseClient(url, "topic=commits", String(cursor), { "accept-encoding": "gzip" });
      await late.until((events) => (events.at(-1)?.entry?.seq ?? cursor) >= head + 1);
      const seqs = late.events.map(({ entry }) => entry?.seq);
      assert.deepEqual(
        seqs,
        seqs.map((_, at) => cursor + 1 + at),
      );
      await late.close();
    }
    await more;
    await follower.close();
  });
});

test("many who come and go while commits go on are told of each, once and in order", async () => {
  const wires: Promise<Wire>[] = [];
  await withService(async ({ url, submit }) => {
    const writing = inBursts((delta) => submit(delta));
    for (let at = 0; at < 150; at += 1) {
      const wire = wireOf(url, `topic=commits&cursor=1`, at % 2 === 0 ? "gzip" : null);
      wires.push(wire);
      if (at % 10 === 0) await wire;
    }
    await Promise.all(wires);
    await writing;
  });
  for (const wire of wires) {
    const { coding, body } = await wire;
    const text = coding === "gzip" ? gunzipSync(await body).toString() : (await body).toString();
    const seqs = eventsIn(text).flatMap(({ entry }) => (entry === undefined ? [] : [entry.seq]));
    assert.deepEqual(
      seqs,
      Array.from({ length: BURSTS * AT_ONCE }, (_, at) => at + 2),
    );
  }
});

test("where the service asks who somebody is, nothing is compressed", async () => {
  const path = `${folder()}/keys.json`;
  const made = makeKey("alice", ["admin"], "2026-01-01T00:00:00Z", null);
  writeKeys(path, [made.key]);
  await withDoor({ keys: path }, async ({ url }) => {
    const headers = { ...bearer(made.text), "accept-encoding": "gzip" };
    const asked = request(`${url}/v1/events?topic=commits`, { headers });
    asked.end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers["content-encoding"], undefined);
    asked.destroy();
  });
});
