import { join } from "node:path";
import type { ArtifactFolder, Found, Unmeasurable } from "./artifact_folder.ts";
import type { FileDigest } from "./hash_file.ts";
import { type FileToHash, hashFiles } from "./hash_files.ts";
import type { FileClaim } from "./measure_claims.ts";
import { merkleRoot } from "./merkle_tree.ts";
import type { AlloyTables } from "./sheet.ts";

/** What lies under the names of a claim. */
type Target =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "folder"; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: "none"; readonly why: Unmeasurable };

/** Says of each claim that there is no folder of files to measure it by. */
export function leaveUnmeasured(tables: AlloyTables, claims: readonly FileClaim[]): void {
  for (const claim of claims) if (!claim.measured) tables.unmeasured.add(claim.alloy, claim.parent, claim.member, "not_asked");
}

/**
 * Hashes the files that claims name under `folder` and adds what was measured: `file` for a file, `merkle` for a folder (RFC 6962 over its
 * files, sorted by name). A file that several claims name is read once. Errors: `limit.artifact_files`.
 */
export async function measureFiles(
  tables: AlloyTables,
  claims: readonly FileClaim[],
  folder: ArtifactFolder,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const files = new Map<string, FileToHash>();
  const finder = new TargetFinder(folder, files);
  const targets: Target[] = [];
  for (const claim of claims) targets.push(await finder.find(claim));
  const list = [...files.values()];
  const hashed = await hashFiles(list, onProgress);
  const digests = new Map(list.map(({ path }, index) => [path, hashed[index] ?? null]));
  for (const [index, claim] of claims.entries()) addMeasured(tables, claim, targets[index] as Target, digests);
}

function addMeasured(tables: AlloyTables, claim: FileClaim, target: Target, digests: ReadonlyMap<string, FileDigest | null>): void {
  const { alloy, parent, member } = claim;
  const measured = target.kind === "none" ? null : measurementOf(target, digests);
  if (measured === null) {
    const why = target.kind === "none" ? target.why : "unreadable";
    if (!claim.measured) tables.unmeasured.add(alloy, parent, member, why);
    return;
  }
  tables.measured_digest.add(alloy, parent, member, measured.rule, `sha256:${measured.digest}`);
  if (claim.shard !== null) tables.measured_bytes.add(alloy, claim.shard, measured.bytes);
}

function measurementOf(
  target: Exclude<Target, { kind: "none" }>,
  digests: ReadonlyMap<string, FileDigest | null>,
): { readonly rule: string; readonly digest: string; readonly bytes: number } | null {
  if (target.kind === "file") {
    const digest = digests.get(target.path) ?? null;
    return digest === null ? null : { rule: "file", digest: digest.sha256, bytes: digest.bytes };
  }
  const leaves = target.names.map((name) => digests.get(join(target.path, name)) ?? null);
  if (leaves.includes(null)) return null;
  const known = leaves.filter((leaf) => leaf !== null);
  const root = merkleRoot(known.map(({ leaf }) => Buffer.from(leaf, "hex")));
  const bytes = known.reduce((sum, leaf) => sum + leaf.bytes, 0);
  return root === null ? null : { rule: "merkle", digest: root.toString("hex"), bytes };
}

class TargetFinder {
  readonly #folder: ArtifactFolder;
  readonly #files: Map<string, FileToHash>;
  readonly #owners = new Map<string, Promise<boolean>>();

  constructor(folder: ArtifactFolder, files: Map<string, FileToHash>) {
    this.#folder = folder;
    this.#files = files;
  }

  async find(claim: FileClaim): Promise<Target> {
    const prefix = claim.owner !== null && (await this.#hasOwnFolder(claim.owner)) ? `${claim.owner}/` : "";
    let found: Found = { kind: "none", why: "absent" };
    for (const name of claim.names) {
      found = await this.#folder.find(prefix + name);
      if (found.kind !== "none" || found.why !== "absent") break;
    }
    return this.#targetOf(found);
  }

  async #targetOf(found: Found): Promise<Target> {
    if (found.kind === "none") return found;
    if (found.kind === "file") {
      this.#want(found.path, found.bytes, false);
      return found;
    }
    const names = await this.#folder.list(found.path);
    if (typeof names === "string") return { kind: "none", why: names };
    if (names.length === 0) return { kind: "none", why: "absent" };
    for (const name of names) this.#want(join(found.path, name), 0, true);
    return { ...found, names };
  }

  #want(path: string, bytes: number, leaf: boolean): void {
    const known = this.#files.get(path);
    this.#files.set(path, { path, bytes: Math.max(bytes, known?.bytes ?? 0), leaf: leaf || known?.leaf === true });
  }

  #hasOwnFolder(owner: string): Promise<boolean> {
    const known = this.#owners.get(owner) ?? this.#folder.find(owner).then(({ kind }) => kind === "folder");
    this.#owners.set(owner, known);
    return known;
  }
}
