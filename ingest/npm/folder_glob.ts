/** The most alternatives that the braces of one pattern are written out to; a pattern with more matches nothing. */
export const GLOB_ALTERNATIVES_MAX = 64;

/**
 * Whether a pattern of `workspaces` matches a folder: `*` and `?` within one name, `**` over any number of names, `{a,b}`. Takes time
 * in proportion to pattern times folder, whatever the pattern: lockfiles come from outside.
 */
export function matchesFolder(pattern: string, folder: string): boolean {
  const names = folder.split("/");
  return alternatives(pattern).some((one) => matchesNames(one.split("/"), names));
}

function alternatives(pattern: string): readonly string[] {
  let open = [pattern];
  for (;;) {
    const expanded = open.flatMap(expandFirst);
    if (expanded.length > GLOB_ALTERNATIVES_MAX) return [];
    if (expanded.length === open.length) return expanded;
    open = expanded;
  }
}

function expandFirst(pattern: string): readonly string[] {
  const match = /\{([^{}]*,[^{}]*)\}/.exec(pattern);
  if (match === null) return [pattern];
  const before = pattern.slice(0, match.index);
  const after = pattern.slice(match.index + match[0].length);
  return (match[1] ?? "").split(",").map((part) => before + part + after);
}

function matchesNames(patterns: readonly string[], names: readonly string[]): boolean {
  let reached = new Set([0]);
  for (const pattern of patterns) {
    const next = new Set<number>();
    for (const at of reached) {
      if (pattern === "**") for (let to = at; to <= names.length; to += 1) next.add(to);
      else if (at < names.length && matchesName(pattern, names[at] ?? "")) next.add(at + 1);
    }
    reached = next;
  }
  return reached.has(names.length);
}

/** Going back to the last `*` only, which is enough for patterns without alternatives. */
function matchesName(pattern: string, name: string): boolean {
  let p = 0;
  let star = -1;
  let resume = 0;
  for (let n = 0; n < name.length; ) {
    if (pattern[p] === "*") {
      star = p;
      resume = n;
      p += 1;
    } else if (pattern[p] === "?" || pattern[p] === name[n]) {
      p += 1;
      n += 1;
    } else if (star !== -1) {
      p = star + 1;
      resume += 1;
      n = resume;
    } else return false;
  }
  while (pattern[p] === "*") p += 1;
  return p === pattern.length;
}
