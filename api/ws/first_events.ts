import type { RowsChanged } from "../../logic/engines/incremental/subscriptions.ts";
import { AssayError } from "../../schema/assay_error.ts";
import type { Limits } from "../../schema/limits.ts";
import type { Relation } from "../../schema/relation.ts";
import type { Row } from "../../schema/value.ts";
import type { Undecided } from "../../schema/verdict.ts";
import type { StillBase } from "../../verify/live/turns.ts";
import { exactIntegers } from "../report/envelope_json.ts";
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

/** A snapshot, or what is left of it behind `from` rows. Each part has its own cursor, so that a subscriber cut off between two goes on there. */
function snapshotEvents(
  { commit, time }: Omit<LiveCursor, "offset">,
  columns: { name: string; type: string }[],
  rows: readonly unknown[],
  from = 0,
): SentEvent[] {
  if (from > 0 && from >= rows.length) throw new AssayError("live.cursor", `the snapshot of commit ${commit} has no rows behind ${from}`);
  const ordered = rows.length > PAGE_ROWS || from > 0 ? inOrder(rows) : rows;
  const events: SentEvent[] = [];
  for (let offset = from; offset === from || offset < rows.length; offset += PAGE_ROWS) {
    const next = offset + PAGE_ROWS;
    const last = next >= rows.length;
    const cursor = liveCursorText({ commit, time, offset: last ? null : next });
    events.push(sentEvent({ event: "snapshot", cursor, commit, columns, offset, rows: ordered.slice(offset, next), last }));
  }
  return events;
}

