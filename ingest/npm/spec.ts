import { valid, validRange } from "semver";

/**
 * What a dependency's specifier asks for, after npm's own reading of it (`npm-package-arg` 13).
 * `any`: every version. `range`, `version`, `tag`: from the registry. `alias`: from the registry under another name.
 * `git`, and `git_range` where it ends in `#semver:…`. `file`: a tarball. `directory`: a folder. `remote`: a tarball's URL.
 * `unsupported`: npm refuses it (`workspace:`, `catalog:`, an alias of no registry package).
 */
export type SpecKind =
  | "any"
  | "range"
  | "version"
  | "tag"
  | "alias"
  | "git"
  | "git_range"
  | "file"
  | "directory"
  | "remote"
  | "unsupported";

export interface Spec {
  readonly kind: SpecKind;
  /** The semver range that the version must satisfy, or null where the specifier says nothing of versions. */
  readonly range: string | null;
  /** The real name behind an alias. */
  readonly alias: string | null;
}

const FILE_START = /^(?:[.]|~\/|\/|[a-zA-Z]:[\\/])/;
const TARBALL = /\.(?:tgz|tar\.gz|tar)$/i;
const PROTOCOL = /^(?:git\+)?[a-z][a-z+]*:/i;
const SHORTHAND = /^(?:github|gitlab|bitbucket|gist):/i;
const GIT_URL = /^(?:git:|git\+[a-z]+:)/i;
const GIT_SCP = /^[^@/\s]+@[^:./\s]+\.[^:\s]+:.+$/;
const GIT_HOSTED = /^https?:\/\/(?:[^@/]+@)?(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)\/[^/]+\/[^/#]+?(?:\.git)?\/?(?:#.*)?$/i;
const OWNER_REPOSITORY = /^[^@\s:/#.][^\s:/#@]*\/[^\s:/#@]+(?:#.*)?$/;

/** Reads one specifier, `^1.2.0` or `npm:left-pad@1` or `github:npm/cli#v6`. */
export function parseSpec(text: string): Spec {
  const spec = text.trim();
  if (/^file:/i.test(spec) || FILE_START.test(spec)) return other(TARBALL.test(spec) ? "file" : "directory");
  if (/^npm:/i.test(spec)) return aliasSpec(spec.slice(4));
  if (isGit(spec)) return gitSpec(spec);
  if (/^https?:/i.test(spec)) return other("remote");
  if (PROTOCOL.test(spec)) return other("unsupported");
  if (/[\\/]/.test(spec) || TARBALL.test(spec)) return other(TARBALL.test(spec) ? "file" : "directory");
  return registrySpec(spec);
}

function other(kind: SpecKind): Spec {
  return { kind, range: null, alias: null };
}

function isGit(spec: string): boolean {
  return SHORTHAND.test(spec) || GIT_URL.test(spec) || GIT_SCP.test(spec) || GIT_HOSTED.test(spec) || OWNER_REPOSITORY.test(spec);
}

function gitSpec(spec: string): Spec {
  const hash = spec.includes("#") ? spec.slice(spec.indexOf("#") + 1) : "";
  const range = hash.split("::").find((part) => part.startsWith("semver:"));
  if (range === undefined) return other("git");
  return { kind: "git_range", range: decoded(range.slice("semver:".length)), alias: null };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function aliasSpec(target: string): Spec {
  const at = target.indexOf("@", 1);
  const name = at > 0 ? target.slice(0, at) : target;
  const inner = registrySpec(at > 0 ? target.slice(at + 1).trim() : "");
  if (!/^(?:@[^/@\s]+\/)?[^/@\s:]+$/.test(name) || inner.kind === "unsupported") return other("unsupported");
  return { kind: "alias", range: inner.range ?? "*", alias: name };
}

function registrySpec(spec: string): Spec {
  if (spec === "" || spec === "*") return { kind: "any", range: "*", alias: null };
  if (valid(spec, true) !== null) return { kind: "version", range: spec, alias: null };
  if (validRange(spec, true) !== null) return { kind: "range", range: spec, alias: null };
  return other(encodeURIComponent(spec) === spec ? "tag" : "unsupported");
}
