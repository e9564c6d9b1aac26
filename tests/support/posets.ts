import { Poset } from "../../compute/fibers/poset.ts";

/** Every poset of up to `points` points whose numbers go up with the order, among them one of each shape. */
export function posetsUpTo(points: number): Poset[] {
  let last: number[][] = [[]];
  const all: number[][] = [[]];
  for (let p = 0; p < points; p++) {
    last = last.flatMap((down) => new Poset(down).downSets().map((under) => [...down, under | (1 << p)]));
    all.push(...last);
  }
  return all.map((down) => new Poset(down));
}

/** A text that two posets share exactly where one is the other with its points renamed; by trying every renaming. */
export function shapeOf(poset: Poset): string {
  const below = (p: number, q: number) => (poset.isBelow(p, q) ? "1" : "0");
  const texts = permutations(poset.down.map((_, p) => p)).map((order) =>
    order.map((p) => order.map((q) => below(p, q)).join("")).join(" "),
  );
  return texts.toSorted()[0] ?? "";
}

export function chain(points: number): Poset {
  return new Poset(Array.from({ length: points }, (_, p) => 2 ** (p + 1) - 1));
}

export function antichain(points: number): Poset {
  return new Poset(Array.from({ length: points }, (_, p) => 1 << p));
}

function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]));
}
