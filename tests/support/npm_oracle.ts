/** A lockfile's tree in the plainest form: what sits where, and what asks for what. Written apart from the theory, to hold it to. */
export interface PlainTree {
  readonly paths: readonly string[];
  readonly edges: readonly { readonly from: string; readonly name: string; readonly kind: string }[];
}

/** Node's rule, by trying every node_modules from the package's own folder outwards. */
export function resolveByPaths(tree: PlainTree, from: string, name: string): string | null {
  const present = new Set(tree.paths);
  for (let directory = from; ; directory = directory.slice(0, Math.max(directory.lastIndexOf("node_modules/") - 1, 0))) {
    const candidate = directory === "" ? `node_modules/${name}` : `${directory}/node_modules/${name}`;
    if (present.has(candidate)) return candidate;
    if (directory === "") return null;
  }
}

interface Flags {
  extraneous: boolean;
  dev: boolean;
  optional: boolean;
  devOptional: boolean;
  peer: boolean;
}

const KINDS: readonly (keyof Flags)[] = ["extraneous", "dev", "optional", "devOptional", "peer"];

/** npm's flags by npm's own way: all set, then unset along the edges until nothing changes (arborist 9, calc-dep-flags.js). */
export function flagsByUnsetting(tree: PlainTree): Map<string, ReadonlySet<keyof Flags>> {
  const flags = new Map<string, Flags>();
  for (const path of tree.paths) flags.set(path, { extraneous: true, dev: true, optional: true, devOptional: true, peer: true });
  flags.set("", { extraneous: false, dev: false, optional: false, devOptional: false, peer: false });
  for (let changed = true; changed; ) {
    changed = false;
    for (const { from, name, kind } of tree.edges) {
      const to = resolveByPaths(tree, from, name);
      const source = flags.get(from);
      const target = to === null ? undefined : flags.get(to);
      if (source !== undefined && target !== undefined && unset(source, target, kind)) changed = true;
    }
  }
  keepParents(flags);
  return new Map([...flags].map(([path, of]) => [path, new Set(KINDS.filter((kind) => of[kind]))]));
}

function unset(source: Flags, target: Flags, kind: string): boolean {
  const dev = kind === "dev";
  const optional = kind === "optional" || kind === "peer_optional";
  const peer = kind === "peer" || kind === "peer_optional";
  const before = JSON.stringify(target);
  if (!source.extraneous && !(peer && optional)) target.extraneous = false;
  if (!source.dev && !dev) target.dev = false;
  if (!source.optional && !optional) target.optional = false;
  if (!source.devOptional && !source.dev && !source.optional && !dev && !optional) target.devOptional = false;
  if (!source.peer && !peer) target.peer = false;
  return JSON.stringify(target) !== before;
}

function keepParents(flags: Map<string, Flags>): void {
  for (const [path, of] of flags) {
    if (of.extraneous) continue;
    for (let at = path.lastIndexOf("/node_modules/"); at > 0; at = path.lastIndexOf("/node_modules/", at - 1)) {
      const parent = flags.get(path.slice(0, at));
      if (parent !== undefined) parent.extraneous = false;
    }
  }
}
