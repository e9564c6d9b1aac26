import type { Value } from "../../schema/value.ts";
import type { Violation } from "../../schema/verdict.ts";
import type { LogEntry } from "../../verify/log.ts";
import { exactIntegers } from "../report/envelope_json.ts";

/** A violation that stands: the tuple of a law. */
export interface Standing {
  readonly law: string;
  readonly witness: { readonly [attribute: string]: Value };
}

/**
 * Every event there is. All but `lagged`, `unauthorized` and `closing` carry a cursor of their own, after which a subscriber goes on who saw it.
 * - `snapshot`: rows as of `commit`, in several parts where there are many: `offset` rows came before, at 0 it begins anew; the `last` part
 *   is marked. `columns` of a relation, law or query.
 * - `change`: the rows that came and went from the commit `from` to the commit `to`; `to` is `from` + 1, or later after a gap.
 * - `commit`: an entry of the log.
 * - `violations`: as `change`, for the violations that stand; `laws_gone` are laws that are no longer in force.
 * - `refused`: a delta that was refused, with the first of its violations; `total` counts all.
 * - `ended`: what was subscribed to is gone or cannot be followed; the last event.
 * - `lagged`: the subscriber was too slow; the last event. Its last cursor resumes.
 * - `unauthorized`: the subscriber may listen no more, by what was true when it was asked again; the last event.
 * - `closing`: the service shuts down; the last event.
 */
export type LiveEvent =
  | {
      readonly event: "snapshot";
      readonly cursor: string;
      readonly commit: number;
      readonly columns: readonly { readonly name: string; readonly type: string }[];
      readonly offset: number;
      readonly rows: readonly unknown[];
      readonly last: boolean;
    }
  | {
      readonly event: "change";
      readonly cursor: string;
      readonly from: number;
      readonly to: number;
      readonly added: readonly unknown[];
      readonly removed: readonly unknown[];
    }
  | { readonly event: "commit"; readonly cursor: string; readonly entry: LogEntry }
  | {
      readonly event: "violations";
      readonly cursor: string;
      readonly from: number;
      readonly to: number;
      readonly added: readonly Standing[];
      readonly removed: readonly Standing[];
      readonly laws_gone: readonly string[];
    }
  | {
      readonly event: "refused";
      readonly cursor: string;
      readonly delta: string;
      readonly kind: "delta" | "load";
      readonly proposer: string;
      readonly reason: string;
      readonly head: number;
      readonly time: string;
      readonly total: number;
      readonly violations: readonly Violation[];
    }
  | { readonly event: "ended"; readonly cursor: string; readonly code: string; readonly detail: string }
  | { readonly event: "lagged"; readonly cursor: null; readonly code: "live.lagged" }
  | { readonly event: "unauthorized"; readonly cursor: null; readonly code: string; readonly detail: string }
  | { readonly event: "closing"; readonly cursor: null };

/** An event as it is sent: written once, however many read it. */
export interface SentEvent {
  readonly kind: LiveEvent["event"];
  readonly cursor: string | null;
  readonly json: string;
}

export function sentEvent(event: LiveEvent): SentEvent {
  // Entries hold no large integers, and looking for them takes as long as writing the rest.
  const json = event.event === "commit" ? JSON.stringify(event) : JSON.stringify(event, exactIntegers);
  return { kind: event.event, cursor: event.cursor, json };
}

/** Events as server-sent events (WHATWG HTML, section 9.2). */
export function sseText(events: readonly SentEvent[]): string {
  let text = "";
  for (const { kind, cursor, json } of events) text += `${cursor === null ? "" : `id: ${cursor}\n`}event: ${kind}\ndata: ${json}\n\n`;
  return text;
}

/** Events as one message of a WebSocket: an envelope whose `events` they are. */
export function messageText(events: readonly SentEvent[]): string {
  const cursor = events.findLast((event) => event.cursor !== null)?.cursor ?? null;
  const list = events.map(({ json }) => json).join(",");
  return `{"ok":true,"data":null,"error":null,"events":[${list}],"cursor":${cursor === null ? "null" : JSON.stringify(cursor)}}`;
}
