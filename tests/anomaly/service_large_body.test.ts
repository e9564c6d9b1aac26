import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { servingProcess } from "../e2e/serving.ts";
import { writeShop } from "../e2e/shop.ts";
import { callAt } from "../support/services.ts";

const BODY_MB = Number(process.env["BODY_MB"] ?? 96);
const BOUND_MB = 8;
/** What a service may take beside its bound while it turns bodies away: garbage that was not collected yet. */
const SLACK_MB = 160;
const MB = 1024 * 1024;
const CHUNK = Buffer.alloc(MB, 32);

interface Sent {
  readonly status: number | null;
  readonly code: string | null;
  readonly sentMb: number;
}

/** Sends a body without an end in sight, as fast as it is taken, until it is answered or cut. */
async function sendLarge(url: string, path: string, media: string): Promise<Sent> {
  const sending = request(`${url}${path}`, { method: "POST", headers: { "content-type": media } });
  const answered = once(sending, "response").then(
    async ([answer]) => ({ status: answer.statusCode as number, body: await text(answer) }),
    () => null,
  );
  let isOver = false;
  void answered.then(() => (isOver = true));
  sending.on("error", () => (isOver = true));
  let sentMb = 0;
  for (; sentMb < BODY_MB && !isOver; sentMb += 1) {
    if (!sending.write(CHUNK)) await Promise.race([once(sending, "drain").catch(() => undefined), answered]);
  }
  sending.end();
  const answer = await answered;
  sending.destroy();
  if (answer === null) return { status: null, code: null, sentMb };
  return { status: answer.status, code: (JSON.parse(answer.body) as { error: { code: string } }).error.code, sentMb };
}

function peakMb(pid: number | undefined): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

const skip = existsSync("/proc/self/status") ? false : "no /proc on this machine";

test(`bodies of ${BODY_MB} MB are turned away at their bounds: no memory, no file and no commit is left of them`, { skip }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "assay-large-"));
  const uploads = join(folder, "uploads");
  await mkdir(uploads);
  const bounds = [`body_bytes=${BOUND_MB * MB}`, `upload_bytes=${BOUND_MB * MB}`].flatMap((bound) => ["--limit", bound]);
  const args = ["--db", join(folder, "x.duckdb"), "--theory", writeShop(folder), ...bounds];
  const { child, url, exited } = await servingProcess(args, null, { TMPDIR: uploads });
  try {
    const before = peakMb(child.pid);
    const paths = [
      ["/v1/deltas", "application/json", "limit.body_bytes"],
      ["/v1/query", "application/json", "limit.body_bytes"],
      ["/mcp", "application/json", "limit.body_bytes"],
      ["/v1/imports?relation=customer&proposer=t", "text/csv", "limit.upload_bytes"],
    ] as const;
    for (const [path, media, code] of paths) {
      const { status, code: told, sentMb } = await sendLarge(url, path, media);
      if (status !== null) assert.deepEqual([path, status, told], [path, 413, code]);
      assert.ok(sentMb < BODY_MB, `${path} took all of it`);
    }
    assert.ok(peakMb(child.pid) - before < BOUND_MB + SLACK_MB, `${before} MB, then ${peakMb(child.pid)} MB`);
    assert.deepEqual(
      (await readdir(uploads)).filter((name) => name.startsWith("assay-")),
      [],
    );
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify({ proposer: "t", assert: { customer: [["c1", "DE"]] } });
    assert.equal((await callAt(url, "POST", "/v1/deltas", { headers, body })).json.data["commit"], 2);
    child.kill("SIGTERM");
    assert.deepEqual(await exited, [0, null]);
  } finally {
    child.kill("SIGKILL");
    await rm(folder, { recursive: true });
  }
});
