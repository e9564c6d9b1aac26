import { posix } from "node:path";

/** Where an entry of a lockfile sits: in the `node_modules` of `directory`, under the name `slot`. */
export interface Location {
  readonly directory: string;
  readonly slot: string;
}

/** Splits `node_modules/a/node_modules/@s/b` into `node_modules/a` and `@s/b`; null for a path that ends in no `node_modules`. */
export function locate(path: string): Location | null {
  const match = /^(?:(?<directory>.*)\/)?node_modules\/(?<slot>@[^/]+\/[^/]+|[^/@][^/]*)$/s.exec(path);
  if (match === null) return null;
  return { directory: match.groups?.["directory"] ?? "", slot: match.groups?.["slot"] ?? "" };
}

/**
 * The directory where Node looks next when the `node_modules` of `directory` has not got a name, or null where there is none
 * inside the lockfile's folder. Node passes over directories that are called `node_modules` themselves.
 */
export function outwardOf(directory: string): string | null {
  if (directory === "") return null;
  const located = locate(directory);
  if (located !== null) return located.directory;
  const parent = posix.dirname(directory);
  if (parent === "." || parent === "/") return "";
  return /(?:^|\/)\.\.$/.test(parent) ? null : parent;
}

/** A path of package.json or the lockfile as the lockfile writes paths: relative to its folder, `/` between names, "" the folder. */
export function normalPath(path: string): string {
  const normal = posix.normalize(path.replaceAll("\\", "/")).replace(/\/+$/, "");
  return normal === "." ? "" : normal;
}
