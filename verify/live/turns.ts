import type { RowsChanged, WatchTarget } from "../../logic/engines/incremental/subscriptions.ts";
import type { ProposedDelta } from "../../schema/delta.ts";
import type { Row } from "../../schema/value.ts";
import type { Undecided, Verdict, Violation } from "../../schema/verdict.ts";
import type { LogRecord } from "../commit.ts";
import type { LogEntry } from "../log.ts";
import type { Refusal } from "../records.ts";
import type { Answer } from "../settle.ts";
import type { OpenedWatch, WatchedChange } from "./watches.ts";

/** What one turn of a fact base left behind, all of it on disk. */
export interface Turn {
  readonly records: readonly LogRecord[];
  readonly changes: readonly WatchedChange[];
  readonly head: number;
}

/** A fact base between two turns: what is read and begun here misses no turn and meets none twice. */
export interface StillBase {
  readonly head: number;
  watch(target: WatchTarget): Promise<OpenedWatch>;
  unwatch(id: number): void;
  /** As `FactBase.rehearse`. */
  rehearse(deltas: readonly ProposedDelta[]): Promise<Verdict[]>;
  /** Judges each delta by itself and undoes it: its verdict, or the error that kept it from one. */
  rehearseEach(deltas: readonly ProposedDelta[]): Promise<readonly Answer[]>;
  /** All rows of a watch, null where it is gone. */
  rows(id: number): Promise<readonly Row[] | Undecided | null>;
  /** How a watch's rows differ from those as of a commit; null where they cannot be compared. Errors: `query.commit`. */
  since(id: number, commit: number): Promise<RowsChanged | null>;
  /** Entries of the log after a commit, at most `limit`. */
  entriesAfter(commit: number, limit: number): Promise<LogEntry[]>;
  /** Refused deltas noted after a time, in the order of their times, at most `limit`. */
  refusalsAfter(time: string, limit: number): Promise<Refusal[]>;
  /** The violations that a delta's verdict lists. */
  violationsOf(delta: string): Promise<readonly Violation[]>;
  /** The time of the last record; the empty text where there is none. */
  lastTime(): Promise<string>;
}
