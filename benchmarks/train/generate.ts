import { JavaRandom } from "./java_random.ts";
import { GO, NO_SEMAPHORE, POSITIONS, Railway } from "./model.ts";

export const SEED = 19871053;
const ROUTES_A_SIZE = 5;
const SWITCH_POSITIONS_BOUND = 20;
const SENSORS_BOUND = 10;
const SEGMENTS_A_SENSOR = 5;
const SEGMENT_LENGTH_BOUND = 1000;

export type Workload = "batch" | "inject" | "repair";

/** Chances in percent that the generator breaks a constraint. */
interface Faults {
  readonly connectedSegments: number;
  readonly posLength: number;
  readonly routeSensor: number;
  readonly semaphoreNeighbor: number;
  readonly switchMonitored: number;
  readonly switchSet: number;
}

const faults: Readonly<Record<Workload, Faults>> = {
  batch: { connectedSegments: 0, posLength: 0, routeSensor: 0, semaphoreNeighbor: 0, switchMonitored: 0, switchSet: 0 },
  inject: { connectedSegments: 5, posLength: 2, routeSensor: 4, semaphoreNeighbor: 7, switchMonitored: 2, switchSet: 8 },
  repair: { connectedSegments: 5, posLength: 10, routeSensor: 10, semaphoreNeighbor: 25, switchMonitored: 18, switchSet: 15 },
};

/**
 * The railway that version 1.0 of the Train Benchmark generates (Szárnyas et al., SoSyM 17(4), 2018): all draws come from one
 * `java.util.Random` in its order, so that element counts and match counts are the published ones.
 */
export function generateRailway(workload: Workload, size: number): Railway {
  return new Generator(faults[workload], size * ROUTES_A_SIZE).railway();
}

class Generator {
  readonly #random = new JavaRandom(SEED);
  readonly #railway = new Railway();
  readonly #faults: Faults;
  readonly #routeCount: number;

  constructor(chances: Faults, routeCount: number) {
    this.#faults = chances;
    this.#routeCount = routeCount;
  }

  railway(): Railway {
    const railway = this.#railway;
    const firstSemaphore = this.#semaphore();
    let entry = firstSemaphore;
    let firstElement: number | null = null;
    let lastElement: number | null = null;
    for (let at = 0; at < this.#routeCount; at += 1) {
      const exit = at === this.#routeCount - 1 ? firstSemaphore : this.#semaphore();
      const track = this.#route(entry, exit);
      const first = track[0] as number;
      if (lastElement !== null) railway.connectsTo.add(lastElement, first);
      firstElement ??= first;
      lastElement = track[track.length - 1] as number;
      entry = exit;
    }
    if (firstElement !== null && lastElement !== null) railway.connectsTo.add(lastElement, firstElement);
    return railway;
  }

  /** A route with its region, switches, sensors and segments. Returns the track in order. */
  #route(entry: number, exit: number): number[] {
    const railway = this.#railway;
    const hasEntry = !this.#isFault(this.#faults.semaphoreNeighbor);
    const route = railway.newId();
    railway.routes.set(route, { active: 1, entry: hasEntry ? entry : NO_SEMAPHORE, exit });
    const region = railway.newId();
    railway.regions.add(region);
    const track: number[] = [];
    const positions = this.#random.nextInt(SWITCH_POSITIONS_BOUND - 1) + 1;
    for (let at = 0; at < positions; at += 1) this.#switch(route, region, exit, track);
    for (let at = 1; at < track.length; at += 1) {
      const element = track[at] as number;
      railway.connectsTo.add(track[at - 1] as number, element);
      // The published generator draws a second neighbour for each switch and then leaves it out.
      if (railway.switches.has(element)) this.#random.nextInt(track.length - at);
    }
    return track;
  }

  #switch(route: number, region: number, exit: number, track: number[]): void {
    const railway = this.#railway;
    const self = railway.newId();
    track.push(self);
    railway.elementRegion.set(self, region);
    railway.switches.set(self, 0);
    const sensors = this.#random.nextInt(SENSORS_BOUND - 1) + 1;
    for (let at = 0; at < sensors; at += 1) this.#sensor(route, region, self, exit, track);
    const current = this.#random.nextInt(POSITIONS);
    railway.switches.set(self, current);
    const position = this.#isFault(this.#faults.switchSet) ? POSITIONS - 1 - current : current;
    const switchPosition = railway.newId();
    railway.switchPositions.set(switchPosition, { target: self, position });
    railway.follows.add(route, switchPosition);
  }

  #sensor(route: number, region: number, monitored: number, exit: number, track: number[]): void {
    const railway = this.#railway;
    const sensor = railway.newId();
    railway.sensorRegion.set(sensor, region);
    if (!this.#isFault(this.#faults.switchMonitored)) {
      railway.monitoredBy.add(monitored, sensor);
      if (!this.#isFault(this.#faults.routeSensor)) railway.requires.add(route, sensor);
    }
    for (let at = 0; at < SEGMENTS_A_SENSOR; at += 1) {
      const segment = this.#segment(sensor, region, track);
      if (track.length === 2) railway.semaphores.add(segment, exit);
    }
    if (this.#isFault(this.#faults.connectedSegments)) this.#segment(sensor, region, track);
  }

  #segment(sensor: number, region: number, track: number[]): number {
    const isShort = this.#isFault(this.#faults.posLength);
    const length = (isShort ? -1 : 1) * this.#random.nextInt(SEGMENT_LENGTH_BOUND) + 1;
    const segment = this.#railway.newId();
    this.#railway.segments.set(segment, length);
    this.#railway.elementRegion.set(segment, region);
    this.#railway.monitoredBy.add(segment, sensor);
    track.push(segment);
    return segment;
  }

  #semaphore(): number {
    const id = this.#railway.newId();
    this.#railway.signals.set(id, GO);
    return id;
  }

  #isFault(percent: number): boolean {
    return this.#random.nextInt(100) < percent;
  }
}