/** Rows in an order that is theirs alone: a snapshot made again, by another engine or after a restart, has the same parts. */
function inOrder(rows: readonly unknown[]): unknown[] {
  const keyed = rows.map((row) => [keyOf(row), row] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}

function keyOf(row: unknown): string {
  return JSON.stringify(row, exactIntegers);
}

/** The rows of a watch as of a commit; null where it cannot be compared with what it was then. */
async function rowsThen(still: StillBase, watch: FollowedWatch, commit: number, limits: Limits): Promise<readonly Row[] | null> {
  const now = await rowsOf(still, watch, limits);
  if (commit === still.head) return now;
  const changed = await still.since(watch.id, commit);
  if (changed === null) return null;
  const rows = new Map(now.map((row) => [keyOf(row), row]));
  for (const row of changed.added) rows.delete(keyOf(row));
  return [...rows.values(), ...changed.removed];
}

/** What a subscriber to commits is sent first: where the log is, or the entries after its cursor. Errors: `live.cursor`. */
export async function firstCommits(still: StillBase, cursor: LiveCursor | null, limits: Limits): Promise<SentEvent[]> {
  if (cursor === null) return snapshotEvents({ commit: still.head, time: "" }, [], []);
  if (still.head - cursor.commit > limits.live_queue) {
    throw new AssayError("live.cursor", `${still.head - cursor.commit} commits were made since; read them by \`GET /v1/commits\``);
  }
  const entries = await still.entriesAfter(cursor.commit, limits.live_queue);
  return entries.map((entry) => sentEvent({ event: "commit", cursor: String(entry.seq), entry }));
}

/** What a subscriber to a relation, law or query is sent first: all rows, or how they changed since its cursor. */
export async function firstRows(still: StillBase, watch: FollowedWatch, cursor: LiveCursor | null, limits: Limits): Promise<SentEvent[]> {
  const { head } = still;
  const changed = cursor === null ? null : await changesSince(still, watch, cursor.commit);
  const then = cursor === null || cursor.offset === null ? null : await rowsThen(still, watch, cursor.commit, limits);
  const columns = columnsOf(watch.relation);
  if (cursor === null || changed === null || (cursor.offset !== null && then === null)) {
    return snapshotEvents({ commit: head, time: "" }, columns, await rowsOf(still, watch, limits));
  }
  const rest = then === null ? [] : snapshotEvents(cursor, columns, then, cursor.offset ?? 0);
  const { added, removed } = changed;
  if (added.length + removed.length === 0) return rest;
  return [...rest, sentEvent({ event: "change", cursor: String(head), from: cursor.commit, to: head, added, removed })];
}

async function changesSince(still: StillBase, { id }: FollowedWatch, commit: number): Promise<RowsChanged | null> {
  return commit === still.head ? { added: [], removed: [] } : still.since(id, commit);
}

/** What a subscriber to violations is sent first: those that stand, or how they changed and what was refused since its cursor. */
export async function firstViolations(
  still: StillBase,
  watches: readonly FollowedWatch[],
  cursor: LiveCursor | null,
  limits: Limits,
): Promise<SentEvent[]> {
  const { head } = still;
  const changed =
    cursor === null || !(await hasSameLaws(still, cursor.commit)) ? null : await violationsSince(still, watches, cursor.commit);
  const then =
    cursor === null || cursor.offset === null || changed === null ? [] : await standingThen(still, watches, cursor.commit, limits);
  if (cursor === null || changed === null || then === null) {
    const standing: Standing[] = [];
    for (const watch of watches) for (const row of await rowsOf(still, watch, limits)) standing.push(standingOf(watch, row));
    return snapshotEvents({ commit: head, time: await still.lastTime() }, [], standing);
  }
  const rest = cursor.offset === null ? [] : snapshotEvents(cursor, [], then, cursor.offset);
  const events: LiveEvent[] = [];
  const at = liveCursorText({ commit: head, time: cursor.time, offset: null });
  if (changed.added.length + changed.removed.length > 0) {
    events.push({ event: "violations", cursor: at, from: cursor.commit, to: head, ...changed, laws_gone: [] });
  }
  const refusals = await still.refusalsAfter(cursor.time, limits.live_queue + 1);
  if (refusals.length > limits.live_queue)
    throw new AssayError("live.cursor", "too many deltas were refused since; read `GET /v1/violations`");
  for (const { violations: total, delta, kind, proposer, reason, head: judged, time } of refusals) {
    const told = { delta, kind, proposer, reason, head: judged, time, total };
    const after = liveCursorText({ commit: head, time, offset: null });
    events.push({ event: "refused", cursor: after, ...told, violations: await still.violationsOf(delta) });
  }
  return [...rest, ...events.map(sentEvent)];
}

/** Whether the laws as of a commit are those of the head. Where they are not, changes since then do not tell of those that are gone. */
async function hasSameLaws(still: StillBase, commit: number): Promise<boolean> {
  const theoriesAt = async (seq: number): Promise<string> => {
    const [entry] = seq === 0 ? [] : await still.entriesAfter(seq - 1, 1);
    return JSON.stringify(Object.entries(entry?.theories ?? {}).toSorted());
  };
  return commit === still.head || (await theoriesAt(commit)) === (await theoriesAt(still.head));
}

/** The violations that stood as of a commit; null where that cannot be told. */
async function standingThen(
  still: StillBase,
  watches: readonly FollowedWatch[],
  commit: number,
  limits: Limits,
): Promise<Standing[] | null> {
  const standing: Standing[] = [];
  for (const watch of watches) {
    const rows = await rowsThen(still, watch, commit, limits);
    if (rows === null) return null;
    for (const row of rows) standing.push(standingOf(watch, row));
  }
  return standing;
}

async function violationsSince(
  still: StillBase,
  watches: readonly FollowedWatch[],
  commit: number,
): Promise<{ added: Standing[]; removed: Standing[] } | null> {
  const added: Standing[] = [];
  const removed: Standing[] = [];
  for (const watch of watches) {
    const changed = await changesSince(still, watch, commit);
    if (changed === null) return null;
    for (const row of changed.added) added.push(standingOf(watch, row));
    for (const row of changed.removed) removed.push(standingOf(watch, row));
  }
  return { added, removed };
}
