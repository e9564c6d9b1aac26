import { AssayError } from "../../schema/assay_error.ts";
import type { NucleusKind } from "./term.ts";

/** A fiber to read expressions in: a finite Heyting algebra with its two nuclei. Elements are numbers of its own. */
export interface Fiber {
  readonly top: number;
  readonly bottom: number;
  meet(x: number, y: number): number;
  join(x: number, y: number): number;
  implies(x: number, y: number): number;
  nucleus(kind: NucleusKind, x: number): number;
  /** The element of a name; null where none has it. */
  find(name: string): number | null;
  name(x: number): string;
}

/** The rows of one history in the base relations of the theory `machine`, without the history. */
export interface FiberRows {
  readonly elements: readonly string[];
  readonly meet: readonly (readonly [string, string, string])[];
  readonly join: readonly (readonly [string, string, string])[];
  readonly impl: readonly (readonly [string, string, string])[];
  readonly top: string | null;
  readonly bottom: string | null;
  /** Rows of `nuc`: kind, element, value. */
  readonly nuclei: readonly (readonly ["sigma" | "delta", string, string])[];
}

/** A fiber by its tables, which the laws of the theory were asked of. Errors: `res.fiber` where a cell is asked for that is not there. */
export function tableFiber(rows: FiberRows): Fiber {
  const { elements } = rows;
  const number = new Map(elements.map((name, index) => [name, index]));
  const size = elements.length;
  const missing = (what: string): never => {
    throw new AssayError("res.fiber", `the fiber has no ${what}`);
  };
  const element = (name: string | null, what: string): number => (name === null ? null : number.get(name)) ?? missing(what);
  const table = (given: readonly (readonly [string, string, string])[]): Int32Array => {
    const cells = new Int32Array(size * size).fill(-1);
    for (const [x, y, z] of given) cells[(number.get(x) ?? -1) * size + (number.get(y) ?? -1)] = number.get(z) ?? -1;
    return cells;
  };
  const [meet, join, impl] = [table(rows.meet), table(rows.join), table(rows.impl)];
  const nucleus = (kind: "sigma" | "delta"): Int32Array => {
    const own = rows.nuclei.filter(([k]) => k === kind);
    const values = Int32Array.from({ length: size }, (_, x) => (own.length === 0 ? x : -1));
    for (const [, x, y] of own) values[number.get(x) ?? -1] = number.get(y) ?? -1;
    return values;
  };
  const nuclei = { sat: nucleus("sigma"), trans: nucleus("delta") };
  const name = (x: number): string => elements[x] ?? String(x);
  const cell = (cells: Int32Array, what: string, x: number, y: number): number => {
    const found = cells[x * size + y] ?? -1;
    return found >= 0 ? found : missing(`${what} of \`${name(x)}\` and \`${name(y)}\``);
  };
  const value = (kind: NucleusKind, x: number): number => {
    const found = nuclei[kind][x] ?? -1;
    return found >= 0 ? found : missing(`value of \`${kind}\` at \`${name(x)}\``);
  };
  return {
    top: element(rows.top, "top"),
    bottom: element(rows.bottom, "bottom"),
    meet: (x, y) => cell(meet, "meet", x, y),
    join: (x, y) => cell(join, "join", x, y),
    implies: (x, y) => cell(impl, "implication", x, y),
    nucleus: value,
    find: (text) => number.get(text) ?? null,
    name,
  };
}

/** A fiber by its points: `down[p]` has the bits of point p and of all below it, and none where a number is left out. */
export interface FiberPoints {
  readonly down: readonly number[];
  /** The points that each nucleus looks at; null for the identity. */
  readonly sigma: number | null;
  readonly delta: number | null;
  /** Elements with a name. */
  readonly named: ReadonlyMap<string, number>;
}

/** A fiber by its points. An element is a down-set as bits; one without a name is called by its bits as a number. */
export function pointFiber({ down, sigma, delta, named }: FiberPoints): Fiber {
  const full = down.reduce((all, below) => all | below, 0);
  const looks = { sat: sigma ?? full, trans: delta ?? full };
  const names = new Map([...named].map(([name, mask]) => [mask, name]));
  const pointsWhere = (holds: (below: number) => boolean): number =>
    down.reduce((found, below, p) => (below !== 0 && holds(below) ? found | (1 << p) : found), 0);
  return {
    top: full,
    bottom: 0,
    meet: (x, y) => x & y,
    join: (x, y) => x | y,
    implies: (x, y) => pointsWhere((below) => (below & x & ~y) === 0),
    nucleus: (kind, x) => pointsWhere((below) => (below & looks[kind] & ~x) === 0),
    find: (name) => named.get(name) ?? null,
    name: (x) => names.get(x) ?? String(x),
  };
}
