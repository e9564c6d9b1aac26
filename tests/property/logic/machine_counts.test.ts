import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../../ingest/steps/history.ts";
import { asOne, copyOf, lawsByCopy } from "../../support/machine_copies.ts";
import { MachineFacts, type Order } from "../../support/machine_facts.ts";
import { byMasks, downSets, nucleusValue } from "../../support/pointed_machine.ts";
import { posets, posetsOfLattices } from "../../support/small_posets.ts";
import { TheoryOver } from "../../support/theory_over.ts";

/**
 * The counts of the reference's vectors, found by enumerating candidates and letting the laws of the theory refuse those that are none.
 * `MACHINE_COUNTS=full` goes as far as the reference does, which takes minutes.
 */
const theory = await TheoryOver.open("machine");
const full = process.env["MACHINE_COUNTS"] === "full";
const ABOUT_THE_WHOLE = ["machine.root", "machine.foata_pk", "machine.depth_given", "machine.nuc_kind", "machine.unknown_history"];

/** Every sequence of sets of letters with `length` letters in all. */
function* layerings(letters: string, length: number): Generator<readonly (readonly string[])[]> {
  if (length === 0) yield [];
  for (let mask = 1; mask < 2 ** letters.length; mask++) {
    const layer = [...letters].filter((_, index) => (mask & (1 << index)) !== 0);
    if (layer.length > length) continue;
    for (const rest of layerings(letters, length - layer.length)) yield [layer, ...rest];
  }
}

async function traceCounts(letters: string, independent: string, length: number): Promise<number[]> {
  const counts: number[] = [];
  for (let n = 0; n <= length; n++) {
    const candidates = [...layerings(letters, n)].map((layers) => {
      const facts = new MachineFacts().add("hist", ["t"]).add("step", ...[...letters].map((s) => [s]));
      for (const pair of independent.split(" ").filter((one) => one !== "")) facts.add("ind", [...pair], [...pair].toReversed());
      for (const [index, layer] of layers.entries()) facts.add("lay", ...layer.map((s) => ["t", index + 1, s]));
      return facts;
    });
    const laws = await lawsByCopy(theory, candidates, [...ABOUT_THE_WHOLE, "machine.prefix_missing"]);
    counts.push(laws.filter((broken) => broken.length === 0).length);
  }
  return counts;
}

test("V3: traces by length are the layerings that the Foata laws accept", async () => {
  const vectors: readonly (readonly [letters: string, independent: string, counts: readonly number[]])[] = [
    ["ab", "", [1, 2, 4, 8, 16, 32]],
    ["ab", "ab", [1, 2, 3, 4, 5, 6]],
    ["abc", "", [1, 3, 9, 27, 81, 243]],
    ["abc", "ab", [1, 3, 8, 21, 55, 144, 377]],
    ["abc", "ab bc", [1, 3, 7, 15, 31, 63, 127]],
    ["abc", "ab bc ac", [1, 3, 6, 10, 15, 21, 28]],
    ["abcd", "ad bc", [1, 4, 14, 48, 164, 560, 1912]],
    ["abcd", "ab bc cd ad", [1, 4, 12, 32, 80, 192, 448]],
    ["abcd", "ab bc cd", [1, 4, 13, 40, 121, 364, 1093]],
    ["abcd", "ab ac ad bc bd", [1, 4, 11, 26, 57, 120, 247]],
    ["abcde", "ab bc cd de ae", [1, 5, 20, 75, 275, 1000, 3625]],
  ];
  for (const [letters, independent, counts] of vectors) {
    const length = full ? counts.length - 1 : letters.length < 4 ? 4 : 3;
    assert.deepEqual(await traceCounts(letters, independent, length), counts.slice(0, length + 1), `${letters}, {${independent}}`);
  }
});

