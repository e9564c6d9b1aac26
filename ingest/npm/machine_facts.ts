import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { valid } from "semver";
import { type JsonTree, membersOf, textOf } from "./json_tree.ts";
import { entryAt, type Lockfile } from "./lockfile.ts";
import { readIfThere } from "./manifest_facts.ts";
import type { Reading } from "./reading.ts";

const VERSION_FILES = [".node-version", ".nvmrc"];

/** Adds the machine that a lockfile is judged for: its operating system, processor and C library as npm names them. */
export async function addPlatformFacts(reading: Reading): Promise<void> {
  reading.sheet.add("platform", ["os", process.platform], null);
  reading.sheet.add("platform", ["cpu", process.arch], null);
  const libc = await libcFamily();
  if (libc !== null) reading.sheet.add("platform", ["libc", libc], null);
  reading.sheet.add("measured", ["platform"], null);
}

/** `glibc` or `musl`, found as npm finds it (`current-env.js` of npm-install-checks 8); null off Linux or where neither shows. */
async function libcFamily(): Promise<"glibc" | "musl" | null> {
  if (process.platform !== "linux") return null;
  const ldd = await readFile("/usr/bin/ldd", "utf8").catch(() => "");
  if (ldd.includes("musl")) return "musl";
  if (ldd.includes("GNU C Library") || ldd.includes("GLIBC")) return "glibc";
  Object.assign(process.report, { excludeNetwork: true });
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string }; sharedObjects?: string[] };
  if (report.header?.glibcVersionRuntime !== undefined) return "glibc";
  return report.sharedObjects?.some((path) => path.includes("libc.musl-") || path.includes("ld-musl-")) ? "musl" : null;
}

/**
 * Adds the version of Node that the project pins: the package `node` in the lockfile, `.node-version`, `.nvmrc`, or `volta.node` in
 * package.json, the first that names one version. Where none does, it is the Node that runs, and that is an event.
 */
export async function addNodeVersion(lockfile: Lockfile, manifest: JsonTree | null, reading: Reading): Promise<void> {
  const pinned = lockedNode(lockfile) ?? (await nodeOfFiles(lockfile.directory)) ?? voltaNode(manifest);
  if (pinned !== null) {
    reading.sheet.add("node_version", [pinned.version], pinned.place);
    return;
  }
  reading.notice(
    "npm.node_unpinned",
    `the project pins no version of Node; \`engines\` are judged for ${process.versions.node}, which runs`,
  );
  reading.sheet.add("node_version", [process.versions.node], null);
}

interface Pin {
  readonly version: string;
  readonly place: string;
}

function lockedNode(lockfile: Lockfile): Pin | null {
  const root = entryAt(lockfile, "");
  const asked = ["dependencies", "devDependencies"].some((member) => membersOf(root.get(member)?.value).has("node"));
  const version = entryAt(lockfile, "node_modules/node").get("version");
  const text = textOf(version?.value);
  return asked && version !== undefined && text !== null ? { version: text, place: lockfile.tree.place(version.offset) } : null;
}

async function nodeOfFiles(directory: string): Promise<Pin | null> {
  for (const file of VERSION_FILES) {
    const bytes = await readIfThere(join(directory, file), file);
    const version = bytes === null ? null : valid(Buffer.from(bytes).toString("utf8").trim());
    if (version !== null) return { version, place: `${file}:1` };
  }
  return null;
}

function voltaNode(manifest: JsonTree | null): Pin | null {
  const node = membersOf(membersOf(manifest?.root).get("volta")?.value).get("node");
  const version = valid(textOf(node?.value) ?? "");
  return manifest !== null && node !== undefined && version !== null ? { version, place: manifest.place(node.offset) } : null;
}
