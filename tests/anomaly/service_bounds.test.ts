import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Field, Int64, Schema, Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { orderOf, type Served, withService } from "../support/services.ts";

const JSON_BODY = { "content-type": "application/json" };

/** A plain connection, and all that came over it until it was closed. */
async function plain({ service }: Served): Promise<{ socket: Socket; ended: Promise<string> }> {
  const socket = connect(service.address.port, service.address.address);
  let text = "";
  socket.on("data", (chunk) => (text += String(chunk)));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return { socket, ended: once(socket, "close").then(() => text) };
}

function problemIn(answer: string): { status: number; code: string } {
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return { status: Number(head.slice(9, 12)), code: (JSON.parse(body) as { error: { code: string } }).error.code };
}

/** The service goes on as if nothing had been. */
async function isAlive(served: Served): Promise<void> {
  const { base, submit } = served;
  const { head } = base;
  assert.deepEqual((await submit(orderOf(1_000_000 + head))).json.data["commit"], head + 1);
}

test("a slow sender of headers is answered 408 and let go", async () => {
  await withService(
    async (served) => {
      const { socket, ended } = await plain(served);
      socket.write("GET /v1/laws HTTP/1.1\r\nhost: x\r\n");
      const drip = setInterval(() => socket.write("x-slow: 1\r\n"), 50);
      assert.deepEqual(problemIn(await ended), { status: 408, code: "http.timeout" });
      clearInterval(drip);
      await isAlive(served);
    },
    { limits: { header_ms: 400 } },
  );
});

test("a slow sender of a body is answered 408 and let go, a byte at a time or chunk by chunk", async () => {
  await withService(
    async (served) => {
      const head = "POST /v1/deltas HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
      for (const [framing, drop] of [
        ["content-length: 1000\r\n", " "],
        ["transfer-encoding: chunked\r\n", "1\r\n \r\n"],
      ] as const) {
        const { socket, ended } = await plain(served);
        socket.write(`${head}${framing}\r\n`);
        const drip = setInterval(() => socket.write(drop), 50);
        assert.deepEqual(problemIn(await ended), { status: 408, code: "http.timeout" });
        clearInterval(drip);
      }
      await isAlive(served);
    },
    { limits: { header_ms: 200, request_ms: 500 } },
  );
});

/** An Arrow stream of two batches of customers. */
function arrowCustomers(): Uint8Array {
  const batch = (from: number) =>
    new Table(new Schema([new Field("name", new Utf8(), false), new Field("credit", new Int64(), false)], METADATA), {
      name: vectorFromArray([`a${from}`, `b${from}`], new Utf8()),
      credit: vectorFromArray([1n, 2n], new Int64()),
    });
  return tableToIPC(batch(1).concat(batch(2)), "stream");
}

const METADATA = new Map(Object.entries({ "assay.relation": "customer", "assay.proposer": "t" }));

test("an Arrow stream that ends anywhere before its end is refused whole, as a delta and as an import, and leaves no file", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "assay-half-"));
  const { TMPDIR } = process.env;
  process.env["TMPDIR"] = folder;
  context.after(async () => {
    if (TMPDIR === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = TMPDIR;
    await rm(folder, { recursive: true });
  });
  await withService(async (served) => {
    const { base, call } = served;
    const whole = arrowCustomers();
    const headers = { "content-type": "application/vnd.apache.arrow.stream" };
    for (let length = 0; length < whole.length; length += 41) {
      const body = whole.slice(0, length);
      for (const path of ["/v1/deltas", "/v1/imports?relation=customer&proposer=t"]) {
        const { status, json } = await call("POST", path, { headers, body });
        assert.ok(status >= 400 && status < 500, `${path} ${length}: ${status} ${JSON.stringify(json)}`);
      }
    }
    const head = `POST /v1/imports?relation=customer&proposer=t HTTP/1.1\r\nhost: x\r\ncontent-type: ${headers["content-type"]}\r\n`;
    const half = await plain(served);
    half.socket.write(`${head}content-length: ${whole.length}\r\n\r\n`);
    half.socket.write(whole.slice(0, whole.length / 2));
    half.socket.end();
    await half.ended;
    assert.equal(base.head, 1);
    // The half one goes a moment after its connection.
    const bodies = async (): Promise<string[]> => (await readdir(folder, { recursive: true })).filter((name) => name.includes("upload."));
    for (let patience = 500; patience > 0 && (await bodies().catch(() => ["changing"])).length > 0; patience -= 1) await sleep(10);
    assert.deepEqual(await bodies(), []);
    const sent = await call("POST", "/v1/deltas", { headers, body: whole as Uint8Array<ArrayBuffer> });
    assert.deepEqual([sent.json.data["verdict"], base.head], ["accepted", 2]);
    await isAlive(served);
  });
  assert.deepEqual(await readdir(folder), []);
});

test("malformed chunks, bodies that break off and what is no HTTP leave nothing behind", async () => {
  await withService(async (served) => {
    const head = "POST /v1/deltas HTTP/1.1\r\nhost: x\r\ncontent-type: application/vnd.apache.arrow.stream\r\n";
    const malformed = await plain(served);
    malformed.socket.write(`${head}transfer-encoding: chunked\r\n\r\n5\r\n\xff\xff\xff\xff\x00\r\nZZ\r\n`);
    assert.deepEqual(problemIn(await malformed.ended), { status: 400, code: "http.body_aborted" });
    const half = await plain(served);
    half.socket.write(`${head}content-length: 1000\r\n\r\n\xff\xff\xff\xff`);
    half.socket.end();
    await half.ended;
    const noHttp = await plain(served);
    noHttp.socket.write("\x16\x03\x01 hello\r\n\r\n");
    assert.equal(problemIn(await noHttp.ended).status, 400);
    assert.equal(served.base.head, 1);
    await isAlive(served);
  });
});

