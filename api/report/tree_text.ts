/** A line of a tree and what hangs below it. */
export interface TreeNode {
  readonly text: string;
  readonly children: readonly TreeNode[];
}

/** A tree drawn with lines, a node a line. `dim` colours the lines between the nodes. */
export function treeText(root: TreeNode, dim: (text: string) => string): string {
  const lines: string[] = [root.text];
  const open = pending(root.children, "");
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, indent, isLast } = next;
    lines.push(`${dim(`${indent}${isLast ? "└─ " : "├─ "}`)}${node.text}`);
    open.push(...pending(node.children, indent + (isLast ? "   " : "│  ")));
  }
  return lines.join("\n");
}

interface Pending {
  readonly node: TreeNode;
  readonly indent: string;
  readonly isLast: boolean;
}

/** Children as a stack: the first on top. */
function pending(children: readonly TreeNode[], indent: string): Pending[] {
  return children.map((node, index) => ({ node, indent, isLast: index === children.length - 1 })).toReversed();
}
