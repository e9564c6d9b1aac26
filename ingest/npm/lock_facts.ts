import { posix } from "node:path";
import { edgesOf } from "./edges.ts";
import { type JsonNode, type JsonObject, membersOf, plain, textOf } from "./json_tree.ts";
import { licenceOf } from "./licence_field.ts";
import { locate, normalPath } from "./lock_path.ts";
import type { Lockfile } from "./lockfile.ts";
import type { Reading } from "./reading.ts";
import { registryPackageOf } from "./registry_url.ts";
import { sourceOfLink, sourcesOfEntry } from "./source.ts";
import { workspaceFolders } from "./workspaces.ts";

const FLAGS = ["dev", "optional", "devOptional", "peer", "extraneous", "inBundle", "hasInstallScript", "hasShrinkwrap"];
const PLATFORM_ASPECTS = ["os", "cpu", "libc"];
const INTEGRITY_ITEM = /^(?<algorithm>[A-Za-z0-9]+)-(?<digest>[^?]*)/;

/** Adds what the lockfile says: one entry at a time, each fact with the line that says it. */
export function addLockFacts(lockfile: Lockfile, reading: Reading): void {
  for (const [path, { offset, value }] of lockfile.packages.members) {
    const place = lockfile.tree.place(offset);
    if (value.kind !== "object") {
      reading.setAside("npm.entry", `the entry of \`${path}\` is not an object`, JSON.stringify(plain(value)) ?? "", place);
      continue;
    }
    new EntryReader(lockfile, reading, path, value, offset).read();
  }
  const locations = [...lockfile.packages.members.keys()];
  for (const { folder, offset } of workspaceFolders(lockfile.packages.members.get("")?.value, locations)) {
    reading.sheet.add("workspace", [folder], lockfile.tree.place(offset));
  }
}

/** The name that an entry goes by: the one it states, or that of its folder. */
function nameOf(path: string, entry: JsonObject): string {
  return textOf(entry.members.get("name")?.value) ?? locate(path)?.slot ?? posix.basename(path);
}

class EntryReader {
  readonly #lockfile: Lockfile;
  readonly #reading: Reading;
  readonly #path: string;
  readonly #entry: JsonObject;
  readonly #offset: number;

  constructor(lockfile: Lockfile, reading: Reading, path: string, entry: JsonObject, offset: number) {
    this.#lockfile = lockfile;
    this.#reading = reading;
    this.#path = path;
    this.#entry = entry;
    this.#offset = offset;
  }

  read(): void {
    const located = locate(this.#path);
    if (located !== null) this.#add("located", [this.#path, located.directory, located.slot], this.#offset);
    if (this.#flag("link")) {
      this.#link();
      return;
    }
    const version = this.#text("version");
    this.#add("package", [this.#path, nameOf(this.#path, this.#entry), version?.text ?? ""], version?.offset ?? this.#offset);
    this.#resolved();
    this.#integrity();
    this.#edges(located === null);
    this.#licence();
    this.#platform();
    this.#commands();
    this.#bundles();
    const engine = membersOf(this.#entry.members.get("engines")?.value).get("node");
    const range = textOf(engine?.value);
    if (engine !== undefined && range !== null) this.#add("engines", [this.#path, range], engine.offset);
    for (const flag of FLAGS) if (this.#flag(flag)) this.#add("claims", [this.#path, flag], this.#member(flag)?.offset ?? this.#offset);
  }

  #link(): void {
    const target = this.#text("resolved");
    if (target === null) {
      this.#reading.setAside("npm.entry", `the link \`${this.#path}\` has no \`resolved\``, this.#path, this.#place(this.#offset));
      return;
    }
    const path = normalPath(target.text);
    this.#add("link", [this.#path, path], target.offset);
    this.#add("source", [this.#path, sourceOfLink(path)], target.offset);
  }

  #resolved(): void {
    const resolved = this.#text("resolved");
    if (resolved === null) return;
    this.#add("resolved", [this.#path, resolved.text], resolved.offset);
    for (const source of sourcesOfEntry(resolved.text)) this.#add("source", [this.#path, source], resolved.offset);
    const named = registryPackageOf(resolved.text);
    if (named !== null) this.#add("resolved_package", [this.#path, named.name, named.version], resolved.offset);
  }

  #integrity(): void {
    const integrity = this.#text("integrity");
    if (integrity === null) return;
    for (const { algorithm, digest } of integrityItems(integrity.text)) {
      this.#add("integrity", [this.#path, algorithm, digest], integrity.offset);
    }
  }