test("a body past the bound is refused before it is read, or when it has passed it", async () => {
  await withService(
    async (served) => {
      const announced = await plain(served);
      announced.socket.write(
        "POST /v1/deltas HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1073741824\r\n\r\n{",
      );
      const [told] = (await once(announced.socket, "data")) as [Buffer];
      assert.equal(problemIn(String(told)).code, "limit.body_bytes");
      announced.socket.destroy();
      let sent = 0;
      const endless = new ReadableStream({
        pull(controller) {
          sent += 65_536;
          controller.enqueue(new Uint8Array(65_536).fill(32));
        },
      });
      const answer = await served.call("POST", "/v1/deltas", { headers: JSON_BODY, body: endless }).catch(() => null);
      assert.ok(answer === null || answer.status === 413);
      assert.ok(sent < 50_000_000, `${sent} bytes were taken`);
      await isAlive(served);
    },
    { limits: { body_bytes: 1_000_000 } },
  );
});

test("a reader that takes nothing of an export is given up, and its place goes to the next", async () => {
  await withService(
    async (served) => {
      const rows = Array.from({ length: 40_000 }, (_, at) => `${"a long name ".repeat(25)}${at},${at}`).join("\n");
      const headers = { "content-type": "text/csv" };
      const sent = await served.call("POST", "/v1/imports?relation=customer&proposer=x", { headers, body: `name,credit\n${rows}\n` });
      assert.equal(sent.status, 200);
      const { socket, ended } = await plain(served);
      socket.pause();
      socket.write("GET /v1/facts/customer HTTP/1.1\r\nhost: x\r\naccept: application/x-ndjson\r\n\r\n");
      await sleep(200);
      assert.equal((await served.call("GET", "/v1/facts/customer?limit=1")).json.error?.code, "http.busy");
      const start = performance.now();
      await isAlive(served);
      assert.ok(performance.now() - start < 2_000, "no commit waits for a reader");
      await sleep(900);
      assert.equal((await served.call("GET", "/v1/facts/customer?limit=1")).status, 200);
      socket.resume();
      assert.ok(!(await ended).endsWith("0\r\n\r\n"), "the answer breaks off");
    },
    { limits: { queries_running: 1, stall_ms: 500 } },
  );
});

test("more than the service takes on is turned away at once, and nothing of it is lost or done twice", async () => {
  await withService(
    async ({ base, submit }) => {
      const answers = await Promise.all(Array.from({ length: 60 }, (_, id) => submit(orderOf(id + 1))));
      const busy = answers.filter(({ status }) => status === 503);
      assert.ok(busy.length > 0);
      assert.ok(busy.every(({ headers, json }) => headers.get("retry-after") === "1" && json.error?.code === "http.busy"));
      assert.equal(base.head, 1 + answers.length - busy.length);
    },
    { limits: { verdicts_waiting: 4 } },
  );
});

test("a principal past its rate is told to wait", async () => {
  await withService(
    async ({ call }) => {
      const answers = [];
      for (let count = 0; count < 12; count += 1) answers.push(await call("GET", "/v1/laws"));
      const late = answers.filter(({ status }) => status === 429);
      assert.ok(
        late.length > 0 && late.every(({ json, headers }) => json.error?.code === "http.rate" && headers.get("retry-after") === "1"),
      );
      assert.equal((await call("GET", "/health/ready")).status, 200);
      assert.equal((await call("GET", "/metrics")).status, 200);
    },
    { limits: { requests_a_second: 5 } },
  );
});

test("a service that closes answers what it took, and what it answered is there", async () => {
  await withService(async ({ base, service, submit }) => {
    const asked = Array.from({ length: 40 }, (_, id) => submit(orderOf(id + 1)).catch(() => null));
    await Promise.race(asked);
    const closed = service.close();
    const answers = (await Promise.all(asked)).filter((answer) => answer !== null && answer.status === 200);
    await closed;
    assert.ok(answers.length > 0);
    assert.equal(answers.filter((answer) => answer?.json.data["verdict"] === "accepted").length, answers.length);
    assert.ok(base.head >= 1 + answers.length);
    assert.ok((await base.checkLog()).ok);
  });
});

test("secrets that a request carries are in no log, error or metric", async () => {
  const lines: string[] = [];
  await withService(
    async ({ call, submit }) => {
      const secret = { authorization: "Bearer planted-secret-1", cookie: "planted-secret-2", "x-api-key": "planted-secret-3" };
      await submit(orderOf(1), "/v1/deltas", { ...secret, "idempotency-key": "planted-secret-4" });
      await submit({ assert: { order: [["planted-secret-5"]] } }, "/v1/deltas", secret);
      await call("GET", "/v1/nothing?token=planted-secret-6", { headers: secret });
      await call("POST", "/v1/deltas", { headers: { ...JSON_BODY, ...secret }, body: '{"planted-secret-7' });
      const metrics = await call("GET", "/metrics", { headers: secret });
      assert.ok(!metrics.text.includes("planted-secret"));
    },
    { logLevel: "debug", logTo: { write: (line) => void lines.push(line) } },
  );
  assert.ok(lines.length >= 5);
  assert.deepEqual(
    lines.filter((line) => line.includes("planted-secret")),
    [],
  );
});
