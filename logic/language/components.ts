interface Visit {
  readonly node: string;
  readonly index: number;
  low: number;
  next: number;
}

/**
 * The strongly connected components of a graph, each after those that it leads to. Nodes and successors are taken in the order given,
 * so that one graph has one answer. Source: Tarjan 1972, with a stack of its own, so that no depth of the graph overflows.
 */
export function stronglyConnected(nodes: readonly string[], successors: (node: string) => readonly string[]): string[][] {
  const components: string[][] = [];
  const indices = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  for (const root of nodes) {
    if (indices.has(root)) continue;
    const path: Visit[] = [];
    const enter = (node: string): void => {
      path.push({ node, index: indices.size, low: indices.size, next: 0 });
      indices.set(node, indices.size);
      open.push(node);
      isOpen.add(node);
    };
    enter(root);
    for (let visit = path.at(-1); visit !== undefined; visit = path.at(-1)) {
      const successor = successors(visit.node)[visit.next];
      visit.next += 1;
      if (successor === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) parent.low = Math.min(parent.low, visit.low);
        if (visit.low === visit.index) components.push(close(visit.node, open, isOpen));
      } else if (!indices.has(successor)) {
        enter(successor);
      } else if (isOpen.has(successor)) {
        visit.low = Math.min(visit.low, indices.get(successor) ?? visit.low);
      }
    }
  }
  return components;
}

/** Takes a finished component off the stack of open nodes. */
function close(root: string, open: string[], isOpen: Set<string>): string[] {
  const component = open.splice(open.lastIndexOf(root));
  for (const node of component) isOpen.delete(node);
  return component;
}
