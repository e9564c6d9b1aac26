import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";

const SUFFIX = ".alloy.json";
/** Folders that hold other people's files. */
const PASSED_BY: ReadonlySet<string> = new Set(["node_modules", ".git"]);

/**
 * The paths of documents under `path`: itself where it is a file, whatever its name, else every `*.alloy.json` in the folder and those in it,
 * sorted, links to folders not followed. Errors: `ingest.not_found`, `limit.alloy_documents`.
 */
export function documentPaths(path: string, limits: Pick<Limits, "alloy_documents">): string[] {
  if (!isFolder(path)) return [path];
  const paths: string[] = [];
  for (const found of walk(path)) {
    paths.push(found);
    if (paths.length > limits.alloy_documents) {
      throw new AssayError(
        "limit.alloy_documents",
        `\`${path}\` holds more documents than the bound alloy_documents, ${limits.alloy_documents}`,
      );
    }
  }
  return paths;
}

/** What else cannot be looked at is taken for a document, which then cannot be read. Errors: `ingest.not_found`. */
function isFolder(path: string): boolean {
  try {
    const info = statSync(path, { throwIfNoEntry: false });
    if (info !== undefined) return info.isDirectory();
  } catch {
    return false;
  }
  throw new AssayError("ingest.not_found", `there is no file or folder \`${path}\``, { place: path });
}

/** Entries of folders looked at to find out whether there is a document at all. */
const LOOKED_AT = 200_000;

/** Whether a path is a document by its name, or a folder that holds one among its first entries. Never throws. */
export function holdsDocuments(path: string): boolean {
  try {
    const info = statSync(path, { throwIfNoEntry: false });
    if (info === undefined) return false;
    return info.isDirectory() ? !walk(path, { entries: LOOKED_AT }).next().done : path.endsWith(SUFFIX);
  } catch {
    return false;
  }
}

/** Folders that cannot be read hold nothing. */
function* walk(folder: string, left = { entries: Number.POSITIVE_INFINITY }): Generator<string> {
  const entries = entriesOf(folder).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    left.entries -= 1;
    if (left.entries < 0) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!PASSED_BY.has(entry.name)) yield* walk(path, left);
    } else if (entry.name.endsWith(SUFFIX)) yield path;
  }
}

function entriesOf(folder: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(folder);
  } catch {
    return [];
  }
}

function readEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}

const FIRST_BYTES = 256 * 1024;
/** Where a document is read to, one after the other; a larger one gets a buffer of its own. */
const shared = Buffer.allocUnsafe(FIRST_BYTES);

/**
 * The bytes of a document's file, which stand until the next one is read. Read at once and in turn: for ten thousand small files waiting for
 * each costs more than reading it. Errors: `ingest.unreadable`, `limit.alloy_bytes` before all of it is read.
 */
export function documentBytes(path: string, limits: Pick<Limits, "alloy_bytes">): Uint8Array {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const count = readSync(file, shared);
    if (count < shared.length) return shared.subarray(0, count);
    return largeFile(file, path, limits.alloy_bytes);
  } catch (cause) {
    if (cause instanceof AssayError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? "error";
    const why = code === "ELOOP" ? "links lead in a circle" : code;
    throw new AssayError("ingest.unreadable", `\`${path}\` cannot be read (${why})`, { place: path, cause });
  } finally {
    if (file !== null) closeSync(file);
  }
}

function largeFile(file: number, path: string, bound: number): Uint8Array {
  const info = fstatSync(file);
  if (!info.isFile()) throw new AssayError("ingest.unreadable", `\`${path}\` is no file`, { place: path });
  if (info.size > bound) {
    const detail = `the document has ${info.size} bytes, the bound alloy_bytes is ${bound}`;
    throw new AssayError("limit.alloy_bytes", detail, { place: path });
  }
  const bytes = Buffer.allocUnsafe(info.size);
  let length = 0;
  for (let count = -1; count !== 0 && length < bytes.length; length += count)
    count = readSync(file, bytes, length, bytes.length - length, length);
  return bytes.subarray(0, length);
}

/** The SHA-256 of a file of any size, in hexadecimal digits; null where it cannot be read. */
export function fileSha256(path: string): string | null {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const whole = createHash("sha256");
    for (let count = readSync(file, shared); count > 0; count = readSync(file, shared)) whole.update(shared.subarray(0, count));
    return whole.digest("hex");
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}
