import { AssayError } from "../../schema/assay_error.ts";
import { unreachable } from "../../schema/unreachable.ts";

/** What can be subscribed to. `violations` are those that stand, law by law, and refused deltas with theirs. */
export type Topic =
  | { readonly kind: "commits" }
  | { readonly kind: "violations" }
  | { readonly kind: "relation"; readonly relation: string }
  | { readonly kind: "law"; readonly law: string }
  | { readonly kind: "query"; readonly text: string };

export const topicKinds = ["commits", "violations", "relation", "law", "query"] as const;

export interface TopicParameters {
  readonly topic: (typeof topicKinds)[number];
  readonly relation?: string | undefined;
  readonly law?: string | undefined;
  readonly query?: string | undefined;
}

/** The topic that parameters name. Errors: `http.malformed` where what it is about is missing or too much. */
export function topicOf({ topic, relation, law, query }: TopicParameters): Topic {
  const given = { relation, law, query };
  for (const [name, value] of Object.entries(given)) {
    if ((value !== undefined) !== (name === topic)) {
      const what = value === undefined ? `the topic \`${topic}\` wants \`${name}\`` : `the topic \`${topic}\` takes no \`${name}\``;
      throw new AssayError("http.malformed", `query: ${what}`);
    }
  }
  switch (topic) {
    case "commits":
    case "violations":
      return { kind: topic };
    case "relation":
      return { kind: topic, relation: relation ?? "" };
    case "law":
      return { kind: topic, law: law ?? "" };
    case "query":
      return { kind: topic, text: query ?? "" };
    default:
      return unreachable(topic);
  }
}

/** Where a subscriber stopped: after this commit, and for violations after this time. */
export interface LiveCursor {
  readonly commit: number;
  readonly time: string;
  /** Within the snapshot as of that commit, after so many rows; null behind the whole of it. */
  readonly offset: number | null;
}

export function liveCursorText({ commit, time, offset }: LiveCursor): string {
  return `${commit}${time === "" ? "" : `@${time}`}${offset === null ? "" : `~${offset}`}`;
}

/** Errors: `live.cursor`. */
export function readLiveCursor(text: string, topic: Topic, head: number): LiveCursor {
  const [, digits = "", time = "", rows] = /^(\d{1,15})(?:@(\d{4}-[0-9T:.-]{4,30}Z))?(?:~([1-9]\d{0,8}))?$/.exec(text) ?? [];
  const commit = Number(digits);
  const fits = digits !== "" && (time === "" || topic.kind === "violations") && (rows === undefined || topic.kind !== "commits");
  if (!fits) throw new AssayError("live.cursor", `\`${text}\` is no cursor of the topic \`${topic.kind}\``);
  if (commit > head) throw new AssayError("live.cursor", `there is no commit ${commit}, the head is commit ${head}`);
  return { commit, time, offset: rows === undefined ? null : Number(rows) };
}
