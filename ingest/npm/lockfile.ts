import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import { type JsonObject, type JsonTree, membersOf, readJsonTree, textOf } from "./json_tree.ts";

/** The names npm gives its lockfile; where both are there, npm reads the first. */
export const LOCKFILE_NAMES: readonly string[] = ["npm-shrinkwrap.json", "package-lock.json"];

/** A lockfile of version 2 or 3, open. */
export interface Lockfile {
  /** The folder it locks. */
  readonly directory: string;
  /** Its file name, which places begin with. */
  readonly file: string;
  readonly tree: JsonTree;
  /** The `packages` map: location to entry. */
  readonly packages: JsonObject;
}

/** The lockfile that `path` is or, as a directory, holds; null where there is none. */
export async function findLockfile(path: string): Promise<string | null> {
  const found = await kindOf(path);
  if (found === "file") return LOCKFILE_NAMES.includes(basename(path)) ? path : null;
  if (found === null) return null;
  for (const name of LOCKFILE_NAMES) {
    const candidate = join(path, name);
    if ((await kindOf(candidate)) === "file") return candidate;
  }
  return null;
}

/**
 * Opens the lockfile at `path` (a file, or a directory that holds one).
 * Errors: `npm.lockfile_missing`, `npm.unreadable`, `npm.lockfile_v1`, `npm.lockfile_version`, `npm.lockfile_shape`, and those of `readJsonTree`.
 */
export async function openLockfile(path: string, limits: Limits): Promise<Lockfile> {
  const found = await findLockfile(path);
  if (found === null) throw new AssayError("npm.lockfile_missing", `no lockfile of npm at \`${path}\``, { place: path });
  const file = basename(found);
  const bytes = await readFile(found).catch((cause: NodeJS.ErrnoException) => {
    throw new AssayError("npm.unreadable", `\`${found}\` cannot be read (${cause.code ?? cause.message})`, { place: found, cause });
  });
  const tree = readJsonTree(bytes, { source: file, limits, duplicates: "refuse" });
  if (tree.root.kind !== "object") {
    throw new AssayError("npm.lockfile_shape", "a lockfile is one JSON object", { place: tree.place(tree.root.offset) });
  }
  checkVersion(tree, tree.root);
  const packages = tree.root.members.get("packages")?.value;
  if (packages?.kind !== "object") {
    const place = tree.place(packages?.offset ?? tree.root.offset);
    throw new AssayError("npm.lockfile_shape", "the lockfile has no `packages` object", { place });
  }
  return { directory: dirname(found), file, tree, packages };
}

function checkVersion(tree: JsonTree, root: JsonObject): void {
  const member = root.members.get("lockfileVersion");
  const version = member?.value.kind === "scalar" ? member.value.value : null;
  if (version === 2 || version === 3) return;
  const place = tree.place(member?.offset ?? root.offset);
  const isFirst = version === 1 || (member === undefined && root.members.has("dependencies") && !root.members.has("packages"));
  if (isFirst) throw new AssayError("npm.lockfile_v1", "the lockfile is of version 1, which has no `packages`", { place });
  const shown = textOf(member?.value) ?? String(version);
  throw new AssayError("npm.lockfile_version", `lockfileVersion \`${shown.slice(0, 50)}\` is not one of 2 and 3`, { place });
}

/** The entry at a location, as its members; empty where there is none. */
export function entryAt(lockfile: Lockfile, location: string): ReturnType<typeof membersOf> {
  return membersOf(lockfile.packages.members.get(location)?.value);
}

async function kindOf(path: string): Promise<"file" | "directory" | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  return found.isDirectory() ? "directory" : "file";
}
