import { type LatticeTables, representation } from "../../compute/fibers/birkhoff.ts";
import { nucleusPoints } from "../../compute/fibers/nucleus.ts";
import { type Mask, Poset } from "../../compute/fibers/poset.ts";
import type { SqlValue } from "../../schema/sql_session.ts";
import type { MachineReader } from "./read_machine.ts";

/** A fiber of a fact base by its points, whichever form it has there. */
export interface StoredFiber {
  readonly at: string;
  readonly form: "points" | "tables";
  readonly poset: Poset;
  readonly sigma: Mask;
  readonly delta: Mask;
  /** Elements that have a name; in tables all of them. */
  readonly names: ReadonlyMap<Mask, string>;
  /** The number that the fact base gives each point. */
  readonly numbers: readonly number[];
}

type Rows = readonly (readonly SqlValue[])[];

/**
 * The fibers over some histories, all where null, in the order of the histories' names. Errors: `machine.poset`,
 * `machine.not_distributive` for tables that the laws would refuse.
 */
export async function readFibers(read: MachineReader, histories: readonly string[] | null): Promise<StoredFiber[]> {
  const of = async (relation: string, columns: readonly string[]): Promise<Map<string, Rows>> => {
    const rows = await read.rows(relation, ["t", ...columns], histories);
    return new Map([...Map.groupBy(rows, ([t]) => String(t))].map(([t, own]) => [t, own.map((row) => row.slice(1))]));
  };
  const pointed = await of("point", ["p", "down"]);
  const named = await of("down_set", ["x", "m"]);
  const looked = await of("nuc_points", ["k", "points"]);
  const byPoints = [...pointed].map(([t, rows]) => pointFiber(t, rows, named.get(t) ?? [], looked.get(t) ?? []));
  const elements = await of("elem", ["x"]);
  const [meet, join, nuc] = [await of("meet", ["x", "y", "z"]), await of("join", ["x", "y", "z"]), await of("nuc", ["k", "x", "y"])];
  const byTables = [...elements].map(([t, rows]) => tableFiber(t, rows, meet.get(t) ?? [], join.get(t) ?? [], nuc.get(t) ?? []));
  return [...byPoints, ...byTables].toSorted((a, b) => (a.at < b.at ? -1 : 1));
}

function pointFiber(at: string, points: Rows, named: Rows, looked: Rows): StoredFiber {
  const numbers = points.map(([p]) => Number(p));
  const inward = (mask: number): Mask => numbers.reduce((found, p, index) => ((mask & (1 << p)) === 0 ? found : found | (1 << index)), 0);
  const poset = new Poset(points.map(([, down]) => inward(Number(down))));
  const looks = new Map(looked.map(([k, mask]) => [String(k), inward(Number(mask))]));
  const names = new Map(named.map(([x, mask]) => [inward(Number(mask)), String(x)]));
  const [sigma, delta] = [looks.get("sigma") ?? poset.full, looks.get("delta") ?? poset.full];
  return { at, form: "points", poset, sigma, delta, names, numbers };
}

function tableFiber(at: string, elements: Rows, meet: Rows, join: Rows, nuc: Rows): StoredFiber {
  const names = elements.map(([x]) => String(x));
  const number = new Map(names.map((name, index) => [name, index]));
  const cells = (rows: Rows): Int32Array => {
    const table = new Int32Array(names.length ** 2).fill(-1);
    for (const [x, y, z] of rows)
      table[(number.get(String(x)) ?? 0) * names.length + (number.get(String(y)) ?? 0)] = number.get(String(z)) ?? -1;
    return table;
  };
  const lattice: LatticeTables = { size: names.length, meet: cells(meet), join: cells(join) };
  const { poset, masks } = representation(lattice);
  const looks = (kind: string): Mask => {
    const values = new Map(
      nuc.flatMap(([k, x, y]) => (k === kind ? [[masks[number.get(String(x)) ?? 0] ?? 0, masks[number.get(String(y)) ?? 0] ?? 0]] : [])),
    );
    return nucleusPoints(poset, (element) => values.get(element) ?? element);
  };
  const found = new Map(masks.map((mask, index) => [mask, names[index] ?? ""]));
  return { at, form: "tables", poset, sigma: looks("sigma"), delta: looks("delta"), names: found, numbers: poset.down.map((_, p) => p) };
}

/** How an element is called: by its name, else by its points, `{0 2}`. */
export function elementName({ names, numbers }: StoredFiber, element: Mask): string {
  return names.get(element) ?? `{${numbers.filter((_, index) => (element & (1 << index)) !== 0).join(" ")}}`;
}

/** A mask of points as the fact base numbers them. */
export function outwardMask({ numbers }: StoredFiber, mask: Mask): bigint {
  return numbers.reduce((found, p, index) => ((mask & (1 << index)) === 0 ? found : found | (1n << BigInt(p))), 0n);
}
