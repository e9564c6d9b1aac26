import { GO, NO_SEMAPHORE, type Railway } from "./model.ts";

/** The six constraints in the order of the benchmark; `law` is the relation of the theory that derives its matches. */
export const rules = ["ConnectedSegments", "PosLength", "RouteSensor", "SemaphoreNeighbor", "SwitchMonitored", "SwitchSet"] as const;
export type Rule = (typeof rules)[number];

export const lawRelation: Readonly<Record<Rule, string>> = {
  ConnectedSegments: "connected_segments",
  PosLength: "pos_length",
  RouteSensor: "route_sensor",
  SemaphoreNeighbor: "semaphore_neighbor",
  SwitchMonitored: "switch_monitored",
  SwitchSet: "switch_set",
};

/** Ids of a match, in the order of the rule's head. */
export type Match = readonly number[];
export type MatchCounts = Readonly<Record<Rule, number>>;

/**
 * The matches of one rule by walking the object model, as a hand-written checker would: what repairs are drawn from, and an oracle
 * that shares nothing with any engine.
 */
export function matchesOf(railway: Railway, rule: Rule): Match[] {
  return [...walks[rule](railway)];
}

/** How many matches each rule has. */
export function countMatches(railway: Railway): MatchCounts {
  const counted = rules.map((rule) => {
    let count = 0;
    for (const _ of walks[rule](railway)) count += 1;
    return [rule, count];
  });
  return Object.fromEntries(counted) as Record<Rule, number>;
}

const walks: Readonly<Record<Rule, (railway: Railway) => Generator<Match>>> = {
  *PosLength(railway) {
    for (const [segment, length] of railway.segments) if (length <= 0) yield [segment];
  },
  *SwitchMonitored(railway) {
    for (const self of railway.switches.keys()) if (railway.monitoredBy.from(self).length === 0) yield [self];
  },
  *RouteSensor(railway) {
    for (const [route, position] of railway.follows.all()) {
      const target = railway.switchPositions.get(position)?.target ?? 0;
      for (const sensor of railway.monitoredBy.from(target)) {
        if (!railway.requires.has(route, sensor)) yield [route, sensor, position, target];
      }
    }
  },
  *SwitchSet(railway) {
    for (const [route, position] of railway.follows.all()) {
      const { active, entry } = railway.routes.get(route) ?? { active: 0, entry: NO_SEMAPHORE };
      if (active !== 1 || railway.signals.get(entry) !== GO) continue;
      const wanted = railway.switchPositions.get(position);
      if (wanted === undefined || railway.switches.get(wanted.target) === wanted.position) continue;
      yield [entry, route, position, wanted.target];
    }
  },
  *ConnectedSegments(railway) {
    for (const segment of railway.segments.keys()) {
      for (const sensor of railway.monitoredBy.from(segment)) yield* chains(railway, sensor, [segment]);
    }
  },
  *SemaphoreNeighbor(railway) {
    for (const [route1, sensor1] of railway.requires.all()) {
      const exit = railway.routes.get(route1)?.exit ?? NO_SEMAPHORE;
      for (const element1 of railway.monitoredBy.into(sensor1)) yield* neighbours(railway, [exit, route1, sensor1, element1]);
    }
  },
};

const CHAIN_LENGTH = 6;

function* chains(railway: Railway, sensor: number, chain: readonly number[]): Generator<Match> {
  if (chain.length === CHAIN_LENGTH) {
    yield [sensor, ...chain];
    return;
  }
  for (const next of railway.connectsTo.from(chain[chain.length - 1] as number)) {
    if (railway.segments.has(next) && railway.monitoredBy.has(next, sensor)) yield* chains(railway, sensor, [...chain, next]);
  }
}

function* neighbours(railway: Railway, [exit, route1, sensor1, element1]: [number, number, number, number]): Generator<Match> {
  for (const element2 of railway.connectsTo.from(element1)) {
    for (const sensor2 of railway.monitoredBy.from(element2)) {
      for (const route2 of railway.requires.into(sensor2)) {
        const entry = railway.routes.get(route2)?.entry ?? NO_SEMAPHORE;
        if (route2 !== route1 && entry !== exit) yield [exit, route1, route2, sensor1, sensor2, element1, element2];
      }
    }
  }
}
