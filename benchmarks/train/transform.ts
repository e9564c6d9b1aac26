import type { ChangeSet } from "./change_set.ts";
import { Editor } from "./editor.ts";
import { type JavaRandom, shuffle } from "./java_random.ts";
import { NO_SEMAPHORE, POSITIONS, type Railway } from "./model.ts";
import { type Match, matchesOf, type Rule, rules } from "./rules.ts";

const INJECTIONS_A_RULE = 10;
const REPAIRED_PERCENT = 10;
const NEW_SEGMENT_LENGTH = 500;

type Step = (railway: Railway, editor: Editor, match: Match) => void;

/**
 * Draws and makes one round of a workload: `inject` breaks each rule ten times, `repair` mends 10 % of each rule's matches. All picks
 * are drawn from the state before the round (sorted, then shuffled by the one generator of the run), as the published runner does;
 * a pick that an earlier one took the ground from is left out. Changes the railway and returns how its facts changed.
 */
export function transform(railway: Railway, workload: "inject" | "repair", random: JavaRandom): ChangeSet {
  const picks = rules.map((rule) => [rule, pick(railway, rule, workload, random)] as const);
  const editor = new Editor(railway);
  const steps = workload === "inject" ? injections : repairs;
  for (const [rule, matches] of picks) for (const match of matches) steps[rule](railway, editor, match);
  return editor.changes;
}

function pick(railway: Railway, rule: Rule, workload: "inject" | "repair", random: JavaRandom): Match[] {
  const found = workload === "inject" ? [...candidates[rule](railway)] : matchesOf(railway, rule);
  const count = workload === "inject" ? INJECTIONS_A_RULE : Math.floor((found.length * REPAIRED_PERCENT) / 100);
  found.sort(byIds);
  shuffle(found, random);
  return found.slice(0, count);
}

function byIds(a: Match, b: Match): number {
  for (let at = 0; at < a.length; at += 1) {
    const difference = (a[at] as number) - (b[at] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What an injection may pick from. */
const candidates: Readonly<Record<Rule, (railway: Railway) => Generator<Match>>> = {
  *ConnectedSegments(railway) {
    for (const [a, c] of railway.connectsTo.all()) {
      if (!railway.segments.has(a) || !railway.segments.has(c)) continue;
      for (const sensor of railway.monitoredBy.from(a)) if (railway.monitoredBy.has(c, sensor)) yield [sensor, a, c];
    }
  },
  *PosLength(railway) {
    for (const segment of railway.segments.keys()) yield [segment];
  },
  *RouteSensor(railway) {
    yield* railway.requires.all();
  },
  *SemaphoreNeighbor(railway) {
    for (const [route, { entry }] of railway.routes) if (entry !== NO_SEMAPHORE) yield [route, entry];
  },
  *SwitchMonitored(railway) {
    for (const self of railway.switches.keys()) yield [self];
  },
  *SwitchSet(railway) {
    for (const self of railway.switches.keys()) yield [self];
  },
};

const injections: Readonly<Record<Rule, Step>> = {
  ConnectedSegments(railway, editor, [sensor = 0, a = 0, c = 0]) {
    if (!railway.connectsTo.has(a, c)) return;
    const b = editor.newSegment(a, NEW_SEGMENT_LENGTH);
    editor.unlink("connects_to", a, c);
    editor.link("connects_to", a, b);
    editor.link("connects_to", b, c);
    editor.link("monitored_by", b, sensor);
  },
  PosLength(_, editor, [segment = 0]) {
    editor.setLength(segment, 0);
  },
  RouteSensor(_, editor, [route = 0, sensor = 0]) {
    editor.unlink("requires", route, sensor);
  },
  SemaphoreNeighbor(_, editor, [route = 0]) {
    editor.setEntry(route, NO_SEMAPHORE);
  },
  SwitchMonitored(railway, editor, [self = 0]) {
    for (const sensor of [...railway.monitoredBy.from(self)]) editor.unlink("monitored_by", self, sensor);
  },
  SwitchSet(railway, editor, [self = 0]) {
    editor.setCurrentPosition(self, ((railway.switches.get(self) ?? 0) + 1) % POSITIONS);
  },
};

const repairs: Readonly<Record<Rule, Step>> = {
  ConnectedSegments(railway, editor, [_, a = 0, b = 0, c = 0]) {
    if (!railway.connectsTo.has(a, b) || !railway.connectsTo.has(b, c)) return;
    editor.deleteSegment(b);
    editor.link("connects_to", a, c);
  },
  PosLength(railway, editor, [segment = 0]) {
    const length = railway.segments.get(segment);
    if (length !== undefined) editor.setLength(segment, 1 - length);
  },
  RouteSensor(railway, editor, [route = 0, sensor = 0]) {
    if (railway.routes.has(route)) editor.link("requires", route, sensor);
  },
  SemaphoreNeighbor(_, editor, [semaphore = 0, __, route2 = 0]) {
    editor.setEntry(route2, semaphore);
  },
  SwitchMonitored(_, editor, [self = 0]) {
    editor.link("monitored_by", self, editor.newSensor(self));
  },
  SwitchSet(railway, editor, [_, __, position = 0, self = 0]) {
    editor.setCurrentPosition(self, railway.switchPositions.get(position)?.position ?? 0);
  },
};
