import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { servingProcess } from "../e2e/serving.ts";
import { writeShop } from "../e2e/shop.ts";
import { callAt } from "../support/services.ts";

const SOCKETS = Number(process.env["IDLE_SOCKETS"] ?? 10_000);
const FILES = SOCKETS + 500;
const HOLDER = fileURLToPath(new URL("./idle_sockets.ts", import.meta.url));

/** Whether processes of ours may open so many files; the bound they inherit is raised where it may be. */
const mayOpen = spawnSync("sh", ["-c", `ulimit -n ${FILES}`]).status === 0;
const skip = mayOpen ? false : `no right to open ${FILES} files`;

const customer = (id: number): string => JSON.stringify({ proposer: "t", assert: { customer: [[`c${id}`, "DE"]] } });

/** A process that opens the connections and holds them until its input ends. */
function holding(host: string, port: string) {
  const command = ["-c", `ulimit -n ${FILES} && exec "$0" "$@"`, process.execPath, HOLDER, host, port, String(SOCKETS)];
  return spawn("sh", command, { stdio: ["pipe", "pipe", "inherit"] });
}

test("10,000 idle connections, some within a request, keep nobody out, and do not hold up the end", { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-sockets-"));
  const args = ["--db", join(folder, "x.duckdb"), "--theory", writeShop(folder), "--limit", "stall_ms=1000"];
  const { child, url, exited } = await servingProcess(args, FILES);
  let holder: ReturnType<typeof holding> | null = null;
  try {
    const { hostname, port } = new URL(url);
    holder = holding(hostname, port);
    const lines = createInterface(holder.stdout)[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, "open");
    const headers = { "content-type": "application/json" };
    for (let id = 1; id <= 20; id += 1) {
      const { json } = await callAt(url, "POST", "/v1/deltas", { headers, body: customer(id) });
      assert.equal(json.data["commit"], 1 + id);
    }
    holder.stdin.end();
    assert.equal((await lines.next()).value, String(SOCKETS));
    holder = holding(hostname, port);
    assert.equal(String((await once(holder.stdout, "data"))[0]), "open\n");
    const from = performance.now();
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
    assert.ok(performance.now() - from < 60_000);
  } finally {
    holder?.kill("SIGKILL");
    child.kill("SIGKILL");
    await rm(folder, { recursive: true });
  }
});
