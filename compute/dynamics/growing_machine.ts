import { AssayError } from "../../schema/assay_error.ts";
import { type Extension, keptElements, outsideIdeal, saturate, saturationBound, transfer } from "../fibers/derived_nuclei.ts";
import type { Mask, Poset } from "../fibers/poset.ts";
import type { PointMap } from "../fibers/restriction.ts";

/** A step from one stored history to the next: the map of points from the fiber over `from` to that over `to`, and whether the step is independent of all of `from`. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly map: PointMap;
  readonly isPerpendicular: boolean;
}

/** What an edge changed. Elements are masks of their history's points. */
export interface Change {
  /** Histories whose nuclei were computed again. */
  readonly recomputed: readonly string[];
  /** Elements that are settled now and were not, by history; all settled elements of a history that is new. */
  readonly settled: ReadonlyMap<string, readonly Mask[]>;
  /** Elements that were settled and are no more, by history. */
  readonly unsettled: ReadonlyMap<string, readonly Mask[]>;
  /** Histories where transfer is no nucleus now, with the elements that show it; there saturation alone decides what is settled. */
  readonly broken: ReadonlyMap<string, readonly [Mask, Mask]>;
}

interface Fiber {
  readonly poset: Poset;
  readonly into: PointMap[];
  readonly outOf: Extension[];
  settled: readonly Mask[];
  broken: readonly [Mask, Mask] | null;
}

/**
 * A machine in derived mode that grows edge by edge. An edge from t to u touches saturation over u, and transfer over t where its step is
 * perpendicular; nothing else is computed again.
 */
export class GrowingMachine {
  readonly #fibers = new Map<string, Fiber>();

  /** Adds a history with its fiber. Errors: `machine.history` where it is there. */
  addHistory(history: string, poset: Poset): Change {
    if (this.#fibers.has(history))
      throw new AssayError("machine.history", `the history \`${history}\` is there already`, { place: history });
    this.#fibers.set(history, { poset, into: [], outOf: [], settled: [], broken: null });
    return this.#settleAgain([history]);
  }

  /** Adds an edge between histories that are there. Errors: `machine.history` for one that is not. */
  addEdge({ from, to, map, isPerpendicular }: Edge): Change {
    const [lower, upper] = [this.#fiber(from), this.#fiber(to)];
    upper.into.push(map);
    lower.outOf.push({ upper: upper.poset, map, isPerpendicular });
    return this.#settleAgain(isPerpendicular ? [from, to] : [to]);
  }

  /** The settled elements over a history, ascending. */
  settledOver(history: string): readonly Mask[] {
    return this.#fiber(history).settled;
  }

  #settleAgain(histories: readonly string[]): Change {
    const settled = new Map<string, readonly Mask[]>();
    const unsettled = new Map<string, readonly Mask[]>();
    const broken = new Map<string, readonly [Mask, Mask]>();
    for (const history of histories) {
      const fiber = this.#fiber(history);
      const before = new Set(fiber.settled);
      const kept = keptElements(fiber.poset, fiber.outOf);
      fiber.broken = outsideIdeal(fiber.poset, kept);
      fiber.settled = settledIn(fiber, kept);
      const now = new Set(fiber.settled);
      const [come, gone] = [[...now].filter((one) => !before.has(one)), [...before].filter((one) => !now.has(one))];
      if (come.length > 0) settled.set(history, come);
      if (gone.length > 0) unsettled.set(history, gone);
      if (fiber.broken !== null) broken.set(history, fiber.broken);
    }
    return { recomputed: histories, settled, unsettled, broken };
  }

  #fiber(history: string): Fiber {
    const found = this.#fibers.get(history);
    if (found === undefined) throw new AssayError("machine.history", `there is no history \`${history}\``, { place: history });
    return found;
  }
}

function settledIn({ poset, into, broken }: Fiber, kept: readonly Mask[]): Mask[] {
  const bound = saturationBound(poset, into);
  const isSaturated = (element: Mask): boolean => saturate(poset, bound, element) === element;
  const isTransferred = (element: Mask): boolean => broken !== null || transfer(poset, kept, element) === element;
  return poset.downSets().filter((element) => isSaturated(element) && isTransferred(element));
}
