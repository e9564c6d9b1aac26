import type { Edges } from "./edges.ts";
import type { Railway } from "./model.ts";

export const relations = {
  segment: ["id", "length"],
  switch: ["id", "current_position"],
  sensor: ["id"],
  region: ["id"],
  route: ["id", "active", "entry", "exit"],
  semaphore: ["id", "signal"],
  switch_position: ["id", "target", "position"],
  follows: ["route", "switch_position"],
  requires: ["route", "sensor"],
  monitored_by: ["element", "sensor"],
  connects_to: ["from", "to"],
  elements: ["region", "element"],
  sensors: ["region", "sensor"],
  semaphores: ["segment", "semaphore"],
} as const satisfies Record<string, readonly string[]>;
export type TrainRelation = keyof typeof relations;
export const relationNames = Object.keys(relations) as TrainRelation[];

/** The tuples of one relation of the theory, made from the object model. */
export function* factsOf(railway: Railway, relation: TrainRelation): Generator<readonly number[]> {
  switch (relation) {
    case "segment":
      return yield* railway.segments;
    case "switch":
      return yield* railway.switches;
    case "semaphore":
      return yield* railway.signals;
    case "sensor":
      for (const sensor of railway.sensorRegion.keys()) yield [sensor];
      return;
    case "region":
      for (const region of railway.regions) yield [region];
      return;
    case "route":
      for (const [id, { active, entry, exit }] of railway.routes) yield [id, active, entry, exit];
      return;
    case "switch_position":
      for (const [id, { target, position }] of railway.switchPositions) yield [id, target, position];
      return;
    case "elements":
      for (const [element, region] of railway.elementRegion) yield [region, element];
      return;
    case "sensors":
      for (const [sensor, region] of railway.sensorRegion) yield [region, sensor];
      return;
    default:
      yield* edgeSets[relation](railway).all();
  }
}

const edgeSets: Readonly<Record<"follows" | "requires" | "monitored_by" | "connects_to" | "semaphores", (railway: Railway) => Edges>> = {
  follows: (railway) => railway.follows,
  requires: (railway) => railway.requires,
  monitored_by: (railway) => railway.monitoredBy,
  connects_to: (railway) => railway.connectsTo,
  semaphores: (railway) => railway.semaphores,
};
