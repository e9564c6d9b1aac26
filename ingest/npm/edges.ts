import { type JsonNode, membersOf, textOf } from "./json_tree.ts";

export type EdgeKind = "prod" | "dev" | "optional" | "peer" | "peer_optional";

/** One dependency as a manifest or a lockfile's entry writes it. `range` is null where it is not a text. */
export interface Edge {
  readonly name: string;
  readonly range: string | null;
  readonly kind: EdgeKind;
  readonly offset: number;
}

/**
 * The dependencies of one package. Of several of one name the last counts, in npm's order (`Node._loadDeps` of arborist 9):
 * peers, production, optional, and for the project and its linked folders development.
 */
export function edgesOf(manifest: JsonNode, options: { readonly dev: boolean }): Edge[] {
  const parts = membersOf(manifest);
  const optionalPeers = new Set<string>();
  for (const [name, meta] of membersOf(parts.get("peerDependenciesMeta")?.value)) {
    const optional = membersOf(meta.value).get("optional")?.value;
    if (optional?.kind === "scalar" && optional.value === true) optionalPeers.add(name);
  }
  const edges = new Map<string, Edge>();
  const read = (member: string, kindOf: (name: string) => EdgeKind) => {
    for (const [name, { offset, value }] of membersOf(parts.get(member)?.value)) {
      edges.set(name, { name, range: textOf(value), kind: kindOf(name), offset });
    }
  };
  read("peerDependencies", (name) => (optionalPeers.has(name) ? "peer_optional" : "peer"));
  read("dependencies", () => "prod");
  read("optionalDependencies", () => "optional");
  if (options.dev) read("devDependencies", () => "dev");
  return [...edges.values()];
}