/** A bounded poset with the tables that it has, as far as it has them: what is no lattice lacks cells. */
function candidate(inner: readonly number[]): MachineFacts {
  const size = inner.length + 2;
  const names = Array.from({ length: size }, (_, index) => String(index));
  const isBelow = (x: number, y: number): boolean =>
    x === y || x === 0 || y === size - 1 || (x < size - 1 && y > 0 && ((inner[y - 1] ?? 0) & (1 << (x - 1))) !== 0);
  const all = names.map((_, x) => x);
  const greatest = (set: readonly number[]): number | undefined => set.find((z) => set.every((other) => isBelow(other, z)));
  const least = (set: readonly number[]): number | undefined => set.find((z) => set.every((other) => isBelow(z, other)));
  const facts = new MachineFacts().add("hist", ["e"]).add("elem", ...names.map((x) => ["e", x]));
  facts.add("top", ["e", names.at(-1) ?? ""]).add("bot", ["e", "0"]);
  const cell = (relation: string, x: number, y: number, z: number | undefined): void => {
    if (z !== undefined) facts.add(relation, ["e", String(x), String(y), String(z)]);
  };
  const meet = (x: number, y: number): number | undefined => greatest(all.filter((z) => isBelow(z, x) && isBelow(z, y)));
  for (const x of all) {
    for (const y of all) {
      cell("meet", x, y, meet(x, y));
      cell("join", x, y, least(all.filter((z) => isBelow(x, z) && isBelow(y, z))));
      const below = all.filter((z) => isBelow(meet(z, x) ?? size - 1, y));
      // Where none is the greatest, some maximal one, so that the laws have a value to refuse.
      cell("impl", x, y, greatest(below) ?? below.find((z) => below.every((other) => z === other || !isBelow(z, other))));
    }
  }
  return facts;
}

test("V8: of all bounded posets, those that the axioms accept are the distributive lattices", async () => {
  const expected = [1, 1, 1, 2, 3, 5, 8, 15, 26];
  for (let size = 2; size <= (full ? 9 : 8); size++) {
    const candidates = posets(size - 2).map(candidate);
    const laws = await lawsByCopy(theory, candidates, ABOUT_THE_WHOLE);
    assert.equal(
      laws.filter((broken) => broken.length === 0).length,
      expected[size - 1],
      `${size} elements of ${candidates.length} posets`,
    );
  }
});

/** A fiber alone, its elements named by their masks. */
function lone(down: readonly number[]): { readonly facts: MachineFacts; readonly order: Order } {
  const order = byMasks(down);
  return { facts: new MachineFacts().add("hist", ["e"]).fiber("e", order), order };
}

/** How many nuclei a fiber has: of all inflationary functions where they are few, else of all closure operators. */
async function nuclei(down: readonly number[]): Promise<number> {
  const { facts, order } = lone(down);
  const values = order.elements.map((x) => order.elements.filter((y) => order.below(x, y)));
  const functions = values.reduce((count, above) => count * above.length, 1) <= 2000 ? products(values) : closures(order);
  for (const [k, images] of functions.entries()) facts.add("nuc", ...order.elements.map((x, at) => [`k${k}`, "e", x, images[at] ?? ""]));
  const found = await theory.violations(asOne([facts]));
  const broken = new Set(found.filter(({ law }) => /nuc_(ext|idem|meet|total|fun)$/.test(law)).map(({ witness }) => witness["k"]));
  assert.ok(found.every(({ law }) => law.startsWith("machine.nuc_") || ABOUT_THE_WHOLE.includes(law)));
  return functions.length - broken.size;
}

function products(values: readonly (readonly string[])[]): string[][] {
  return values.reduce<string[][]>((all, options) => all.flatMap((one) => options.map((value) => [...one, value])), [[]]);
}

/** For every set of elements in which each element has a least one above it, the function to that one. */
function closures({ elements, below }: Order): string[][] {
  const found: string[][] = [];
  for (let mask = 1; mask < 2 ** elements.length; mask++) {
    const fixed = elements.filter((_, index) => (mask & (1 << index)) !== 0);
    const images = elements.map((x) => {
      const above = fixed.filter((y) => below(x, y));
      return above.find((y) => above.every((other) => below(y, other)));
    });
    if (images.every((image) => image !== undefined)) found.push(images);
  }
  return found;
}

