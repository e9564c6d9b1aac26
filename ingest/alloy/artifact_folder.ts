import type { Dirent } from "node:fs";
import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, win32 } from "node:path";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";

/** Why a file that a document names cannot be measured. */
export type Unmeasurable = "absent" | "outside" | "unreadable";

export type Found =
  | { readonly kind: "file"; readonly path: string; readonly bytes: number }
  | { readonly kind: "folder"; readonly path: string }
  | { readonly kind: "none"; readonly why: Unmeasurable };

/** A folder of files that documents speak of. No name leads out of it, and no symbolic link is followed in it. */
export class ArtifactFolder {
  readonly #root: string;
  readonly #limits: Pick<Limits, "artifact_files">;

  private constructor(root: string, limits: Pick<Limits, "artifact_files">) {
    this.#root = root;
    this.#limits = limits;
  }

  /** Errors: `alloy.artifacts` where there is no such folder. */
  static async open(path: string, limits: Pick<Limits, "artifact_files">): Promise<ArtifactFolder> {
    const info = await stat(path).catch((cause: NodeJS.ErrnoException) => {
      throw new AssayError("alloy.artifacts", `\`${path}\` cannot be read (${cause.code ?? cause.message})`, { place: path, cause });
    });
    if (!info.isDirectory()) throw new AssayError("alloy.artifacts", `\`${path}\` is no folder`, { place: path });
    return new ArtifactFolder(await realpath(path), limits);
  }

  /** What stands under a name with `/` between its parts, looked at part by part, so that no link on the way is followed. */
  async find(name: string): Promise<Found> {
    const parts = partsOf(name);
    if (parts === null) return { kind: "none", why: "outside" };
    let path = this.#root;
    for (const [index, part] of parts.entries()) {
      path = join(path, part);
      try {
        const info = await lstat(path);
        if (info.isSymbolicLink()) return { kind: "none", why: "outside" };
        if (index < parts.length - 1) continue;
        if (info.isDirectory()) return { kind: "folder", path };
        return info.isFile() ? { kind: "file", path, bytes: info.size } : { kind: "none", why: "unreadable" };
      } catch (cause) {
        return { kind: "none", why: whyOf(cause) };
      }
    }
    return { kind: "none", why: "outside" };
  }

  /**
   * The files of a folder and the folders in it, as names with `/` relative to it, sorted by their UTF-8 bytes. A link or anything but a file
   * and a folder makes the whole unmeasurable. Errors: `limit.artifact_files`.
   */
  async list(path: string): Promise<readonly string[] | Unmeasurable> {
    const names: string[] = [];
    const waiting = [""];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      const entries = await readdir(join(path, folder), { withFileTypes: true }).catch(whyOf);
      if (typeof entries === "string") return entries;
      for (const entry of entries) {
        const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
        const problem = this.#take(entry, name, { names, waiting });
        if (problem !== null) return problem;
      }
    }
    return names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }

  #take(entry: Dirent, name: string, to: { readonly names: string[]; readonly waiting: string[] }): Unmeasurable | null {
    if (entry.isSymbolicLink()) return "outside";
    if (entry.isDirectory()) to.waiting.push(name);
    else if (entry.isFile()) to.names.push(name);
    else return "unreadable";
    const bound = this.#limits.artifact_files;
    if (to.names.length + to.waiting.length <= bound) return null;
    throw new AssayError("limit.artifact_files", `\`${name}\` is one file more than the bound artifact_files, ${bound}`);
  }
}

/** The parts of a relative name, or null for one that is empty, absolute on any system, or has a part that leads up or nowhere. */
function partsOf(name: string): string[] | null {
  if (isAbsolute(name) || win32.isAbsolute(name) || /^[A-Za-z]:/.test(name) || name.includes("\\")) return null;
  const parts = name.split("/");
  return parts.some((part) => part === "" || part === "." || part === "..") ? null : parts;
}

function whyOf(cause: unknown): Unmeasurable {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return "absent";
  return code === "ELOOP" ? "outside" : "unreadable";
}
