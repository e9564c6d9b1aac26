import type { Formula, Item, Term } from "../ast.ts";

type Node = Formula | Term;

/**
 * Visits formulas and terms with all that is inside them and its depth, without recursion, so that the depth itself can be
 * measured. Nodes that no `.dl` program holds are visited and not entered.
 */
export function walkNodes(roots: readonly Node[], visit: (node: Node, depth: number) => void): void {
  const stack = roots.map((node) => ({ node, depth: 1 }));
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    visit(entry.node, entry.depth);
    for (const child of childrenOf(entry.node)) stack.push({ node: child, depth: entry.depth + 1 });
  }
}

/** How deep the trees are: 1 for a leaf. */
export function depthOf(roots: readonly Node[]): number {
  let deepest = 0;
  walkNodes(roots, (_, depth) => {
    deepest = Math.max(deepest, depth);
  });
  return deepest;
}

/** The formulas and terms that stand in an item themselves. */
export function rootsOf(item: Item): readonly Node[] {
  if (item.kind === "rule") return [...item.heads, ...item.body];
  if (item.kind === "component") return item.items.flatMap(rootsOf);
  return item.kind === "const" ? [item.value] : [];
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "atom":
    case "operation":
    case "call":
    case "test":
    case "record":
    case "branch":
      return node.args;
    case "cast":
      return [node.of];
    case "not":
      return [node.of];
    case "and":
    case "or":
      return node.of;
    case "compare":
      return [node.left, node.right];
    case "aggregate":
      return node.target === null ? node.body : [node.target, ...node.body];
    default:
      return [];
  }
}