test("V10: a fiber has two to the number of its points many nuclei", async () => {
  let fibers = 0;
  for (let size = 1; size <= (full ? 9 : 6); size++) {
    for (const down of posetsOfLattices(size)) {
      assert.equal(await nuclei(down), 2 ** down.length, JSON.stringify(down));
      fibers += 1;
    }
  }
  assert.equal(fibers, full ? 62 : 13);
});

test("V11: ordered pairs of nuclei that commute", async () => {
  const chain = (points: number): number[] => Array.from({ length: points }, (_, p) => 2 ** (p + 1) - 1);
  const vectors: readonly (readonly [down: readonly number[], commuting: number])[] = [
    [chain(1), 4],
    [chain(2), 14],
    [chain(3), 48],
    [chain(4), 164],
    [[1, 2], 16],
    [[1, 2, 4], 64],
    [[1, 3, 5], 50],
    [[1, 2, 7], 50],
  ];
  for (const [down, commuting] of vectors) {
    const all = 2 ** down.length;
    const pairs = Array.from({ length: all * all }, (_, index) => [Math.floor(index / all), index % all] as const);
    const elements = downSets(down);
    const byTables = pairs.map(([sigma, delta]) => {
      const rows = (k: string, looked: number) => elements.map((mask) => [k, "e", String(mask), String(nucleusValue(down, looked, mask))]);
      return lone(down).facts.add("nuc", ...rows("sigma", sigma), ...rows("delta", delta));
    });
    const byPoints = pairs.map(([sigma, delta]) =>
      new MachineFacts()
        .add("hist", ["e"])
        .add("point", ...down.map((mask, p) => ["e", p, mask]))
        .add("nuc_points", ["sigma", "e", sigma], ["delta", "e", delta]),
    );
    for (const machines of [byTables, byPoints]) {
      const laws = await lawsByCopy(theory, machines, ABOUT_THE_WHOLE);
      assert.equal(laws.filter((broken) => broken.length === 0).length, commuting, JSON.stringify(down));
    }
  }
});

test("V7: the histories up to a length, with their edges and squares, break no law", async () => {
  for (const [letters, pairs, histories, edges, squares] of [
    ["abc", ["ab"], 88, 99, 12],
    ["abcd", ["ad", "bc"], 231, 268, 38],
  ] as const) {
    const independent = (a: string, b: string): boolean => pairs.some((pair) => pair === a + b || pair === b + a);
    const facts = new MachineFacts()
      .add("step", ...[...letters].map((s) => [s]))
      .add("hist", ["e"])
      .add("depth", ["e", 0]);
    for (const pair of pairs) facts.add("ind", [...pair], [...pair].toReversed());
    let words = new Map([["e", ""]]);
    for (let depth = 1; depth <= 4; depth++) {
      const next = new Map<string, string>();
      for (const [name, word] of words) {
        for (const step of letters) {
          const history = new History(independent, word + step);
          const grown = history.text(history.whole);
          facts.add("ext", [name, step, grown]);
          if (next.has(grown)) continue;
          next.set(grown, word + step);
          facts.add("hist", [grown]).add("depth", [grown, depth]);
          facts.add("lay", ...history.letters(history.whole).map(({ layer, step: letter }) => [grown, layer, letter]));
        }
      }
      words = next;
    }
    assert.deepEqual(await theory.broken(facts.rows), []);
    const found = ["hist", "ext"].map((relation) => facts.rows.get(relation)?.length);
    assert.deepEqual([...found, (await theory.derived(facts.rows, "square")).length], [histories, edges, squares]);
  }
});

test("copies are told apart", () => {
  assert.equal(copyOf({ law: "machine.top", witness: { t: "12:e", x: "1" } }), 12);
});
