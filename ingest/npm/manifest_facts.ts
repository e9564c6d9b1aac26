import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import { edgesOf } from "./edges.ts";
import { type JsonTree, membersOf, readJsonTree } from "./json_tree.ts";
import type { Lockfile } from "./lockfile.ts";
import { addOverrideFacts } from "./override_facts.ts";
import type { Reading } from "./reading.ts";

/**
 * Adds what the project's own `package.json` says, and that of each workspace folder: the dependencies asked for, and of the
 * root alone the overrides and the install scripts allowed. A manifest that is not there is an event, its laws do not apply.
 * Returns the root's manifest, or null. Errors: those of `readJsonTree`, `npm.unreadable`.
 */
export async function addManifestFacts(lockfile: Lockfile, reading: Reading): Promise<JsonTree | null> {
  const root = await addDeclared(lockfile.directory, "", reading);
  if (root === null) {
    reading.notice("npm.no_manifest", "there is no package.json beside the lockfile", lockfile.file);
  } else {
    addOverrideFacts(root, reading);
    addScriptRules(root, reading);
  }
  for (const [folder = ""] of reading.sheet.symbols("workspace", 0)) await addDeclared(lockfile.directory, folder, reading);
  return root;
}

async function addDeclared(directory: string, folder: string, reading: Reading): Promise<JsonTree | null> {
  const source = posix.join(folder, "package.json");
  const bytes = await readIfThere(join(directory, source), source);
  if (bytes === null) return null;
  const tree = readJsonTree(bytes, { source, limits: reading.limits, duplicates: "refuse" });
  reading.sheet.add("manifest", [folder], `${source}:1`);
  for (const { name, range, kind, offset } of edgesOf(tree.root, { dev: true })) {
    if (range !== null) reading.sheet.add("declares", [folder, name, range, kind], tree.place(offset));
    else reading.setAside("npm.entry", `the range of \`${name}\` is not a text`, name, tree.place(offset));
  }
  return tree;
}

/** A file's bytes, or null where there is no such file. `place` names it in the error `npm.unreadable`. */
export async function readIfThere(path: string, place: string): Promise<Uint8Array | null> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return null;
    throw new AssayError("npm.unreadable", `\`${path}\` cannot be read (${cause.code ?? cause.message})`, { place, cause });
  });
}

/** `allowScripts` of npm 11: `name`, or `name@` exact versions joined by `||`, to true or false. npm ignores every other key, so do we. */
function addScriptRules(root: JsonTree, reading: Reading): void {
  for (const [key, { offset, value }] of membersOf(membersOf(root.root).get("allowScripts")?.value)) {
    const rule = scriptRule(key);
    const place = root.place(offset);
    const isFlag = value.kind === "scalar" && typeof value.value === "boolean";
    if (rule !== null && isFlag) reading.sheet.add("script_rule", [rule.name, rule.range, value.value === true ? "allow" : "deny"], place);
    else reading.notice("npm.script_rule", `npm ignores the entry \`${key.slice(0, 100)}\` of \`allowScripts\``, place);
  }
}

function scriptRule(key: string): { readonly name: string; readonly range: string } | null {
  const match = /^(?<name>(?:@[^/@\s]+\/)?[^/@\s:]+)(?:@(?<range>.*))?$/.exec(key);
  if (match === null) return null;
  const range = match.groups?.["range"]?.trim() ?? "*";
  const isExact = range.split("||").every((version) => /^\s*v?\d+\.\d+\.\d+[-+.\w]*\s*$/.test(version));
  const name = match.groups?.["name"] ?? "";
  if (range === "" || range === "*") return { name, range: "*" };
  return isExact ? { name, range } : null;
}
