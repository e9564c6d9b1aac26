import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { FactBase } from "../../verify/fact_base.ts";
import { steppingClock } from "../support/fact_bases.ts";
import { orderOf, type Served, withService } from "../support/services.ts";

/** Runs `test` with a service over a file on a disk of its own; skips where no disk can be mounted. */
async function onDisk(context: TestContext, size: string, run: (served: Served, disk: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assay-disk-"));
  const disk = join(folder, "disk");
  await mkdir(disk);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk], { stdio: "ignore" });
  } catch {
    await rm(folder, { recursive: true });
    context.skip("no right to mount a file system");
    return;
  }
  try {
    const path = join(disk, "base.duckdb");
    await withService((served) => run(served, disk), { path });
    const base = await FactBase.open(path, { clock: steppingClock() });
    assert.ok((await base.checkLog()).ok);
    await base.close();
  } finally {
    execFileSync("umount", [disk]);
    await rm(folder, { recursive: true });
  }
}

test("a full disk answers 507, the service reads on, and nothing acknowledged is lost", async (context) => {
  await onDisk(context, "8m", async ({ submit, call, base }) => {
    await submit(orderOf(1));
    const { head } = base;
    const rows = Array.from({ length: 20_000 }, (_, index) => [`${"x".repeat(300)}${(index * 2_654_435_761) % 4_294_967_296}`, 1]);
    const full = await submit({ assert: { customer: rows } });
    assert.deepEqual([full.status, full.json.error?.code], [507, "store.full_disk"]);
    assert.equal(base.head, head);
    assert.equal((await call("GET", "/health/alive")).status, 200);
    const read = await call("GET", "/v1/facts/order");
    assert.ok(read.status === 200 || read.json.error?.code === "store.broken", read.text);
    const next = await submit(orderOf(2));
    assert.ok(next.status === 200 || ["store.full_disk", "store.broken"].includes(next.json.error?.code ?? ""), next.text);
  });
});

test("a disk that becomes read-only refuses writes with a code and answers reads", async (context) => {
  await onDisk(context, "16m", async ({ submit, call }, disk) => {
    await submit(orderOf(1));
    // Kernels refuse while files are open for writing; then there is nothing to see.
    try {
      execFileSync("mount", ["-o", "remount,ro", disk], { stdio: "ignore" });
    } catch {
      context.skip("the kernel keeps a disk writable while files on it are open");
      return;
    }
    const refused = await submit(orderOf(2));
    assert.ok(["store.read_only", "store.broken", "store.full_disk"].includes(refused.json.error?.code ?? ""), refused.text);
    assert.equal((await call("GET", "/health/alive")).status, 200);
    execFileSync("mount", ["-o", "remount,rw", disk]);
  });
});
