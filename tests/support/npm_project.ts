import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import type { AdapterFacts } from "../../ingest/adapter.ts";
import { npmAdapter } from "../../ingest/npm/adapter.ts";
import { limitsWith } from "../../schema/limits.ts";
import type { Row } from "../../schema/value.ts";

/** A file's text, bytes, or an object that is written as JSON with two spaces, as npm does. */
export type Content = string | Uint8Array | object;

/** A well-formed SHA-512 in SRI form, of nothing in particular. */
export const SRI = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";

/** Writes a project into a fresh folder, which goes when the test file ends. `links` are symbolic links by path. */
export async function npmProject(files: Readonly<Record<string, Content>>, links: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "assay-npm-"));
  after(() => rm(directory, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content, null, 2));
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await symlink(target, join(directory, path));
  }
  return directory;
}

/** A lockfile of version 3 around `packages`. */
export function lockOf(packages: Readonly<Record<string, unknown>>, lockfileVersion: unknown = 3): object {
  return { name: "app", version: "1.0.0", lockfileVersion, requires: true, packages };
}

/** Reads a project with the default bounds. */
export async function readNpm(path: string): Promise<AdapterFacts> {
  return npmAdapter.read(path, { limits: limitsWith(), now: "2026-11-21T00:00:00Z" });
}

/** The rows of one relation. */
export function rowsOf(read: AdapterFacts, relation: string): readonly Row[] {
  return read.facts.get(relation) ?? [];
}

/** The rows of one relation with their places, `row → place`. */
export function placesOf(read: AdapterFacts, relation: string): (string | null)[] {
  return [...(read.places.get(relation) ?? [])];
}
