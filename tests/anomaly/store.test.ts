import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { copyFile, link, mkdir, mkdtemp, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { AssayError } from "../../schema/assay_error.ts";
import { limitsWith } from "../../schema/limits.ts";
import { FactBase } from "../../verify/fact_base.ts";
import { Database } from "../../verify/store/database.ts";
import { proposal, SHOP, steppingClock, theoryFrom } from "../support/fact_bases.ts";

const LOOP = fileURLToPath(new URL("./commit_loop.ts", import.meta.url));
const options = () => ({ clock: steppingClock() });

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "assay-store-"));
  try {
    await run(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function makeBase(path: string): Promise<void> {
  const base = await FactBase.create(path, options());
  await base.loadTheory([theoryFrom(SHOP)], { author: "lea", reason: "first" });
  await base.propose(proposal({ assert: { customer: [["ann", 1n]] } }));
  await base.close();
}

async function assertStands(path: string): Promise<void> {
  const base = await FactBase.open(path, options());
  assert.equal(base.head, 2);
  assert.equal((await base.checkLog()).ok, true);
  await base.close();
}

test("what is no fact base is told apart", async () => {
  await inFolder(async (folder) => {
    const text = join(folder, "text.db");
    await writeFile(text, "no database at all\n".repeat(1000));
    const foreign = join(folder, "foreign.db");
    const database = await Database.open(foreign, limitsWith());
    await (await database.connect()).run("CREATE TABLE t (x INTEGER)");
    database.close();
    await mkdir(join(folder, "folder.db"));
    await writeFile(join(folder, "empty.db"), "");
    const cases = [
      ["nosuch.db", "store.not_found"],
      ["text.db", "store.not_a_database"],
      ["folder.db", "store.not_a_database"],
      ["foreign.db", "store.not_a_fact_base"],
      ["empty.db", "store.not_a_database"],
    ] as const;
    for (const [name, code] of cases) {
      await assert.rejects(FactBase.open(join(folder, name), options()), { code, place: join(folder, name) }, name);
    }
    await assert.rejects(FactBase.create(foreign, options()), { code: "store.exists" });
    await assert.rejects(FactBase.create(text, options()), { code: "store.not_a_database" });
    await assert.rejects(FactBase.create(join(folder, "no", "such", "x.db"), options()), { code: "store.no_folder" });
  });
});

test("a creation cut short leaves a file that can be created over; a fact base is not", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "base.db");
    const database = await Database.open(path, limitsWith());
    await database.connect();
    database.close();
    await makeBase(path);
    await assert.rejects(FactBase.create(path, options()), { code: "store.exists" });
    await assertStands(path);
  });
});

test("a database of a newer format is left as it is", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "base.db");
    await makeBase(path);
    const database = await Database.open(path, limitsWith());
    await (await database.connect()).run("UPDATE assay.meta SET format = 99");
    database.close();
    const before = await stat(path);
    await assert.rejects(FactBase.open(path, options()), { code: "store.newer_format" });
    assert.equal((await stat(path)).size, before.size);
  });
});

test("a file cut short is damaged, or whole in what is left: never a crash, never another state", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "base.db");
    await makeBase(path);
    const { size } = await stat(path);
    const codes: string[] = [];
    for (const part of [0.1, 0.3, 0.5, 0.7, 0.9]) {
      const cut = join(folder, `cut-${part}.db`);
      await copyFile(path, cut);
      await truncate(cut, Math.floor(size * part));
      try {
        await assertStands(cut);
        codes.push("stands");
      } catch (error) {
        if (!(error instanceof AssayError)) throw error;
        codes.push(error.code);
      }
    }
    assert.ok(
      codes.every((code) => code === "store.damaged" || code === "stands"),
      codes.join(),
    );
    assert.ok(codes.includes("store.damaged"));
    await assertStands(path);
  });
});

