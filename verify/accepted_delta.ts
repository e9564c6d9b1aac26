import type { Theory } from "../logic/theory.ts";
import type { Verdict } from "../schema/verdict.ts";
import type { InForce } from "./in_force.ts";
import type { SchemaChange } from "./store/schema_change.ts";
import type { EffectiveChange } from "./store/speculation.ts";
import type { Witness } from "./violation.ts";

/** A violation that stood when its law came into force and was waived by an author, for a reason. */
export interface Waiver {
  readonly fingerprint: string;
  readonly law: string;
  readonly witness: Witness;
}

/** A delta as it is remembered, accepted or refused. */
export interface JudgedDelta {
  readonly id: string;
  readonly kind: "delta" | "load";
  /** The stored form, in pieces whose concatenation hashes to `id`. */
  readonly pieces: readonly string[];
  readonly proposer: string;
  readonly reason: string;
  readonly key: string | null;
  /** The theories that a load brings; their texts are kept with it. */
  readonly theories: readonly Theory[];
  /** Without its commit number, which `commit` gives. */
  readonly verdict: Verdict;
  /** True where a verdict of this id is kept already, which this one replaces. */
  readonly replaces: boolean;
}

/** What the commit of a judged delta does beside changing facts, all of it done speculatively in the open transaction or given here. */
export interface Consequences {
  readonly changes: readonly EffectiveChange[];
  readonly schema: SchemaChange | null;
  readonly waive: readonly Waiver[];
  /** Fingerprints of waivers whose violation is gone. */
  readonly settle: readonly string[];
  /** The theories in force after it. */
  readonly inForce: InForce;
}
