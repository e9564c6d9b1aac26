import type { Limits } from "../schema/limits.ts";
import type { AdapterFacts } from "./adapter.ts";

/** A source as the gate is given it: a file or folder by its path, or bytes that came another way, with the name that places show. */
export type GateSource = { readonly path: string } | { readonly name: string; readonly bytes: Uint8Array };

export interface GateReadOptions {
  readonly limits: Limits;
  /** A folder with what the judge knows and the documents do not: keys, roles, thresholds. */
  readonly policy: string | null;
  /** A folder with the files that documents speak of, to be measured; unmeasured they are missing. */
  readonly artifacts: string | null;
  /** The time to judge as of, RFC 3339. */
  readonly at: string;
  readonly onProgress: (text: string) => void;
}

/** A document that was judged. */
export interface GateSubject {
  /** As places name it. */
  readonly name: string;
  /** The SHA-256 of its bytes, in hex. */
  readonly sha256: string;
}

/** What a run of the gate is about: the facts of all its sources together. */
export interface GateFacts extends AdapterFacts {
  /** One a document. */
  readonly subjects: readonly GateSubject[];
  /** Relations that hold what this run says and nothing older: facts of them that a fact base keeps and this run lacks are retracted. */
  readonly replaces: readonly string[];
  /** What places are relative to, seen from the current folder; that folder itself where absent. */
  readonly folder?: string;
  /** What was measured and is worth telling beside the verdict. */
  readonly summary?: Readonly<Record<string, unknown>>;
}

/** Reads any number of documents as the facts of one theory. */
export interface GateAdapter {
  readonly theory: string;
  /** Errors: `AssayError` where a source or the policy cannot be read at all; what a document does wrong are facts. */
  read(sources: readonly GateSource[], options: GateReadOptions): Promise<GateFacts>;
}
