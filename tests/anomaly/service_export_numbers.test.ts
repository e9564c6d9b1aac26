import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { tableFromIPC } from "apache-arrow";
import { theoryFrom } from "../support/fact_bases.ts";
import { type Served, withService } from "../support/services.ts";

const ARROW = "application/vnd.apache.arrow.stream";
const NAMES = Array.from({ length: 24 }, (_, at) => `n${at}`);
const WIDE = theoryFrom(
  `.decl wide(${NAMES.map((name) => `${name}:number`).join(", ")})
.input wide
/// @law wide.none warn "{a}"
.decl none(a:number)
none(a) :- wide(a${", _".repeat(NAMES.length - 1)}), a < 0.
`,
  "wide",
);
/** More than one stretch of a table, and more than sockets and streams take by themselves. */
const ROWS = 60_000;

function row(at: number): number[] {
  return NAMES.map((_, column) => at + column);
}

async function fill({ call }: Served): Promise<void> {
  const body = `${NAMES.join(",")}\n${Array.from({ length: ROWS }, (_, at) => row(at).join(",")).join("\n")}\n`;
  const sent = await call("POST", "/v1/imports?relation=wide&proposer=x", { headers: { "content-type": "text/csv" }, body });
  assert.equal(sent.status, 200);
}

/** Asks for the relation over a plain connection, and reads the first bytes. */
async function asking({ service }: Served): Promise<{ socket: Socket; ended: Promise<string> }> {
  const socket = connect(service.address.port, service.address.address);
  socket.on("error", () => undefined);
  socket.write(`GET /v1/facts/wide HTTP/1.1\r\nhost: x\r\naccept: ${ARROW}\r\n\r\n`);
  let last = "";
  socket.on("data", (bytes) => (last = String(bytes.subarray(-16))));
  const ended = once(socket, "close").then(() => last);
  await once(socket, "data");
  socket.pause();
  return { socket, ended };
}

test("an export of numbers is whole, breaks off for a reader that stalls, and stops for one that leaves", async () => {
  await withService(
    async (served) => {
      await fill(served);
      const busy = async () => (await served.call("GET", "/v1/facts/wide?limit=1")).json.error?.code;
      const whole = tableFromIPC((await served.call("GET", "/v1/facts/wide", { headers: { accept: ARROW } })).bytes);
      assert.equal(whole.numRows, ROWS);
      assert.deepEqual(
        ["n0", "n23"].map((name) => [...(whole.getChild(name) ?? [])].reduce((sum: bigint, value) => sum + value, 0n)),
        [0, 23].map((column) => BigInt((ROWS * (ROWS - 1)) / 2 + ROWS * column)),
      );
      const stalled = await asking(served);
      assert.equal(await busy(), "http.busy");
      const commit = await served.submit({ assert: { wide: [row(ROWS)] } });
      assert.equal(commit.status, 200);
      await sleep(1_200);
      assert.equal(await busy(), undefined);
      stalled.socket.resume();
      assert.ok(!(await stalled.ended).endsWith("0\r\n\r\n"), "the answer breaks off");
      const left = await asking(served);
      assert.equal(await busy(), "http.busy");
      left.socket.destroy();
      await sleep(200);
      assert.equal(await busy(), undefined);
    },
    { theories: [WIDE], limits: { queries_running: 1, stall_ms: 500 } },
  );
});
