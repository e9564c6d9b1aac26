import { valid } from "semver";

/**
 * The package and version that a registry's tarball URL names: `https://host/@s/name/-/name-1.2.3.tgz`, the form npm itself trusts
 * (`version-from-tgz.js` of arborist 9). Null for every other URL.
 */
export function registryPackageOf(url: string): { readonly name: string; readonly version: string } | null {
  const match = /^https?:\/\/[^/]+\/(?<before>.+)\/-\/(?:.*\/)?(?<base>[^/]+)\.tgz(?:[?#].*)?$/i.exec(url);
  if (match === null) return null;
  const parts = (match.groups?.["before"] ?? "").split(/\/|%2f/i);
  const project = parts.at(-1) ?? "";
  const scope = decodeScope(parts.at(-2) ?? "");
  const base = match.groups?.["base"] ?? "";
  if (!base.startsWith(`${project}-`)) return null;
  const version = valid(base.slice(project.length + 1));
  if (version === null) return null;
  return { name: scope.startsWith("@") ? `${scope}/${project}` : project, version };
}

function decodeScope(scope: string): string {
  return scope.replace(/^%40/i, "@");
}
