import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import { SqlError } from "../../schema/sql_session.ts";
import { createInMemory, DuckDbSession } from "./duckdb_session.ts";
import { storeError } from "./store_error.ts";

/** Files open in this process: a second DuckDB instance on one file loses its commits in silence, so it is refused here. */
const openFiles = new Set<string>();

/**
 * One DuckDB instance over one file (or memory) and its connections. External access is off and settings are locked for its whole life:
 * no statement on any of its connections reads or writes another file. The caller closes it.
 */
export class Database {
  readonly path: string | null;
  /** Where the file really lies, whatever links lead to it. */
  readonly file: string | null;
  readonly #instance: DuckDBInstance;
  #key: string | null;
  readonly #sessions = new Set<DuckDbSession>();

  private constructor(instance: DuckDBInstance, path: string | null, file: string | null, key: string | null) {
    this.#instance = instance;
    this.path = path;
    this.file = file;
    this.#key = key;
  }

  /** Errors: `store.locked`, `store.open_twice`, `store.not_a_database`, `store.damaged`, `store.read_only`, `store.no_folder`, `store.newer_format`. */
  static async open(path: string | null, limits: Limits): Promise<Database> {
    const settings = {
      enable_external_access: "false",
      lock_configuration: "true",
      memory_limit: `${limits.memory_mb}MB`,
      checkpoint_threshold: `${limits.wal_mb}MB`,
    };
    if (path === null) return new Database(await createInMemory(settings), null, null, null);
    const file = await fileAt(path);
    const key = (await identityOf(file)) ?? file;
    if (openFiles.has(key)) throw new AssayError("store.open_twice", `\`${path}\` is open in this process already`, { place: path });
    openFiles.add(key);
    try {
      const database = new Database(await DuckDBInstance.create(file, settings), path, file, key);
      openFiles.delete(key);
      database.#key = (await identityOf(file)) ?? file;
      openFiles.add(database.#key);
      return database;
    } catch (cause) {
      openFiles.delete(key);
      throw storeError(cause, path, "store.damaged");
    }
  }

  async connect(): Promise<DuckDbSession> {
    const session = new DuckDbSession(await this.#instance.connect());
    this.#sessions.add(session);
    return session;
  }

  disconnect(session: DuckDbSession): void {
    this.#sessions.delete(session);
    session.close();
  }

  close(): void {
    for (const session of this.#sessions) session.close();
    this.#sessions.clear();
    this.#instance.closeSync();
    if (this.#key !== null) openFiles.delete(this.#key);
  }
}

/** True where a file stands at `path`. */
export async function fileExists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Runs `action` between BEGIN and COMMIT; a failure rolls back and comes out as `store.…` or as it was. */
export async function inTransaction<T>(session: DuckDbSession, path: string | null, action: () => Promise<T>): Promise<T> {
  await session.run("BEGIN TRANSACTION");
  try {
    const result = await action();
    await session.run("COMMIT");
    return result;
  } catch (cause) {
    await rollBack(session);
    throw cause instanceof SqlError ? storeError(cause, path, null) : cause;
  }
}

/** Ends an open transaction, if there is one, without a trace. */
export async function rollBack(session: DuckDbSession): Promise<void> {
  try {
    await session.run("ROLLBACK");
  } catch (cause) {
    if (!(cause instanceof SqlError)) throw cause;
  }
}

async function fileAt(path: string): Promise<string> {
  const absolute = resolve(path);
  try {
    return (await fileExists(absolute)) ? await realpath(absolute) : join(await realpath(dirname(absolute)), basename(absolute));
  } catch (cause) {
    throw new AssayError("store.no_folder", `the folder of \`${path}\` does not exist`, { place: path, cause });
  }
}

/** What a file is by whatever name; null where there is none yet. */
async function identityOf(file: string): Promise<string | null> {
  return stat(file).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => null,
  );
}
