import type { Choices } from "./choices.ts";
import { type MachineFacts, type Order, square } from "./machine_facts.ts";

/** A square of two independent steps with a fiber over each history, by points: what both forms of it are made from. */
export interface PointedMachine {
  /** Down masks by history. */
  readonly posets: ReadonlyMap<string, readonly number[]>;
  /** Images by edge, `u t`; each map keeps the order. */
  readonly maps: ReadonlyMap<string, readonly number[]>;
  /** Points looked at, by nucleus and history, `k t`. */
  readonly nuclei: ReadonlyMap<string, number>;
}

export const HISTORIES = ["e", "(a)", "(b)", "(a b)"] as const;
export const EDGES = [
  ["(a)", "e"],
  ["(b)", "e"],
  ["(a b)", "(a)"],
  ["(a b)", "(b)"],
] as const;

/** The down-sets of a poset, ascending as numbers. */
export function downSets(down: readonly number[]): number[] {
  return Array.from({ length: 2 ** down.length }, (_, mask) => mask).filter((mask) =>
    down.every((below, p) => (mask & (1 << p)) === 0 || (below & ~mask) === 0),
  );
}

/** The points p with all of `looked` below p in `element`. */
export function nucleusValue(down: readonly number[], looked: number, element: number): number {
  return down.reduce((value, below, p) => ((below & looked & ~element) === 0 ? value | (1 << p) : value), 0);
}

/** A fiber's elements as texts of their masks, in their order. */
export function byMasks(down: readonly number[]): Order {
  return { elements: downSets(down).map(String), below: (x, y) => (Number(x) & ~Number(y)) === 0 };
}

/** A machine at random, of 1 to 3 points a fiber. Its maps keep the order; nothing else about it need be lawful. */
export function randomPointedMachine(choices: Choices): PointedMachine {
  const posets = new Map(HISTORIES.map((t) => [t, randomPoset(choices, 1 + choices.below(3))] as const));
  const maps = new Map(EDGES.map(([u, t]) => [`${u} ${t}`, randomMap(choices, posets.get(t) ?? [], posets.get(u) ?? [])] as const));
  const nuclei = new Map<string, number>();
  for (const t of HISTORIES) {
    const all = 2 ** (posets.get(t)?.length ?? 0) - 1;
    for (const k of ["sigma", "delta"]) nuclei.set(`${k} ${t}`, choices.below(3) === 0 ? choices.below(all + 1) : all);
  }
  return { posets, maps, nuclei };
}

/** The machine as the compact form has it. */
export function byPoints({ posets, maps, nuclei }: PointedMachine): MachineFacts {
  const facts = square().drop("lay", () => true);
  for (const [t, down] of posets) facts.add("point", ...down.map((mask, p) => [t, p, mask]));
  for (const [u, t] of EDGES) facts.add("point_map", ...(maps.get(`${u} ${t}`) ?? []).map((q, p) => [u, t, p, q]));
  for (const [key, looked] of nuclei) facts.add("nuc_points", [...splitKey(key), looked]);
  return facts;
}

/** The same machine by tables, each element named by its mask. */
export function byTables({ posets, maps, nuclei }: PointedMachine): MachineFacts {
  const facts = square().drop("lay", () => true);
  for (const [t, down] of posets) facts.fiber(t, byMasks(down));
  for (const [u, t] of EDGES) {
    const map = maps.get(`${u} ${t}`) ?? [];
    const over = (x: string): string => String(map.reduce((found, q, p) => ((Number(x) & (1 << q)) === 0 ? found : found | (1 << p)), 0));
    facts.restriction(u, t, byMasks(posets.get(u) ?? []), over);
  }
  for (const [key, looked] of nuclei) {
    const [k, t] = splitKey(key);
    const down = posets.get(t) ?? [];
    facts.add("nuc", ...downSets(down).map((mask) => [k, t, String(mask), String(nucleusValue(down, looked, mask))]));
  }
  return facts;
}

function splitKey(key: string): readonly [string, string] {
  const at = key.indexOf(" ");
  return [key.slice(0, at), key.slice(at + 1)];
}

function randomPoset(choices: Choices, size: number): number[] {
  const down: number[] = [];
  for (let p = 0; p < size; p++) {
    let mask = 1 << p;
    for (let q = 0; q < p; q++) if (choices.below(2) === 1) mask |= down[q] ?? 0;
    down.push(mask);
  }
  return down;
}

/** Every point of `lower` to a point of `upper`, such that what is below stays below. */
function randomMap(choices: Choices, lower: readonly number[], upper: readonly number[]): number[] {
  const images: number[] = [];
  lower.forEach((below, p) => {
    const under = images.filter((_, q) => (below & (1 << q)) !== 0 && q !== p);
    const fits = upper.map((_, q) => q).filter((q) => under.every((image) => ((upper[q] ?? 0) & (1 << image)) !== 0));
    images.push(fits.length > 0 ? choices.of(fits) : -1);
  });
  return images.includes(-1) ? lower.map(() => 0) : images;
}
