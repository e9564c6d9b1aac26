import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type TestContext, test } from "node:test";
import { FactBase } from "../../verify/fact_base.ts";
import { steppingClock } from "../support/fact_bases.ts";
import { orderOf, type Served, withService } from "../support/services.ts";

/** What a write that the disk does not take may be told. */
const CODES = new Set(["store.read_only", "store.broken", "store.full_disk"]);

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

/**
 * Mounts an ext4 file system of its own on `disk`, which a fault makes read-only under whoever writes. Gives what makes the fault; null where
 * this machine does not allow such a thing.
 */
function faultyDisk(image: string, disk: string): (() => void) | null {
  try {
    execFileSync("dd", ["if=/dev/zero", `of=${image}`, "bs=1M", "count=64"], { stdio: "ignore" });
    execFileSync("mkfs.ext4", ["-q", image], { stdio: "ignore" });
    execFileSync("mount", ["-o", "loop,errors=remount-ro", image, disk], { stdio: "ignore" });
  } catch {
    return null;
  }
  const device = execFileSync("findmnt", ["-no", "SOURCE", disk], { encoding: "utf8" }).trim();
  const trigger = `/sys/fs/ext4/${basename(device)}/trigger_fs_error`;
  if (existsSync(trigger)) return () => writeFileSync(trigger, "fault\n");
  execFileSync("umount", [disk]);
  return null;
}

test("a disk that becomes read-only under the service refuses writes with a code, answers reads, and keeps what was acknowledged", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "assay-disk-"));
  const [image, disk] = [join(folder, "image"), join(folder, "disk")];
  await mkdir(disk);
  const fault = faultyDisk(image, disk);
  if (fault === null) {
    await rm(folder, { recursive: true });
    context.skip("no right to mount a file system that faults");
    return;
  }
  try {
    const path = join(disk, "base.duckdb");
    let acknowledged = 0;
    await withService(
      async ({ submit, call, base }) => {
        for (let id = 1; id <= 20; id += 1) assert.equal((await submit(orderOf(id))).json.data["verdict"], "accepted");
        acknowledged = base.head;
        fault();
        for (let id = 101; id <= 103; id += 1) {
          const refused = await submit(orderOf(id));
          assert.ok(CODES.has(refused.json.error?.code ?? ""), refused.text);
          assert.ok([503, 507].includes(refused.status), refused.text);
          assert.ok(!refused.text.includes(disk), refused.text);
        }
        assert.equal(base.head, acknowledged);
        assert.equal((await call("GET", "/health/alive")).status, 200);
        const read = await call("GET", "/v1/facts/order");
        assert.ok(read.status === 200 || CODES.has(read.json.error?.code ?? ""), read.text);
      },
      { path },
    ).catch((cause: unknown) => {
      // The database may find at its end that it cannot write.
      if (!(cause instanceof Error && /Read-only file system/i.test(cause.message))) throw cause;
    });
    execFileSync("umount", [disk]);
    execFileSync("mount", ["-o", "loop", image, disk]);
    const base = await FactBase.open(path, { clock: steppingClock() });
    assert.ok(base.head >= acknowledged);
    const { rows } = await base.query({ datalog: "?- order(i, c, a), i <= 20." });
    assert.equal(rows.length, 20);
    assert.ok((await base.checkLog()).ok);
    await base.close();
  } finally {
    execFileSync("umount", [disk]);
    await rm(folder, { recursive: true });
  }
});
