import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FactBase } from "../../verify/fact_base.ts";
import { servingProcess } from "../e2e/serving.ts";
import { SHOP, steppingClock, theoryFrom } from "../support/fact_bases.ts";
import { orderOf } from "../support/services.ts";

const REPLAYS = Number(process.env["REPLAYS"] ?? 2_000);
const CONNECTIONS = 200;

const BODY = JSON.stringify({ proposer: "t", ...orderOf(7) });
const REQUEST = `POST /v1/deltas HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nprefer: return=minimal\r\nidempotency-key: one\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`;

/** Sends the request `count` times over one connection, all of them before the first answer, and counts the answers by what they say. */
async function pipelined(url: string, count: number, answers: Map<string, number>): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.write(REQUEST.repeat(count));
  let text = "";
  let left = count;
  for await (const chunk of socket) {
    text += String(chunk);
    for (;;) {
      const [, status, length = ""] = /^HTTP\/1\.1 (\d+) [\s\S]*?\r\ncontent-length: (\d+)\r\n/i.exec(text) ?? [];
      const body = text.indexOf("\r\n\r\n") + 4;
      if (status === undefined || body < 4 || text.length < body + Number(length)) break;
      const answer = text.slice(0, body + Number(length));
      text = text.slice(answer.length);
      const kind = `${status} ${/"commit":(\d+|null)/.exec(answer)?.[1] ?? /"code":"([\w.]+)"/.exec(answer)?.[1]}`;
      answers.set(kind, (answers.get(kind) ?? 0) + 1);
      left -= 1;
    }
    if (left === 0) break;
  }
  socket.destroy();
  assert.equal(left, 0);
}

test(`${REPLAYS} replays of one key, all at once, commit once: each has the first verdict, or is told to come again`, async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "assay-replays-"));
  const path = join(folder, "base.duckdb");
  try {
    const made = await FactBase.create(path, { clock: steppingClock() });
    await made.loadTheory([theoryFrom(SHOP)], { author: "lea", reason: "first" });
    await made.close();
    const { child, url, exited } = await servingProcess(["--db", path]);
    const answers = new Map<string, number>();
    const from = performance.now();
    await Promise.all(Array.from({ length: CONNECTIONS }, () => pipelined(url, REPLAYS / CONNECTIONS, answers)));
    const seconds = (performance.now() - from) / 1000;
    context.diagnostic(`${[...answers].map(([kind, count]) => `${count} × ${kind}`).join(", ")}; ${seconds.toFixed(1)} s`);
    const busy = answers.get("503 http.busy") ?? 0;
    assert.deepEqual([(answers.get("200 2") ?? 0) + busy, answers.size], [REPLAYS, busy === 0 ? 1 : 2]);
    assert.ok(busy < REPLAYS);
    await pipelined(url, 1, answers);
    assert.equal((answers.get("200 2") ?? 0) + busy, REPLAYS + 1);
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
    const base = await FactBase.open(path, { clock: steppingClock() });
    assert.equal(base.head, 2);
    assert.equal((await base.checkLog()).ok, true);
    await base.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
