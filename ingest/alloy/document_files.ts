import { readdirSync, readFileSync, statSync } from "node:fs";
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
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) throw new AssayError("ingest.not_found", `there is no file or folder \`${path}\``, { place: path });
  if (!info.isDirectory()) return [path];
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

/** Whether a path is a document by its name, or a folder that holds one. Never throws. */
export function holdsDocuments(path: string): boolean {
  try {
    const info = statSync(path, { throwIfNoEntry: false });
    if (info === undefined) return false;
    return info.isDirectory() ? !walk(path).next().done : path.endsWith(SUFFIX);
  } catch {
    return false;
  }
}

/** Folders that cannot be read hold nothing. */
function* walk(folder: string): Generator<string> {
  const entries = entriesOf(folder).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!PASSED_BY.has(entry.name)) yield* walk(path);
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

/**
 * The bytes of a document's file. Read at once and in turn: for ten thousand small files waiting for each costs more than reading it.
 * Errors: `ingest.unreadable`, `limit.alloy_bytes` before anything is read.
 */
export function documentBytes(path: string, limits: Pick<Limits, "alloy_bytes">): Uint8Array {
  try {
    const info = statSync(path);
    if (!info.isFile()) throw new AssayError("ingest.unreadable", `\`${path}\` is no file`, { place: path });
    if (info.size > limits.alloy_bytes) {
      const detail = `the document has ${info.size} bytes, the bound alloy_bytes is ${limits.alloy_bytes}`;
      throw new AssayError("limit.alloy_bytes", detail, { place: path });
    }
    return readFileSync(path);
  } catch (cause) {
    if (cause instanceof AssayError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? "error";
    const why = code === "ELOOP" ? "links lead in a circle" : code;
    throw new AssayError("ingest.unreadable", `\`${path}\` cannot be read (${why})`, { place: path, cause });
  }
}
