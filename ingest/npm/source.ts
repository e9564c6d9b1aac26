import { posix } from "node:path";
import { normalPath } from "./lock_path.ts";
import type { Spec } from "./spec.ts";

const COMMIT = /^[0-9a-f]{40,64}$/i;
const HOSTS: Readonly<Record<string, string>> = {
  github: "github.com",
  gitlab: "gitlab.com",
  bitbucket: "bitbucket.org",
  gist: "gist.github.com",
};

/**
 * The one source that a git, file, directory or remote specifier of the package at `path` asks for, in the form `sourcesOfEntry`
 * gives; null for a specifier that asks the registry.
 */
export function sourceOfSpec(path: string, text: string, spec: Spec): string | null {
  const trimmed = text.trim();
  switch (spec.kind) {
    case "file":
    case "directory":
      return fileSource(path, trimmed);
    case "remote":
      return trimmed;
    case "git":
    case "git_range": {
      const { repository, commit } = gitSource(trimmed);
      return commit === null ? repository : `${repository}#${commit}`;
    }
    default:
      return null;
  }
}

/** The sources that an entry of the lockfile may be asked for by: its `resolved`, written one way, a git entry with and without its commit. */
export function sourcesOfEntry(resolved: string): readonly string[] {
  if (/^file:/i.test(resolved)) return [fileSource("", resolved)];
  if (/^git(?:\+[a-z]+)?:/i.test(resolved)) {
    const { repository, commit } = gitSource(resolved);
    return commit === null ? [repository] : [repository, `${repository}#${commit}`];
  }
  return [resolved];
}

/** The source of a link: the folder it points at. */
export function sourceOfLink(target: string): string {
  return `file:${normalPath(target)}`;
}

function fileSource(from: string, spec: string): string {
  const path = spec.replace(/^file:(?:\/\/(?=\/)|\/\/(?=\.))?/i, "");
  return `file:${normalPath(posix.isAbsolute(path) ? path : posix.join(from, path))}`;
}

function gitSource(spec: string): { readonly repository: string; readonly commit: string | null } {
  const hashAt = spec.indexOf("#");
  const address = hashAt === -1 ? spec : spec.slice(0, hashAt);
  const committish = hashAt === -1 ? "" : spec.slice(hashAt + 1);
  return { repository: `git:${repositoryOf(address)}`, commit: COMMIT.test(committish) ? committish.toLowerCase() : null };
}

function repositoryOf(address: string): string {
  const shortcut = /^(?<host>github|gitlab|bitbucket|gist):(?<path>.+)$/i.exec(address);
  if (shortcut !== null) return `${HOSTS[shortcut.groups?.["host"]?.toLowerCase() ?? ""]}/${bare(shortcut.groups?.["path"] ?? "")}`;
  const remote = /^(?:git\+)?[a-z]+:\/\/(?:[^@/]*@)?(?:www\.)?(?<host>[^/:]+)(?::\d+)?[/:](?<path>.+)$/i.exec(address);
  if (remote !== null) return `${remote.groups?.["host"]?.toLowerCase()}/${bare(remote.groups?.["path"] ?? "")}`;
  const scp = /^[^@/\s]+@(?<host>[^:]+):(?<path>.+)$/.exec(address);
  if (scp !== null) return `${scp.groups?.["host"]?.toLowerCase()}/${bare(scp.groups?.["path"] ?? "")}`;
  return `github.com/${bare(address)}`;
}

function bare(path: string): string {
  return path.replace(/^\/+|\/+$/g, "").replace(/\.git$/i, "");
}
