import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { FactBase } from "../../verify/fact_base.ts";
import { servingProcess } from "../e2e/serving.ts";
import { SHOP, steppingClock, theoryFrom } from "../support/fact_bases.ts";
import { PIGEONS, pigeonsIn } from "../support/pigeons.ts";
import { orderOf, withService } from "../support/services.ts";

const WIDTH = 48;

interface Told {
  readonly status: number;
  readonly code: string | null;
}

/** Posts an order over a kept connection. Null where no answer came. */
async function post(url: string, agent: Agent, id: number): Promise<Told | null> {
  const sent = request(`${url}/v1/deltas`, { agent, method: "POST", headers: { "content-type": "application/json" } });
  sent.end(JSON.stringify({ proposer: "t", ...orderOf(id) }));
  try {
    const [answer] = await once(sent, "response");
    const body = JSON.parse(await text(answer)) as { error: { code: string } | null };
    return { status: answer.statusCode, code: body.error?.code ?? null };
  } catch {
    return null;
  }
}

test("SIGTERM under load: what was taken is answered, and what is there was acknowledged, no more and no less", async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-shutdown-"));
  const path = join(folder, "base.duckdb");
  try {
    const made = await FactBase.create(path, { clock: steppingClock() });
    await made.loadTheory([theoryFrom(SHOP)], { author: "lea", reason: "first" });
    await made.close();
    const { child, url, exited } = await servingProcess(["--db", path]);
    const agent = new Agent({ keepAlive: true, maxSockets: WIDTH });
    const acknowledged: number[] = [];
    const others: (Told | null)[] = [];
    let last = 0;
    const worker = async (): Promise<void> => {
      for (;;) {
        last += 1;
        const id = last;
        const told = await post(url, agent, id);
        if (told?.status === 200) acknowledged.push(id);
        else others.push(told);
        if (acknowledged.length === 500) child.kill("SIGTERM");
        if (told === null) return;
      }
    };
    await Promise.all(Array.from({ length: WIDTH }, worker));
    assert.deepEqual(await exited, [0, null]);
    assert.ok(acknowledged.length >= 500);
    for (const told of others) assert.deepEqual(told, told === null ? null : { status: 503, code: "http.closing" });
    const base = await FactBase.open(path, { clock: steppingClock() });
    const { rows } = await base.query({ datalog: "?- order(i, c, a)." });
    assert.deepEqual(
      rows.map(([id]) => Number(id)).toSorted((a, b) => a - b),
      acknowledged.toSorted((a, b) => a - b),
    );
    assert.equal((await base.checkLog()).ok, true);
    await base.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a verdict that takes longer than anyone may stall is waited for when the service closes", async () => {
  await withService(
    async ({ service, submit, call }) => {
      assert.equal((await submit(pigeonsIn(11, 11))).json.data["verdict"], "accepted");
      const hard = submit({ assert: { pigeon: [[12]] } });
      while (!/assay_verdicts_waiting 1/.test((await call("GET", "/metrics")).text));
      await Promise.all([
        service.close(),
        hard.then(({ status, json }) => {
          assert.deepEqual([status, json.data["verdict"]], [200, "undecided"]);
          assert.equal((json.data["undecided"] as unknown as { code: string }).code, "limit.clingo_ms");
        }),
      ]);
    },
    { theories: [PIGEONS], limits: { stall_ms: 200, clingo_ms: 1_500 } },
  );
});

/** What comes over a plain connection until it is closed, once `first` bytes have come and while nothing more is read. */
async function unread(url: string, head: string): Promise<{ readonly socket: Socket; readonly closed: Promise<unknown> }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.write(`${head}host: ${hostname}:${port}\r\n\r\n`);
  await once(socket, "readable");
  return { socket, closed: once(socket, "close") };
}

const UPGRADE = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const RELATION = "topic=relation&relation=customer";
const STALLING = [
  `GET /v1/events?${RELATION} HTTP/1.1\r\n`,
  `GET /v1/live?${RELATION} HTTP/1.1\r\n${UPGRADE}`,
  "GET /v1/facts/customer HTTP/1.1\r\naccept: text/csv\r\n",
  "GET /v1/facts/customer?limit=10000 HTTP/1.1\r\naccept: application/json\r\n",
];
/** More than a loopback connection takes in without a reader. */
const LARGE = { assert: { customer: Array.from({ length: 10_000 }, (_, at) => [`${"a long name ".repeat(120)}${at}`, at]) } };

test("readers that take nothing of an answer, a snapshot or a message are cut off, and hold up neither commits nor the end", async () => {
  await withService(
    async (served) => {
      const { url, submit, call, base } = served;
      assert.equal((await submit(LARGE)).json.data["verdict"], "accepted");
      const readers = await Promise.all(STALLING.map((head) => unread(url, head)));
      for (let id = 1; id <= 20; id += 1) await submit(orderOf(id));
      assert.equal(base.head, 22);
      const cut = async (): Promise<number> => Number(/assay_stalled_total (\d+)/.exec((await call("GET", "/metrics")).text)?.[1]);
      while ((await cut()) < STALLING.length - 1) await sleep(50);
      for (const { socket } of readers) socket.resume();
      await Promise.all(readers.map(({ closed }) => closed));
      const { text: metrics } = await call("GET", "/metrics");
      assert.match(metrics, /assay_live_clients\{transport="sse"\} 0/);
      assert.match(metrics, /assay_live_clients\{transport="ws"\} 0/);
    },
    { limits: { stall_ms: 300 } },
  );
});
