import type { Turn } from "../../verify/live/turns.ts";
import type { WatchedChange } from "../../verify/live/watches.ts";
import type { LiveEvent, Standing } from "./events.ts";
import { type FollowedWatch, standingOf } from "./first_events.ts";
import { liveCursorText } from "./topic.ts";

/**
 * What a turn means to the topic `violations`, in the order in which it was written, each event with the commit up to which it tells. A cursor
 * never names a commit whose changes were not told before it.
 */
export function violationEvents(
  { records, changes, head }: Turn,
  watches: ReadonlyMap<number, FollowedWatch>,
): { readonly event: LiveEvent; readonly to: number }[] {
  const own = changes.filter(({ id }) => watches.has(id));
  const isStepwise = own.every(({ from, to }) => to - from === 1);
  const commits = records.filter((record) => record.kind === "commit").length;
  const events: { event: LiveEvent; to: number }[] = [];
  let commit = head - commits;
  let time = "";
  for (const record of records) {
    if (record.kind === "commit") {
      time = record.entry.time;
      if (!isStepwise) continue;
      commit = record.entry.seq;
      const step = changeEvent(
        own.filter(({ to }) => to === commit),
        watches,
        liveCursorText({ commit, time, offset: null }),
      );
      if (step !== null) events.push({ event: step, to: commit });
      continue;
    }
    const { refused } = record;
    const { id: delta, kind, proposer, reason, verdict } = refused;
    time = record.time;
    const told = { delta, kind, proposer, reason, head: record.head, time, total: verdict.total, violations: verdict.violations };
    events.push({ event: { event: "refused", cursor: liveCursorText({ commit, time, offset: null }), ...told }, to: commit });
  }
  const rest = isStepwise ? null : changeEvent(own, watches, liveCursorText({ commit: head, time, offset: null }));
  return rest === null ? events : [...events, { event: rest, to: head }];
}

function changeEvent(changes: readonly WatchedChange[], watches: ReadonlyMap<number, FollowedWatch>, cursor: string): LiveEvent | null {
  if (changes.length === 0) return null;
  const added: Standing[] = [];
  const removed: Standing[] = [];
  const gone: string[] = [];
  for (const change of changes) {
    const watch = watches.get(change.id) as FollowedWatch;
    for (const row of change.added) added.push(standingOf(watch, row));
    for (const row of change.removed) removed.push(standingOf(watch, row));
    if (change.ended !== null && watch.law !== null) gone.push(watch.law);
  }
  const from = Math.min(...changes.map((change) => change.from));
  const to = Math.max(...changes.map((change) => change.to));
  return { event: "violations", cursor, from, to, added, removed, laws_gone: gone };
}
