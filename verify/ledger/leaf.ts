import { canonicalText } from "../../schema/canonical.ts";
import { entryText, type LogEntry, theoriesText } from "../log.ts";

/** A refused delta as the ledger keeps it, whatever becomes of the delta later. */
export interface RefusalLeaf {
  readonly delta: string;
  /** What was refused: facts, or the loading of theories. */
  readonly of: "delta" | "load";
  readonly proposer: string;
  readonly reason: string;
  readonly time: string;
  /** The commit that it was judged after. */
  readonly head: number;
  readonly theories: LogEntry["theories"];
  /** `verdictHash` of the verdict that refused it. */
  readonly verdict: string;
}

/** The bytes of a commit's leaf: the RFC 8785 form of its entry without `hash`, whose SHA-256 is that hash. */
export function commitLeaf(entry: Omit<LogEntry, "hash">): string {
  return entryText(entry);
}

/** The bytes of a refusal's leaf: the RFC 8785 form of its members and `"kind":"refusal"`. */
export function refusalLeaf({ delta, of, proposer, reason, time, head, theories, verdict }: RefusalLeaf): string {
  return (
    `{"delta":${canonicalText(delta)},"head":${head},"kind":"refusal","of":"${of}","proposer":${canonicalText(proposer)},` +
    `"reason":${canonicalText(reason)},"theories":${theoriesText(theories)},"time":${canonicalText(time)},"verdict":${canonicalText(verdict)}}`
  );
}
