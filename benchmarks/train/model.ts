import { Edges } from "./edges.ts";

export const GO = 2;
export const POSITIONS = 3;
/** The `entry` of a route that has none: an id that no semaphore has. */
export const NO_SEMAPHORE = 0;

export interface RailwayRoute {
  readonly active: number;
  readonly entry: number;
  readonly exit: number;
}

/**
 * A railway of the Train Benchmark as objects and edges. Ids are integers from 1 in the order of creation. It is what the generator
 * makes, what transformations are drawn from, and what every contender's facts are written from.
 */
export class Railway {
  readonly segments = new Map<number, number>();
  readonly switches = new Map<number, number>();
  readonly sensorRegion = new Map<number, number>();
  readonly regions = new Set<number>();
  readonly routes = new Map<number, RailwayRoute>();
  readonly signals = new Map<number, number>();
  readonly switchPositions = new Map<number, { readonly target: number; readonly position: number }>();
  readonly elementRegion = new Map<number, number>();
  readonly follows = new Edges();
  readonly requires = new Edges();
  readonly monitoredBy = new Edges();
  readonly connectsTo = new Edges();
  readonly semaphores = new Edges();
  #lastId = 0;

  newId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** Vertices of all seven kinds. */
  nodes(): number {
    const kinds = [this.segments, this.switches, this.sensorRegion, this.regions, this.routes, this.signals, this.switchPositions];
    return kinds.reduce((sum, kind) => sum + kind.size, 0);
  }

  /** Edges as the benchmark counts them: references and containments, `entry`, `exit` and `target` among them. */
  edges(): number {
    let ends = 0;
    for (const route of this.routes.values()) ends += (route.entry === NO_SEMAPHORE ? 0 : 1) + 1;
    const sets = [this.follows, this.requires, this.monitoredBy, this.connectsTo, this.semaphores];
    const contained = this.elementRegion.size + this.sensorRegion.size + this.switchPositions.size;
    return sets.reduce((sum, set) => sum + set.count, 0) + contained + ends;
  }
}