  #edges(isTop: boolean): void {
    for (const { name, range, kind, offset } of edgesOf(this.#entry, { dev: isTop })) {
      if (range === null) this.#reading.setAside("npm.entry", `the range of \`${name}\` is not a text`, name, this.#place(offset));
      else this.#add("depends", [this.#path, name, range, kind], offset);
    }
  }

  #licence(): void {
    const member = this.#member("license");
    const licence = licenceOf(member?.value);
    if (member !== undefined && licence !== null) this.#add("licence", [this.#path, licence], member.offset);
  }

  #platform(): void {
    for (const aspect of PLATFORM_ASPECTS) {
      const member = this.#member(aspect);
      for (const value of textsOf(member?.value)) this.#add("needs_platform", [this.#path, aspect, value], member?.offset ?? this.#offset);
    }
  }

  #commands(): void {
    const bin = this.#member("bin");
    const single = textOf(bin?.value);
    if (bin !== undefined && single !== null) {
      const name = nameOf(this.#path, this.#entry);
      this.#add("bin", [this.#path, name.slice(name.indexOf("/") + 1), normalPath(single)], bin.offset);
    }
    for (const [command, { offset, value }] of membersOf(bin?.value)) {
      const file = textOf(value);
      if (file !== null) this.#add("bin", [this.#path, command, normalPath(file)], offset);
    }
  }

  #bundles(): void {
    const member = this.#member("bundleDependencies") ?? this.#member("bundledDependencies");
    if (member === undefined) return;
    const all = member.value.kind === "scalar" && member.value.value === true;
    const names = all ? edgesOf(this.#entry, { dev: false }).map((edge) => edge.name) : textsOf(member.value);
    for (const name of names) this.#add("bundles", [this.#path, name], member.offset);
  }

  #member(name: string) {
    return this.#entry.members.get(name);
  }

  #flag(name: string): boolean {
    const value = this.#member(name)?.value;
    return value?.kind === "scalar" && value.value === true;
  }

  #text(name: string): { readonly text: string; readonly offset: number } | null {
    const member = this.#member(name);
    if (member === undefined) return null;
    const text = textOf(member.value);
    if (text === null) {
      const reason = `\`${name}\` of \`${this.#path}\` is not a text`;
      this.#reading.setAside("npm.entry", reason, JSON.stringify(plain(member.value)) ?? "", this.#place(member.offset));
      return null;
    }
    return { text, offset: member.offset };
  }

  #add(relation: string, row: readonly string[], offset: number): void {
    this.#reading.sheet.add(relation, row, this.#place(offset));
  }

  #place(offset: number): string {
    return this.#lockfile.tree.place(offset);
  }
}

/** The texts of a list, or the one text that stands in its stead. */
function textsOf(node: JsonNode | undefined): string[] {
  const items = node?.kind === "array" ? node.items.map(textOf) : [textOf(node)];
  return items.filter((text) => text !== null);
}

/** The hashes of a Subresource Integrity text (W3C SRI, section 3.5); a part that is no hash comes back with the algorithm "". */
export function integrityItems(text: string): { readonly algorithm: string; readonly digest: string }[] {
  return text
    .split(/\s+/)
    .filter((item) => item !== "")
    .map((item) => {
      const match = INTEGRITY_ITEM.exec(item);
      return match === null
        ? { algorithm: "", digest: item }
        : { algorithm: match.groups?.["algorithm"] ?? "", digest: match.groups?.["digest"] ?? "" };
    });
}
