import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { alloyGate } from "../../ingest/alloy/adapter.ts";
import type { GateFacts, GateReadOptions, GateSource } from "../../ingest/gate_adapter.ts";
import { limitsWith } from "../../schema/limits.ts";
import type { Row, Value } from "../../schema/value.ts";

/** Published alloys, which are not part of the project. */
export const REAL_ALLOYS = join(import.meta.dirname, "../../../shared/data/alloy");

/** The option of tests that need them: false, or why they are skipped. */
export const withoutRealAlloys = existsSync(REAL_ALLOYS) ? false : "the published alloys are not here";

const OPTIONS: GateReadOptions = {
  limits: limitsWith(),
  policy: null,
  artifacts: null,
  at: "2026-11-21T00:00:00Z",
  onProgress: () => undefined,
};

/** Writes files into a fresh folder, which goes when the test file ends. `links` are symbolic links by path. */
export async function folderOf(
  files: Readonly<Record<string, string | Uint8Array>>,
  links: Readonly<Record<string, string>> = {},
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "assay-alloy-"));
  after(() => rm(directory, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  for (const [path, target] of Object.entries(links)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await symlink(target, join(directory, path));
  }
  return directory;
}

/** Reads sources as the gate does. */
export function readGate(sources: readonly GateSource[], options: Partial<GateReadOptions> = {}): Promise<GateFacts> {
  return alloyGate.read(sources, { ...OPTIONS, ...options });
}

/** Reads one document, given as its text or as a value that is written as JSON. */
export function readAlloy(document: string | object, options: Partial<GateReadOptions> = {}): Promise<GateFacts> {
  const text = typeof document === "string" ? document : JSON.stringify(document, null, 2);
  return readGate([{ name: "a.alloy.json", bytes: Buffer.from(text) }], options);
}

/** The facts of one relation, the id of the document left out. */
export function factsOf(read: GateFacts, relation: string): Value[][] {
  return rowsOf(read, relation).map((row) => row.slice(1));
}

/** The facts of one relation, whether they came by rows or by columns. */
export function rowsOf(read: GateFacts, relation: string): Row[] {
  const table = read.tables?.find((other) => other.relation === relation);
  return [...(read.facts.get(relation) ?? []), ...(table === undefined ? [] : [...table.batches()].flat())];
}

/** The place of the first fact of a relation whose columns behind the id begin with these. */
export function placeOf(read: GateFacts, relation: string, ...columns: readonly Value[]): string | null | undefined {
  const table = read.tables?.find((other) => other.relation === relation);
  const row = rowsOf(read, relation).find((other) => columns.every((value, index) => other[index + 1] === value));
  return row === undefined ? undefined : table?.placeOf(row);
}