test("one file is open once in a process, by whatever path", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "base.db");
    await makeBase(path);
    await symlink(path, join(folder, "link.db"));
    await link(path, join(folder, "hard.db"));
    const base = await FactBase.open(path, options());
    await assert.rejects(FactBase.open(path, options()), { code: "store.open_twice" });
    await assert.rejects(FactBase.open(join(folder, "link.db"), options()), { code: "store.open_twice" });
    await assert.rejects(FactBase.open(join(folder, "hard.db"), options()), { code: "store.open_twice" });
    await assert.rejects(FactBase.open(join(folder, "..", folder.split("/").at(-1) ?? "", "base.db"), options()), {
      code: "store.open_twice",
    });
    await base.propose(proposal({ assert: { customer: [["bob", 1n]] } }));
    await base.close();
    const again = await FactBase.open(join(folder, "link.db"), options());
    assert.equal(again.head, 3);
    await again.close();
  });
});

test("a second process is told who holds the file", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "base.db");
    await makeBase(path);
    const child = spawn(process.execPath, [LOOP, path, "x"], { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    await assert.rejects(FactBase.open(path, options()), (error: { code: string; detail: string }) => {
      assert.equal(error.code, "store.locked");
      assert.ok(error.detail.includes(String(child.pid)));
      return true;
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.kill("SIGKILL");
    await ended;
    const base = await FactBase.open(path, options());
    assert.equal((await base.checkLog()).ok, true);
    await base.close();
  });
});

/** Mounts need a superuser who may mount; elsewhere the test says that it was not run. */
function mount(target: string, mountOptions: string): boolean {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", mountOptions, "tmpfs", target], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test("a full disk fails the whole group that shares a transaction, and the old state stands", async (context) => {
  await inFolder(async (folder) => {
    const disk = join(folder, "disk");
    await mkdir(disk);
    if (!mount(disk, "size=6m")) return context.skip("no right to mount a small file system");
    try {
      const path = join(disk, "base.db");
      await makeBase(path);
      const base = await FactBase.open(path, options());
      const rows = Array.from({ length: 20_000 }, (_, index) => [`${"x".repeat(300)}${(index * 2654435761) % 4294967296}`, 1n]);
      const lawful = (name: string) => base.propose(proposal({ assert: { customer: [[name, 1n]] }, reason: name }));
      const group = await Promise.allSettled([
        lawful("before"),
        base.propose(proposal({ assert: { customer: rows } })),
        base.propose(proposal({ assert: { order: [[1n, "nobody", 1n]] } })),
        lawful("after"),
      ]);
      assert.deepEqual(
        group.map((one) => (one.status === "rejected" ? one.reason.code : one.value.verdict)),
        Array(4).fill("store.full_disk"),
      );
      assert.equal(base.head, 2);
      await base.close();
      await assertStands(path);
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

test("a folder that cannot be written says so, and the file stands", async (context) => {
  await inFolder(async (folder) => {
    const disk = join(folder, "disk");
    await mkdir(disk);
    if (!mount(disk, "size=16m")) return context.skip("no right to mount a file system");
    try {
      const path = join(disk, "base.db");
      await makeBase(path);
      execFileSync("mount", ["-o", "remount,ro", disk]);
      await assert.rejects(FactBase.open(path, options()), { code: "store.read_only" });
      await assert.rejects(FactBase.create(join(disk, "new.db"), options()), { code: "store.read_only" });
      execFileSync("mount", ["-o", "remount,rw", disk]);
      await assertStands(path);
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

test("a file that one process opens again and again stays whole, whichever engine judges", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "base.db");
    await makeBase(path);
    const names = Array.from({ length: 20_000 }, (_, index) => [`name ${index}`, 1n] as const);
    for (let round = 0; round < 8; round += 1) {
      const base = await FactBase.open(path, { ...options(), engines: [round % 2 === 0 ? "incremental" : "duckdb"] });
      const rows = round === 0 ? names : [[`round ${round}`, 1n] as const];
      assert.equal((await base.propose(proposal({ assert: { customer: rows }, reason: `round ${round}` }))).verdict, "accepted");
      assert.equal((await base.query({ sql: "SELECT name FROM customer" }, { limit: 3 })).rows.length, 3);
      await base.close();
    }
    const base = await FactBase.open(path, options());
    const check = await base.checkLog();
    assert.deepEqual([check.ok, check.commits], [true, 10]);
    await base.close();
  });
});
