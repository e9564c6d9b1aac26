import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Row } from "../../schema/value.ts";
import type { Undecided } from "../../schema/verdict.ts";
import type { StillBase } from "../../verify/live/turns.ts";
import { type LiveEvent, type SentEvent, type Standing, sentEvent } from "./events.ts";
import { type LiveCursor, liveCursorText } from "./topic.ts";

const PAGE_ROWS = 1_000;

/** A watch of a channel: of a law of the topic `violations`, or the one that the topic is about. */
export interface FollowedWatch {
  readonly id: number;
  readonly law: string | null;
  readonly relation: Relation;
}

/** The rows of a watch, or why there are none. Errors: `live.ended`, `limit.live_rows`. */
async function rowsOf(still: StillBase, { id, relation }: FollowedWatch, limits: Limits): Promise<readonly Row[]> {
  const rows: readonly Row[] | Undecided | null = await still.rows(id);
  if (rows === null) throw new AssayError("live.ended", `\`${relation.name}\` is gone`);
  if ("code" in rows) throw new AssayError("live.ended", rows.detail);
  if (rows.length > limits.live_rows) {
    throw new AssayError("limit.live_rows", `\`${relation.name}\` has ${rows.length} rows, the bound live_rows is ${limits.live_rows}`);
  }
  return rows;
}

function columnsOf({ attributes }: Relation): { name: string; type: string }[] {
  return attributes.map(({ name, type }) => ({ name, type }));
}

/** A violation that stands, from a tuple of its law. */
export function standingOf({ law, relation }: FollowedWatch, row: Row): Standing {
  return {
    law: law ?? relation.name,
    witness: Object.fromEntries(relation.attributes.map(({ name }, at) => [name, row[at] as Row[number]])),
  };
}

function snapshotEvents(cursor: string, commit: number, columns: { name: string; type: string }[], rows: readonly unknown[]): SentEvent[] {
  const events: SentEvent[] = [];
  for (let from = 0; from === 0 || from < rows.length; from += PAGE_ROWS) {
    const last = from + PAGE_ROWS >= rows.length;
    events.push(sentEvent({ event: "snapshot", cursor, commit, columns, rows: rows.slice(from, from + PAGE_ROWS), last }));
  }
  return events;
}

/** What a subscriber to commits is sent first: where the log is, or the entries after its cursor. Errors: `live.cursor`. */
export async function firstCommits(still: StillBase, cursor: LiveCursor | null, limits: Limits): Promise<SentEvent[]> {
  if (cursor === null) return snapshotEvents(String(still.head), still.head, [], []);
  if (still.head - cursor.commit > limits.live_queue) {
    throw new AssayError("live.cursor", `${still.head - cursor.commit} commits were made since; read them by \`GET /v1/commits\``);
  }
  const entries = await still.entriesAfter(cursor.commit, limits.live_queue);
  return entries.map((entry) => sentEvent({ event: "commit", cursor: String(entry.seq), entry }));
}

/** What a subscriber to a relation, law or query is sent first: all rows, or how they changed since its cursor. */
export async function firstRows(still: StillBase, watch: FollowedWatch, cursor: LiveCursor | null, limits: Limits): Promise<SentEvent[]> {
  const { head } = still;
  const changed = cursor === null || cursor.commit === head ? null : await still.since(watch.id, cursor.commit);
  if (cursor !== null && cursor.commit === head) return [];
  if (cursor === null || changed === null)
    return snapshotEvents(String(head), head, columnsOf(watch.relation), await rowsOf(still, watch, limits));
  const { added, removed } = changed;
  if (added.length + removed.length === 0) return [];
  return [sentEvent({ event: "change", cursor: String(head), from: cursor.commit, to: head, added, removed })];
}

/** What a subscriber to violations is sent first: those that stand, or how they changed and what was refused since its cursor. */
export async function firstViolations(
  still: StillBase,
  watches: readonly FollowedWatch[],
  cursor: LiveCursor | null,
  limits: Limits,
): Promise<SentEvent[]> {
  const { head } = still;
  const changed = cursor === null ? null : await violationsSince(still, watches, cursor.commit);
  const now = { commit: head, time: await still.lastTime() };
  if (cursor === null || changed === null) {
    const standing: Standing[] = [];
    for (const watch of watches) for (const row of await rowsOf(still, watch, limits)) standing.push(standingOf(watch, row));
    return snapshotEvents(liveCursorText(now), head, [], standing);
  }
  const events: LiveEvent[] = [];
  const at = liveCursorText({ commit: head, time: cursor.time });
  if (changed.added.length + changed.removed.length > 0) {
    events.push({ event: "violations", cursor: at, from: cursor.commit, to: head, ...changed, laws_gone: [] });
  }
  const refusals = await still.refusalsAfter(cursor.time, limits.live_queue + 1);
  if (refusals.length > limits.live_queue)
    throw new AssayError("live.cursor", "too many deltas were refused since; read `GET /v1/violations`");
  for (const { violations: total, delta, kind, proposer, reason, head: judged, time } of refusals) {
    const told = { delta, kind, proposer, reason, head: judged, time, total };
    events.push({ event: "refused", cursor: liveCursorText({ commit: head, time }), ...told, violations: await still.violationsOf(delta) });
  }
  return events.map(sentEvent);
}

async function violationsSince(
  still: StillBase,
  watches: readonly FollowedWatch[],
  commit: number,
): Promise<{ added: Standing[]; removed: Standing[] } | null> {
  const added: Standing[] = [];
  const removed: Standing[] = [];
  if (commit === still.head) return { added, removed };
  for (const watch of watches) {
    const changed = await still.since(watch.id, commit);
    if (changed === null) return null;
    for (const row of changed.added) added.push(standingOf(watch, row));
    for (const row of changed.removed) removed.push(standingOf(watch, row));
  }
  return { added, removed };
}
