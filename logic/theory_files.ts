import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { AssayError } from "../schema/assay_error.ts";
import { limits } from "../schema/limits.ts";
import { spanText } from "../schema/place.ts";
import { decodeProgram } from "./language/decode.ts";

export const MANIFEST = "theory.toml";

/**
 * Reads the files that make a theory, `theory.toml` and every `.dl` and `.lp` file outside of `scenarios/`, as text by their paths relative
 * to the folder, in order of the paths. Errors: `theory.not_found`, `theory.unreadable`, `syntax.not_utf8`,
 * `limit.program_files`, `limit.program_bytes`.
 */
export async function readTheoryFiles(directory: string): Promise<Map<string, string>> {
  const paths = (await listFolder(directory)).filter((path) => path === MANIFEST || isProgram(path)).toSorted();
  if (!paths.includes(MANIFEST)) throw new AssayError("theory.not_found", `\`${directory}\` has no \`${MANIFEST}\``, { place: directory });
  if (paths.length > limits.program_files.value) {
    throw new AssayError("limit.program_files", `\`${directory}\` holds ${paths.length} programs`, { place: directory });
  }
  const files = new Map<string, string>();
  for (const path of paths) files.set(path, await readTheoryText(join(directory, path)));
  return files;
}

/** Tells a program's path from that of any other file of a theory. */
export function isProgram(path: string): boolean {
  return /\.(dl|lp)$/.test(path) && !path.startsWith("scenarios/");
}

async function listFolder(directory: string): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(directory, { recursive: true, withFileTypes: true });
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR");
    const code = missing ? "theory.not_found" : "theory.unreadable";
    throw new AssayError(code, `there is no theory folder \`${directory}\` that can be read`, { place: directory, cause });
  }
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"));
}

/** Reads one text file of a theory. Errors: `theory.unreadable`, `syntax.not_utf8`, `limit.program_bytes`. */
export async function readTheoryText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new AssayError("theory.unreadable", `\`${path}\` cannot be read`, { place: path, cause });
  }
  const decoded = decodeProgram(path, bytes);
  if ("text" in decoded && !("code" in decoded)) return decoded.text;
  throw new AssayError(decoded.code, decoded.message, { place: spanText(decoded.span), help: decoded.help });
}
