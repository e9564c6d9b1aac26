import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { limitsWith } from "../../../../schema/limits.ts";
import { Database } from "../../../../verify/store/database.ts";
import type { DuckDbSession } from "../../../../verify/store/duckdb_session.ts";
import { createFormat } from "../../../../verify/store/format.ts";
import { type GroupImage, noRows } from "../../../../verify/store/group_image.ts";
import { Journal, journalPaths } from "../../../../verify/store/journal.ts";

const BASE = "2026-01-01T00:00:00.000Z";
/** Rows of a group, and how many such groups are enough to be moved beside the next. */
const ROWS = 1_000;
const ENOUGH = 9;

interface Store {
  readonly path: string;
  readonly database: Database;
  readonly session: DuckDbSession;
  readonly journal: Journal;
}

async function openStore(path: string): Promise<Store> {
  const isThere = existsSync(path);
  const database = await Database.open(path, limitsWith({}));
  try {
    const session = await database.connect();
    if (!isThere) await createFormat(session, BASE);
    return { path, database, session, journal: await Journal.open(session, database) };
  } catch (cause) {
    database.close();
    throw cause;
  }
}

async function close({ journal, database }: Store): Promise<void> {
  await journal.close();
  database.close();
}

async function withFolder(action: (path: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "assay-journal-"));
  try {
    await action(join(folder, "base.duckdb"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The n-th group: its deltas, each with a leaf. */
function group(n: number, rows = ROWS): GroupImage {
  const ids = Array.from({ length: rows }, (_, at) => `${n}.${at}`);
  return {
    rows: { ...noRows(), delta: ids.map((id) => [id, "delta", "refused", "ada", "why", 0, "{}", "now"]) },
    laws: [],
    replaced: [],
    leaves: ids.map((id) => ({ seq: null, delta: id, body: "", hash: "00" })),
    changes: [],
  };
}

/** The ids that `groups` groups bring, in their order, as leaves of the ledger and their positions. */
function expected(groups: number): unknown {
  const ids = Array.from({ length: groups }, (_, n) => Array.from({ length: ROWS }, (_, at) => `${n}.${at}`)).flat();
  return ids.map((id, at) => [BigInt(at), id]);
}

function leaves(session: DuckDbSession): Promise<unknown> {
  return session.rows("SELECT position, delta FROM assay.leaf ORDER BY position");
}

test("a group with a character that stands between values is left to its tables", async () => {
  await withFolder(async (path) => {
    const store = await openStore(path);
    for (const cell of ["a\u001eb", "\u001c", "\u001d"]) {
      const image = group(0, 2);
      image.rows.delta.push([cell, "delta", "refused", "ada", "why", 0, "{}", "now"]);
      assert.equal(await store.journal.write(image), false);
    }
    assert.equal(store.journal.isEmpty, true);
    assert.equal(await store.journal.write(group(0, 2)), true);
    await close(store);
  });
});

/** The bytes of both files. */
function sizes(path: string): readonly number[] {
  return journalPaths(path).map((file) => (existsSync(file) ? statSync(file).size : 0));
}

test("groups are written to one file while those of the other are moved, and all come in their order", async () => {
  await withFolder(async (path) => {
    const store = await openStore(path);
    const { journal, session } = store;
    for (let n = 0; n < ENOUGH; n += 1) await journal.write(group(n));
    assert.deepEqual(
      sizes(path).map((size) => size > 0),
      [true, false],
    );
    const before = sizes(path);
    await journal.write(group(ENOUGH));
    assert.ok((sizes(path)[1] as number) > 0, "the next group went to the other file");
    assert.ok((sizes(path)[1] as number) < (before[0] as number));
    for (let n = ENOUGH + 1; n < 4 * ENOUGH; n += 1) await journal.write(group(n));
    assert.deepEqual(await leaves(session), expected(4 * ENOUGH));
    assert.deepEqual(sizes(path), [0, 0]);
    assert.equal(journal.isEmpty, true);
    await close(store);
    assert.deepEqual(journalPaths(path).map(existsSync), [false, false]);
  });
});

test("a move that fails beside a write is tried again before the next group; what cannot be moved is told, and waits", async () => {
  await withFolder(async (path) => {
    const store = await openStore(path);
    const { journal, session, database } = store;
    const other = await database.connect();
    await other.run("BEGIN TRANSACTION");
    await other.run("ALTER TABLE assay.delta ADD COLUMN more VARCHAR");
    let written = 0;
    await assert.rejects(
      (async () => {
        for (; written < 4 * ENOUGH; written += 1) await journal.write(group(written));
      })(),
      { kind: "TransactionContext Error" },
    );
    assert.ok(written > ENOUGH, "the first move failed beside a write");
    assert.equal(journal.isEmpty, false);
    await other.run("ROLLBACK");
    await journal.write(group(written));
    assert.deepEqual(await leaves(session), expected(written + 1));
    assert.deepEqual(sizes(path), [0, 0]);
    await close(store);
  });
});

test("files of a process killed at any point of a move open with every group once, or tell what is missing", async () => {
  await withFolder(async (path) => {
    const [first, second] = journalPaths(path) as [string, string];
    const store = await openStore(path);
    await store.journal.write(group(0));
    await close(store);
    const again = await openStore(path);
    for (let n = 1; n < 4; n += 1) await again.journal.write(group(n));
    const whole = readFileSync(first);
    await again.journal.settle();
    const kept = `${path}.kept`;
    await close(again);
    copyFileSync(path, kept);
    const one = 8 + whole.readUInt32LE(0);
    const [older, newer] = [whole.subarray(0, one), whole.subarray(one)];
    const opened = async (database: "before" | "after", files: readonly [Buffer, Buffer]): Promise<unknown> => {
      rmSync(path);
      if (database === "after") copyFileSync(kept, path);
      else await close(await withFirst(path));
      writeFileSync(first, files[0]);
      writeFileSync(second, files[1]);
      const found = await openStore(path);
      try {
        return await leaves(found.session);
      } finally {
        await close(found);
      }
    };
    const none = Buffer.alloc(0);
    for (const files of [
      [whole, none],
      [none, whole],
      [older, newer],
      [newer, older],
    ] as const) {
      assert.deepEqual(await opened("before", files), expected(4));
      assert.deepEqual(await opened("after", files), expected(4));
    }
    assert.deepEqual(await opened("after", [none, newer]), expected(4));
    assert.deepEqual(await opened("before", [older, none]), expected(2));
    await assert.rejects(opened("before", [none, newer]), { code: "store.damaged" });
  });
});

/** A store with the first group in its tables. */
async function withFirst(path: string): Promise<Store> {
  const store = await openStore(path);
  await store.journal.write(group(0));
  await store.journal.settle();
  return store;
}
