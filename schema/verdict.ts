import type { SupportingFact } from "./fact.ts";
import type { Place } from "./place.ts";
import type { Value, ValueType } from "./value.ts";

export type Severity = "error" | "warn";

/** One tuple of a law, with what a reader needs to act on it. */
export interface Violation {
  /** The law's id, or `gate.<check>` for a refusal by a check before the logic. */
  readonly law: string;
  readonly severity: Severity;
  /** The error registry's code, for refusals by a check before the logic; absent for laws. */
  readonly code?: string;
  readonly message: string;
  readonly help?: string;
  /** The witness: values by attribute name of the law's relation. */
  readonly witness: { readonly [attribute: string]: Value };
  readonly facts: readonly SupportingFact[];
  readonly rule: { readonly file: string; readonly line: number } | null;
  /** For a law of an answer set program: the ids of the laws that cannot be met together, this one among them. */
  readonly clash?: readonly string[];
  /** Place in the input, where one is known. */
  readonly place: Place | null;
  /** SHA-256 (hex, first 16 bytes) over the law's id and the witness: the same violation has the same fingerprint in every run. */
  readonly fingerprint: string;
  /** True where the violation stood before the law came into force and was waived. */
  readonly waived?: boolean;
}

/** Why no answer could be had: a bound was reached, evidence is missing, or nothing was checked. */
export interface Undecided {
  /** `limit.<name>`, `nothing_checked.<what>` or `evidence.<what>`. */
  readonly code: string;
  readonly relation: string | null;
  readonly bound: number | null;
  readonly unit: string | null;
  readonly detail: string;
}

export interface LawOutcome {
  readonly law: string;
  readonly severity: Severity;
  /** All violations of the law, those listed and those paged away. */
  readonly violations: number;
  readonly waived: number;
  readonly micros: number;
}

/**
 * One change to a refused delta. `drop`: leave an asserted fact out; `keep`: leave a retraction out; `assert` and `retract`: add one. A null
 * in `row` is a value that cannot be made up: a hole.
 */
export interface RepairChange {
  readonly change: "drop" | "keep" | "assert" | "retract";
  readonly relation: string;
  readonly row: readonly (Value | null)[];
}

/** A value that whoever repairs must know: its type, the law that asks for it, and the laws that it must not break. */
export interface RepairHole {
  /** The position of the change in `changes`. */
  readonly change: number;
  readonly attribute: string;
  readonly type: ValueType;
  /** Laws that a value chosen blindly broke: the condition on the right one. */
  readonly laws: readonly string[];
}

/** A least set of changes after which the gate accepts the delta: it was tried, the holes filled with values of no meaning. */
export interface Repair {
  readonly cost: number;
  readonly changes: readonly RepairChange[];
  readonly holes: readonly RepairHole[];
}

/** The answer of the gate. Fixed by the contract at the doors; `violations` is a page where `cursor` is not null. */
export interface Verdict {
  readonly verdict: "accepted" | "refused" | "undecided";
  /** `sha256:…`, or null where files were verified and no delta was proposed. */
  readonly delta: string | null;
  /** The number of the commit made, or null. */
  readonly commit: number | null;
  /** The number of the commit it was judged against (0: the empty base). */
  readonly base: number;
  readonly theories: { readonly [name: string]: string };
  readonly checked: { readonly laws: number; readonly facts: number; readonly delta_facts: number };
  readonly laws: readonly LawOutcome[];
  readonly violations: readonly Violation[];
  /** Total number of violations, listed or not. */
  readonly total: number;
  /** Opaque; where it is not null more violations follow. */
  readonly cursor: string | null;
  readonly undecided: Undecided | null;
  /** Ways to make a refused delta acceptable, the cheapest first; empty unless they were asked for. */
  readonly repairs: readonly Repair[];
  readonly engine: string;
  /** True where this verdict was given before and the delta was delivered again. */
  readonly replayed: boolean;
}
