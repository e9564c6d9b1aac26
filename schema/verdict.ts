import type { SupportingFact } from "./fact.ts";
import type { Place } from "./place.ts";
import type { Value } from "./value.ts";

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
  readonly repairs: readonly never[];
  readonly engine: string;
  /** True where this verdict was given before and the delta was delivered again. */
  readonly replayed: boolean;
}
