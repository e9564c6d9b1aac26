import type { Row, Value } from "../../schema/value.ts";

/** A finite lattice as a test writes it: its elements, and which is below which. Must be a distributive lattice for `fiberRows`. */
export interface Order {
  readonly elements: readonly string[];
  readonly below: (x: string, y: string) => boolean;
}

/** A chain, from the bottom up. */
export function chain(...elements: string[]): Order {
  return { elements, below: (x, y) => elements.indexOf(x) <= elements.indexOf(y) };
}

/** A set of texts of letters `letter` by `letter`, each place ordered by its own order. */
export function product(elements: readonly string[], places: readonly Order[]): Order {
  return { elements, below: (x, y) => places.every((order, index) => order.below(x[index] ?? "", y[index] ?? "")) };
}

/** The facts of a machine under construction. Mutable: tests add, take away and change facts. */
export class MachineFacts {
  readonly rows = new Map<string, Row[]>();

  add(relation: string, ...rows: readonly (readonly (Value | number)[])[]): this {
    const typed = rows.map((row) => row.map((value) => (typeof value === "number" ? BigInt(value) : value)));
    const known = this.rows.get(relation);
    if (known === undefined) this.rows.set(relation, typed);
    else known.push(...typed);
    return this;
  }

  /** Leaves out the facts of `relation` that `unwanted` tells. */
  drop(relation: string, unwanted: (row: Row) => boolean): this {
    this.rows.set(
      relation,
      (this.rows.get(relation) ?? []).filter((row) => !unwanted(row)),
    );
    return this;
  }

  /** Puts `to` at the end of the one fact of `relation` that begins with `from`. */
  change(relation: string, from: readonly string[], to: string): this {
    const found = (this.rows.get(relation) ?? []).filter((row) => from.every((value, index) => row[index] === value));
    const [row] = found;
    if (row === undefined || found.length !== 1) throw new Error(`${found.length} facts ${relation}(${from.join(", ")}, …)`);
    return this.drop(relation, (one) => one === row).add(relation, [...row.slice(0, -1), to]);
  }

  /** A fiber with the tables that its order gives. */
  fiber(t: string, order: Order): this {
    const { elements, below } = order;
    const best = (fits: (z: string) => boolean, better: (z: string, than: string) => boolean): string => {
      const found = elements.filter(fits).find((z) => elements.filter(fits).every((other) => better(other, z)));
      if (found === undefined) throw new Error(`the order over ${t} is no lattice`);
      return found;
    };
    const meet = (x: string, y: string): string => best((z) => below(z, x) && below(z, y), below);
    const join = (x: string, y: string): string =>
      best(
        (z) => below(x, z) && below(y, z),
        (other, z) => below(z, other),
      );
    this.add("elem", ...elements.map((x) => [t, x]));
    this.add("top", [t, best(() => true, below)]);
    this.add("bot", [
      t,
      best(
        () => true,
        (other, z) => below(z, other),
      ),
    ]);
    for (const x of elements) {
      for (const y of elements) {
        this.add("meet", [t, x, y, meet(x, y)]);
        this.add("join", [t, x, y, join(x, y)]);
        this.add("impl", [t, x, y, best((z) => below(meet(z, x), y), below)]);
      }
    }
    return this;
  }

  /** The nucleus `k` over `t`: the identity but for the `moved` elements. */
  nucleus(k: string, t: string, order: Order, moved: Readonly<Record<string, string>> = {}): this {
    return this.add("nuc", ...order.elements.map((x) => [k, t, x, moved[x] ?? x]));
  }

  /** The restriction along the edge from `t` to `u`. */
  restriction(u: string, t: string, order: Order, map: (x: string) => string): this {
    return this.add("rho", ...order.elements.map((x) => [u, t, x, map(x)]));
  }
}

/** The histories e, (a), (b) and (a b) of two independent steps. */
export function square(): MachineFacts {
  return new MachineFacts()
    .add("step", ["a"], ["b"])
    .add("ind", ["a", "b"], ["b", "a"])
    .add("hist", ["e"], ["(a)"], ["(b)"], ["(a b)"])
    .add("depth", ["e", 0], ["(a)", 1], ["(b)", 1], ["(a b)", 2])
    .add("lay", ["(a)", 1, "a"], ["(b)", 1, "b"], ["(a b)", 1, "a"], ["(a b)", 1, "b"])
    .add("ext", ["e", "a", "(a)"], ["e", "b", "(b)"], ["(a)", "b", "(a b)"], ["(b)", "a", "(a b)"]);
}

export const C2 = chain("0", "1");
export const C3 = chain("0", "m", "1");
/** The pairs that agree over `e`: the fiber over `(a b)` that gluing asks for. */
export const PAIRS = product(["00", "11", "1m", "m1", "mm"], [C3, C3]);

/** The reference's golden fixture V15: two sides of three elements over two, glued, with a nucleus at work on each side. */
export function goldenGiven(): MachineFacts {
  const over = (x: string): string => (x === "0" ? "0" : "1");
  const up = (x: string | undefined): string => (x === "0" ? "0" : "1");
  const facts = square().fiber("e", C2).fiber("(a)", C3).fiber("(b)", C3).fiber("(a b)", PAIRS);
  facts.restriction("(a)", "e", C3, over).restriction("(b)", "e", C3, over);
  facts.restriction("(a b)", "(a)", PAIRS, (x) => x[0] ?? "").restriction("(a b)", "(b)", PAIRS, (x) => x[1] ?? "");
  facts.nucleus("sigma", "e", C2).nucleus("delta", "e", C2);
  facts.nucleus("sigma", "(a)", C3, { m: "1" }).nucleus("delta", "(a)", C3);
  facts.nucleus("sigma", "(b)", C3).nucleus("delta", "(b)", C3, { m: "1" });
  const byPlace = (place: 0 | 1) =>
    Object.fromEntries(PAIRS.elements.map((x) => [x, place === 0 ? up(x[0]) + (x[1] ?? "") : (x[0] ?? "") + up(x[1])]));
  return facts.nucleus("sigma", "(a b)", PAIRS, byPlace(0)).nucleus("delta", "(a b)", PAIRS, byPlace(1));
}

/** The reference's V16: lawful in the mode `derived`. */
export function goldenDerived(): MachineFacts {
  const facts = square().fiber("e", C3).fiber("(a)", C2).fiber("(b)", C2).fiber("(a b)", C2).add("mode", ["derived"]);
  for (const [u, t] of [
    ["(a)", "e"],
    ["(b)", "e"],
    ["(a b)", "(a)"],
    ["(a b)", "(b)"],
  ] as const)
    facts.restriction(u, t, C2, (x) => x);
  facts.nucleus("sigma", "e", C3).nucleus("delta", "e", C3, { m: "1" });
  for (const t of ["(a)", "(b)", "(a b)"]) facts.nucleus("sigma", t, C2).nucleus("delta", t, C2);
  return facts;
}
