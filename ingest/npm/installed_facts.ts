import { type Dirent, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { isAbsolute, join, posix, relative } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import { type JsonTree, membersOf, readJsonTree, textOf } from "./json_tree.ts";
import { licenceOf } from "./licence_field.ts";
import { locate, normalPath } from "./lock_path.ts";
import type { Lockfile } from "./lockfile.ts";
import type { Reading } from "./reading.ts";
import { isSymbolText } from "./symbol_text.ts";

const INSTALL_EVENTS = ["preinstall", "install", "postinstall"];

/**
 * Adds what is really installed: every package in the `node_modules` of the project, of its packages and of its linked folders,
 * with the name, version, licence and install scripts its own package.json gives, its files, and the commands in `.bin`.
 * Nothing is taken from the lockfile but where linked folders are. Where there is no `node_modules`, that is an event, and the
 * laws that compare with it do not apply. Errors: `npm.unreadable`, `npm.too_many_facts`.
 */
export function addInstalledFacts(lockfile: Lockfile, reading: Reading): void {
  const walk = new Walk(lockfile.directory, reading);
  if (!walk.isDirectory("node_modules")) {
    reading.notice(
      "npm.no_node_modules",
      "there is no node_modules beside the lockfile: what is installed was not measured",
      lockfile.file,
    );
    return;
  }
  reading.sheet.add("measured", ["node_modules"], "node_modules");
  walk.modules("");
  for (const [target = ""] of reading.sheet.symbols("link", 1)) {
    if (!target.startsWith("..") && locate(target) === null) walk.modules(target);
  }
  walk.run();
}

class Walk {
  readonly #root: string;
  readonly #reading: Reading;
  /** Directories whose `node_modules` is still to be read. */
  readonly #pending: string[] = [];
  readonly #queued = new Set<string>();

  constructor(root: string, reading: Reading) {
    this.#root = root;
    this.#reading = reading;
  }

  modules(directory: string): void {
    if (this.#queued.has(directory)) return;
    this.#queued.add(directory);
    this.#pending.push(directory);
  }

  run(): void {
    for (let directory = this.#pending.pop(); directory !== undefined; directory = this.#pending.pop()) {
      const modules = posix.join(directory, "node_modules");
      if (this.isDirectory(modules)) this.#readModules(directory, modules);
    }
  }

  isDirectory(path: string): boolean {
    return statSync(join(this.#root, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
  }

  #readModules(directory: string, modules: string): void {
    for (const entry of this.#list(modules)) {
      const path = posix.join(modules, entry.name);
      if (entry.name === ".bin") this.#readCommands(directory, path);
      else if (entry.name.startsWith(".")) continue;
      else if (entry.isSymbolicLink()) this.#readLink(path);
      else if (!entry.isDirectory()) continue;
      else if (entry.name.startsWith("@")) this.#readScope(path);
      else this.#readPackage(path);
    }
  }

  #readScope(scope: string): void {
    for (const entry of this.#list(scope)) {
      const path = posix.join(scope, entry.name);
      if (entry.isSymbolicLink()) this.#readLink(path);
      else if (entry.isDirectory() && !entry.name.startsWith(".")) this.#readPackage(path);
    }
  }

  #readLink(path: string): void {
    const target = this.#targetOf(path);
    if (target !== null) this.#reading.sheet.add("installed_link", [path, target], path);
  }

  #readCommands(directory: string, folder: string): void {
    for (const entry of this.#list(folder)) {
      const path = posix.join(folder, entry.name);
      const target = entry.isSymbolicLink() ? this.#targetOf(path) : null;
      if (target !== null) this.#reading.sheet.add("installed_command", [directory, entry.name, target], path);
    }
  }

  /** Where a symbolic link points, one step, as the lockfile would write it. */
  #targetOf(path: string): string | null {
    const written = readlinkSync(join(this.#root, path));
    const target = normalPath(isAbsolute(written) ? relative(this.#root, written) : posix.join(posix.dirname(path), written));
    return isSymbolText(target) ? target : null;
  }

  #readPackage(path: string): void {
    this.#readFiles(path);
    this.modules(path);
    const source = `${path}/package.json`;
    const tree = this.#manifestOf(path, source);
    const sheet = this.#reading.sheet;
    if (tree === null) {
      sheet.add("installed", [path, locate(path)?.slot ?? path, ""], path);
      return;
    }
    const members = membersOf(tree.root);
    const version = members.get("version");
    const name = textOf(members.get("name")?.value) ?? locate(path)?.slot ?? path;
    const place = tree.place(version?.offset ?? tree.root.offset);
    sheet.add("installed", [path, name, textOf(version?.value) ?? ""], place);
    const licence = members.get("license");
    const expression = licenceOf(licence?.value);
    if (licence !== undefined && expression !== null) sheet.add("installed_licence", [path, expression], tree.place(licence.offset));
    for (const event of INSTALL_EVENTS) {
      const script = membersOf(members.get("scripts")?.value).get(event);
      if (script !== undefined && (textOf(script.value) ?? "") !== "")
        sheet.add("installed_script", [path, event], tree.place(script.offset));
    }
    const gyp = members.get("gypfile");
    if (gyp?.value.kind === "scalar" && gyp.value.value === false) sheet.add("declines_gyp", [path], tree.place(gyp.offset));
  }

  #manifestOf(path: string, source: string): JsonTree | null {
    const file = join(this.#root, source);
    if (!(statSync(file, { throwIfNoEntry: false })?.isFile() ?? false)) return null;
    try {
      return readJsonTree(readFileSync(file), { source, limits: this.#reading.limits, duplicates: "last" });
    } catch (cause) {
      const reason = cause instanceof AssayError ? cause.detail : "the file cannot be read";
      const place = cause instanceof AssayError && cause.place !== null ? cause.place : source;
      this.#reading.setAside("npm.installed_manifest", reason, path, place);
      return null;
    }
  }

  /** The files of one package; nested packages, in the `node_modules` right under it, are read on their own. */
  #readFiles(path: string): void {
    const folders = [""];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const inside = folder === "" ? "" : `${folder}/`;
      for (const entry of this.#list(`${path}/${folder}`)) {
        const file = inside + entry.name;
        if (!entry.isDirectory()) this.#reading.sheet.add("installed_file", [path, file], `${path}/${file}`);
        else if (file !== "node_modules") folders.push(file);
      }
    }
  }

  #list(path: string): Dirent[] {
    try {
      const entries = readdirSync(`${this.#root}/${path}`, { withFileTypes: true });
      return entries.filter((entry) => this.#isNameable(path, entry));
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
      throw new AssayError("npm.unreadable", `\`${path}\` cannot be read (${code})`, { place: path, cause });
    }
  }

  #isNameable(path: string, entry: Dirent): boolean {
    if (isSymbolText(entry.name) && !entry.name.includes("\uFFFD")) return true;
    this.#reading.setAside("npm.installed_name", "a file name that is not UTF-8", entry.name, path);
    return false;
  }
}
