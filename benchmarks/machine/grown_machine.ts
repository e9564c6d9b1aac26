import { History } from "../../ingest/steps/history.ts";
import type { Fact } from "../../schema/fact.ts";
import type { Row } from "../../schema/value.ts";

const LETTERS = ["a", "b", "c", "d", "e1", "f"];
const PAIRS = [
  ["a", "b"],
  ["c", "d"],
  ["a", "d"],
] as const;
const independent = (a: string, b: string): boolean => PAIRS.some(([x, y]) => (x === a && y === b) || (x === b && y === a));

/** A machine of so many histories, the shortest first, and as many more that can be added to it, each by itself. */
export interface GrownMachine {
  readonly rows: Readonly<Record<string, Row[]>>;
  readonly next: readonly (readonly Fact[])[];
}

export function grownMachine(histories: number, more: number): GrownMachine {
  const rows: Record<string, Row[]> = { hist: [["e"]], depth: [["e", 0n]], lay: [], ext: [] };
  rows["step"] = LETTERS.map((name) => [name]);
  rows["ind"] = PAIRS.flatMap(([a, b]) => [
    [a, b],
    [b, a],
  ]);
  const words = new Map<string, readonly string[]>([["e", []]]);
  const next = new Map<string, readonly Fact[]>();
  let last = Number.POSITIVE_INFINITY;
  for (const word of words.values()) {
    // Kept back is what is one step longer than the last histories whose prefixes are all there.
    if (word.length > last || next.size >= more) break;
    for (const letter of LETTERS) {
      const longer = [...word, letter];
      const history = new History(independent, longer);
      const name = history.text(history.whole);
      if (words.has(name)) continue;
      if (words.size >= histories) {
        last = word.length;
        next.set(name, factsOf(history));
        continue;
      }
      words.set(name, longer);
      for (const { relation, row } of factsOf(history)) rows[relation]?.push(row);
    }
  }
  return { rows, next: [...next.values()] };
}

/** A history as the theory has it: its layers, and every edge that ends in it. */
function factsOf(history: History): Fact[] {
  const name = history.text(history.whole);
  const letters = history.letters(history.whole);
  return [
    { relation: "hist", row: [name] },
    { relation: "depth", row: [name, BigInt(letters.length)] },
    ...letters.map(({ layer, step }): Fact => ({ relation: "lay", row: [name, BigInt(layer), step] })),
    ...history.lastPlaces(history.whole).map((last): Fact => {
      const before = history.text(history.whole & ~(1n << BigInt(last)));
      return { relation: "ext", row: [before, history.step(last), name] };
    }),
  ];
}
