import { readFileSync, statSync } from "node:fs";
import { AssayError } from "../../schema/assay_error.ts";

/** A file whose content is read anew whenever it changed, so that keys and certificates rotate without a restart. */
export class WatchedFile<T> {
  readonly path: string;
  readonly #read: (text: string) => T;
  #version = "";
  #value: T | null = null;

  constructor(path: string, read: (text: string) => T) {
    this.path = path;
    this.#read = read;
  }

  /** What the file says now. Errors: `auth.config` where it cannot be read or understood; what it said before then counts for nothing. */
  current(): T {
    try {
      const { mtimeNs, ctimeNs, size, ino } = statSync(this.path, { bigint: true });
      const version = `${mtimeNs}.${ctimeNs}.${size}.${ino}`;
      if (this.#value === null || version !== this.#version) {
        this.#value = this.#read(readFileSync(this.path, "utf8"));
        this.#version = version;
      }
      return this.#value;
    } catch (cause) {
      this.#value = null;
      if (cause instanceof AssayError && cause.code === "auth.config") throw cause;
      throw new AssayError("auth.config", `\`${this.path}\` cannot be used`, { place: this.path, cause: nameOf(cause) });
    }
  }
}

/** What kept a file from being read, without any of what stands in it. */
function nameOf(cause: unknown): Error {
  return new Error(cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable");
}
