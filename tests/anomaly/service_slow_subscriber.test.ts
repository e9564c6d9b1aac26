import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { sseClient, wsClient } from "../support/live_clients.ts";
import { orderOf, withService } from "../support/services.ts";

const COMMITS = 500;
const WIDTH = 8;
/** What a socket takes in by itself until it notices that nobody reads it. */
const STOPPED_BYTES = 300_000;
const UPGRADE = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
/** Makes each event long enough that all of them fit in no buffer between the service and a subscriber. */
const REASON = "a long reason ".repeat(2_200);

/** A subscriber that reads the head of its answer and then nothing. */
async function stopped(url: string, request: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.write(`GET ${request}host: ${hostname}:${port}\r\n\r\n`);
  await once(socket, "readable");
  return socket;
}

/** The commits that a broken-off stream of server-sent events tells of. */
function commitsIn(text: string): number[] {
  return [...text.matchAll(/^id: (\d+)\r?\nevent: commit\r?\ndata: \{.*\}\r?$/gm)].map(([, id]) => Number(id));
}

test(`${COMMITS} commits go on while subscribers stop reading; they are let go, and miss nothing when they come back`, async () => {
  await withService(
    async ({ url, base, submit, call }) => {
      const quick = await wsClient(url, "topic=commits");
      const bySse = await stopped(url, "/v1/events?topic=commits HTTP/1.1\r\nconnection: close\r\n");
      const byWs = await stopped(url, `/v1/live?topic=commits HTTP/1.1\r\n${UPGRADE}`);
      while (!/assay_live_clients\{transport="sse"\} 1/.test((await call("GET", "/metrics")).text));
      const [readSse, readWs] = [bySse.bytesRead, byWs.bytesRead];
      let last = 0;
      const worker = async (): Promise<void> => {
        while (last < COMMITS) {
          last += 1;
          const { json } = await submit({ ...orderOf(last), reason: REASON });
          assert.equal(json.data["verdict"], "accepted");
        }
      };
      await Promise.all(Array.from({ length: WIDTH }, worker));
      assert.equal(base.head, 1 + COMMITS);
      assert.ok(bySse.bytesRead - readSse < STOPPED_BYTES && byWs.bytesRead - readWs < STOPPED_BYTES);
      await quick.until((events) => events.at(-1)?.entry?.seq === base.head);
      const all = Array.from({ length: COMMITS }, (_, at) => at + 2);
      assert.deepEqual(
        quick.events.flatMap(({ entry }) => (entry === undefined ? [] : [entry.seq])),
        all,
      );
      const { text: metrics } = await call("GET", "/metrics");
      assert.match(metrics, /assay_live_lagged_total 2/);
      assert.match(metrics, /assay_live_clients\{transport="sse"\} 0/);
      let text = "";
      bySse.on("data", (chunk) => (text += String(chunk)));
      if (!bySse.destroyed) await once(bySse, "close");
      const seen = commitsIn(text.replace(/\r\n[0-9a-f]+\r\n/g, ""));
      assert.deepEqual(seen, all.slice(0, seen.length));
      assert.ok(seen.length < COMMITS);
      const back = await sseClient(url, "topic=commits", String(seen.at(-1) ?? 1));
      await back.until((events) => events.at(-1)?.entry?.seq === base.head);
      assert.deepEqual([...seen, ...back.events.flatMap(({ entry }) => (entry === undefined ? [] : [entry.seq]))], all);
      byWs.destroy();
      await back.close();
      await quick.close();
    },
    { limits: { live_queue: 400, live_queue_mb: 5 } },
  );
});
