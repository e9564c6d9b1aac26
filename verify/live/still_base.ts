import type { Limits } from "../../schema/limits.ts";
import type { Bench } from "../bench.ts";
import type { BaseState } from "../in_force.ts";
import { readEntries } from "../log.ts";
import { lastTime, readRefusalsAfter } from "../records.ts";
import { storedVerdict } from "../remembered.ts";
import type { DuckDbSession } from "../store/duckdb_session.ts";
import type { StillBase } from "./turns.ts";

/** A fact base whose turn this is. */
export function stillBase(bench: Bench, session: DuckDbSession, state: BaseState, limits: Limits): StillBase {
  const { watches } = bench;
  return {
    head: state.head,
    watch: (target) => bench.watch(target, state, limits),
    unwatch: (id) => watches.close(id),
    rehearse: (deltas) => bench.rehearse(state, limits, deltas),
    rehearseEach: (deltas) => bench.rehearseEach(state, limits, deltas),
    rows: (id) => watches.rows(id, state),
    since: (id, commit) => watches.since(id, commit, state),
    entriesAfter: (commit, limit) => readEntries(session, commit + 1, Math.min(state.head, commit + limit)),
    refusalsAfter: (time, limit) => readRefusalsAfter(session, time, limit),
    violationsOf: async (delta) => (await storedVerdict(session, delta))?.violations ?? [],
    lastTime: () => lastTime(session),
  };
}
