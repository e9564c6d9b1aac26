import { keptElements, outsideIdeal, saturationBound, transfer } from "../../compute/fibers/derived_nuclei.ts";
import { nucleusPoints } from "../../compute/fibers/nucleus.ts";
import type { Poset } from "../../compute/fibers/poset.ts";
import type { PointMap } from "../../compute/fibers/restriction.ts";
import { type SettledRows, shadowClasses } from "../../compute/fibers/settle_fibers.ts";
import type { ProposedDelta, ProposedRow } from "../../schema/delta.ts";
import { stepsOfName } from "../../schema/history.ts";
import type { Value } from "../../schema/value.ts";
import { elementName, outwardMask, type StoredFiber } from "./read_fibers.ts";
import { type MachineReader, readPresentation } from "./read_machine.ts";

/** What a computed delta changes; it is proposed like any other. */
export type FactChanges = Pick<ProposedDelta, "assert" | "retract">;

/** Where one element of a fiber stands. */
export interface Standing {
  readonly at: string;
  readonly element: string;
  readonly class: (typeof shadowClasses)[number];
  readonly settled: string;
  readonly gap: number;
  /** Whether the fact base has a name for it. */
  readonly isNamed: boolean;
}

export function standings(fibers: readonly StoredFiber[], rows: SettledRows): Standing[] {
  return Array.from({ length: rows.element.length }, (_, row) => {
    const fiber = fibers[rows.fiber[row] ?? 0] as StoredFiber;
    const element = rows.element[row] ?? 0;
    return {
      at: fiber.at,
      element: elementName(fiber, element),
      class: shadowClasses[rows.shadow[row] ?? 0] ?? "free",
      settled: elementName(fiber, rows.settled[row] ?? 0),
      gap: rows.gap[row] ?? 0,
      isNamed: fiber.names.has(element),
    };
  });
}

/** An element that is settled now and was not, or the other way round. */
export interface SettledChange {
  readonly at: string;
  readonly element: string;
  readonly change: "settled" | "unsettled";
}

/** What came to be settled between two states of some fibers, and what is settled no more, by the elements' names. */
export function settledChanges(before: readonly Standing[], now: readonly Standing[]): SettledChange[] {
  const fixed = (all: readonly Standing[]): Map<string, Standing> =>
    new Map(all.flatMap((one) => (one.class === "fixed" ? [[JSON.stringify([one.at, one.element]), one] as const] : [])));
  const [had, has] = [fixed(before), fixed(now)];
  const missing = (
    from: ReadonlyMap<string, Standing>,
    other: ReadonlyMap<string, Standing>,
    change: SettledChange["change"],
  ): SettledChange[] => [...from].flatMap(([key, { at, element }]) => (other.has(key) ? [] : [{ at, element, change }]));
  return [...missing(had, has, "unsettled"), ...missing(has, had, "settled")];
}

/** The facts `hstar` of some fibers as they should be: their settled elements that have a name. */
export async function fixedFiberChanges(read: MachineReader, found: readonly Standing[]): Promise<FactChanges> {
  const wanted = found.flatMap((one) => (one.class === "fixed" && one.isNamed ? [[one.at, one.element]] : []));
  const stored = await read.rows("hstar", ["t", "x"], [...new Set(found.map(({ at }) => at))]);
  return changes(
    "hstar",
    wanted,
    stored.map((row) => row.map(String)),
  );
}

/**
 * The facts `nuc_points` of the fibers by points over some histories, all where null, as the mode `derived` has them: saturation from the restrictions into them, transfer from the images of
 * independent steps. `broken` are histories where no nucleus keeps what those steps keep; their transfer is left as it is.
 */
export async function derivedNucleiChanges(
  read: MachineReader,
  all: readonly StoredFiber[],
  histories: readonly string[] | null,
): Promise<FactChanges & { readonly broken: readonly string[] }> {
  const fibers = all.filter(({ at, form }) => form === "points" && (histories === null || histories.includes(at)));
  const edges = await readEdges(read, all);
  const independent = new Set((await readPresentation(read)).independent.map((pair) => JSON.stringify(pair)));
  const broken: string[] = [];
  const wanted: Value[][] = [];
  for (const fiber of fibers) {
    const into = edges.filter(({ u }) => u === fiber.at).map(({ map }) => map);
    const letters = stepsOfName(fiber.at) ?? [];
    const isPerpendicular = (step: string): boolean =>
      letters.every((letter) => letter !== step && independent.has(JSON.stringify([step, letter])));
    const outOf = edges.filter(({ t }) => t === fiber.at).map((edge) => ({ ...edge, isPerpendicular: isPerpendicular(edge.s) }));
    const kept = keptElements(fiber.poset, outOf);
    const isIdeal = outsideIdeal(fiber.poset, kept) === null;
    if (!isIdeal) broken.push(fiber.at);
    const delta = isIdeal ? nucleusPoints(fiber.poset, (element) => transfer(fiber.poset, kept, element)) : fiber.delta;
    for (const [kind, mask] of [
      ["sigma", saturationBound(fiber.poset, into)],
      ["delta", delta],
    ] as const) {
      if (mask !== fiber.poset.full) wanted.push([kind, fiber.at, outwardMask(fiber, mask)]);
    }
  }
  const stored = await read.rows(
    "nuc_points",
    ["k", "t", "points"],
    fibers.map(({ at }) => at),
  );
  return {
    ...changes(
      "nuc_points",
      wanted,
      stored.map(([k, t, points]) => [String(k), String(t), BigInt(String(points))]),
    ),
    broken,
  };
}

interface PointedEdge {
  readonly t: string;
  readonly s: string;
  readonly u: string;
  readonly map: PointMap;
  /** The points of u. */
  readonly upper: Poset;
}

/** The edges that a map of points is given for. */
async function readEdges(read: MachineReader, fibers: readonly StoredFiber[]): Promise<PointedEdge[]> {
  const byHistory = new Map(fibers.map((fiber) => [fiber.at, fiber]));
  const maps = Map.groupBy(await read.rows("point_map", ["u", "t", "p", "q"]), ([u, t]) => JSON.stringify([u, t]));
  return (await read.rows("ext", ["t", "s", "u"])).flatMap(([t, s, u]): PointedEdge[] => {
    const [lower, upper] = [byHistory.get(String(t)), byHistory.get(String(u))];
    const rows = maps.get(JSON.stringify([u, t]));
    if (lower === undefined || upper === undefined || rows === undefined) return [];
    const map = lower.numbers.map((p) => upper.numbers.indexOf(Number(rows.find((row) => Number(row[2]) === p)?.[3] ?? -1)));
    return [{ t: String(t), s: String(s), u: String(u), map, upper: upper.poset }];
  });
}

/** What turns the stored rows of a relation into the wanted ones. */
function changes(relation: string, wanted: readonly (readonly Value[])[], stored: readonly (readonly Value[])[]): FactChanges {
  const key = (row: readonly Value[]): string => JSON.stringify(row.map(String));
  const [had, has] = [new Set(stored.map(key)), new Set(wanted.map(key))];
  const side = (rows: readonly (readonly Value[])[]): ReadonlyMap<string, readonly ProposedRow[]> =>
    rows.length === 0 ? new Map() : new Map([[relation, rows]]);
  return { assert: side(wanted.filter((row) => !had.has(key(row)))), retract: side(stored.filter((row) => !has.has(key(row)))) };
}
