/** The posets of `points` points up to isomorphism, each as the masks of what lies below each point, in a linear order. */
export function posets(points: number): number[][] {
  const found = new Map<string, number[]>();
  const grow = (down: readonly number[]): void => {
    if (down.length === points) {
      const key = canonical(down);
      if (!found.has(key)) found.set(key, [...down]);
      return;
    }
    for (let below = 0; below < 2 ** down.length; below++) {
      if (down.every((mask, p) => (below & (1 << p)) === 0 || (mask & ~below) === 0)) grow([...down, below | (1 << down.length)]);
    }
  };
  grow([]);
  return [...found.values()];
}

/** The posets whose down-sets are `elements` in number: one for each distributive lattice of that size, by Birkhoff's theorem. */
export function posetsOfLattices(elements: number): number[][] {
  const all: number[][] = [];
  for (let points = 0; points < elements; points++) {
    all.push(...posets(points).filter((down) => countDownSets(down) === elements));
  }
  return all;
}

function countDownSets(down: readonly number[]): number {
  let count = 0;
  for (let mask = 0; mask < 2 ** down.length; mask++) {
    if (down.every((below, p) => (mask & (1 << p)) === 0 || (below & ~mask) === 0)) count += 1;
  }
  return count;
}

/** The least text over all renamings that keep the numbers of points below and above. */
function canonical(down: readonly number[]): string {
  const size = down.length;
  const isBelow = (p: number, q: number): boolean => ((down[q] ?? 0) & (1 << p)) !== 0;
  const degree = (p: number): string => {
    const points = down.map((_, q) => q);
    return `${points.filter((q) => isBelow(q, p)).length} ${points.filter((q) => isBelow(p, q)).length}`;
  };
  const kinds = [...new Set(down.map((_, p) => degree(p)))].toSorted();
  const classes = kinds.map((kind) => down.map((_, p) => p).filter((p) => degree(p) === kind));
  let least: string | null = null;
  for (const order of orders(classes)) {
    let text = "";
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) text += isBelow(order[i] ?? 0, order[j] ?? 0) ? "1" : "0";
    if (least === null || text < least) least = text;
  }
  return `${kinds.join(",")} ${least ?? ""}`;
}

function orders(classes: readonly (readonly number[])[]): number[][] {
  const [first, ...rest] = classes;
  if (first === undefined) return [[]];
  const tails = orders(rest);
  return permutations(first).flatMap((head) => tails.map((tail) => [...head, ...tail]));
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) => permutations(items.filter((_, at) => at !== index)).map((rest) => [item, ...rest]));
}
