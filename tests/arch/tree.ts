import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { type Token, tokens } from "./tokens.ts";

export const root = join(import.meta.dirname, "..", "..");

/** The rooms of the house; the top level is fixed. */
export const rooms = ["schema", "logic", "verify", "ingest", "compute", "api", "benchmarks", "tests"] as const;

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** Every TypeScript and JavaScript source of the rooms. */
export function sourceFiles(): SourceFile[] {
  return rooms.flatMap((room) => walk(join(root, room))).map((path) => source(path, readFileSync(join(root, path), "utf8")));
}

export function source(path: string, text: string): SourceFile {
  return { path, text, tokens: tokens(text) };
}

function walk(directory: string): string[] {
  let entries: ReturnType<typeof list>;
  try {
    entries = list(directory);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : walk(path);
    return /\.(ts|mjs|js)$/.test(entry.name) ? [relative(root, path).split(sep).join("/")] : [];
  });
}

function list(directory: string) {
  return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
}
